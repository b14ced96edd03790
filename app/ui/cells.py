"""Draws what the cells of a notebook came to, the same on Home, on the notebook page and later on dashboards."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from app.ui.badge import Badge, Change
from app.ui.card import CardHeader, card_header
from app.ui.chart import draw_chart
from app.ui.data_table import Cell, DataTable, HeatCell, TableColumn, data_table
from app.ui.definition import Definition, definition_of
from app.ui.kpi import DOUBTED, KpiTile, Tile, empty_tile, failed_tile, refused_tile
from app.ui.notice import TileError, error_box
from app.ui.surface import surface
from app.ui.template import render
from app.ui.tone import Direction
from charts import sparkline_svg
from core.heat import heat_of
from core.numbers import Number, full
from core.result import Column, ColumnType
from notebooks import CellRun, ChartOutput, SqlCell, TableOutput, TileOutput, find_place

_NUMBERS = {ColumnType.INTEGER, ColumnType.NUMBER}


def tile_of(run: CellRun, *, label: str, act: str = "") -> Tile:
    """The KPI tile for a metric cell's run, in whatever state it is."""
    if run.problem is not None:
        if run.problem.reference:
            return failed_tile(label, reason=run.problem.message, reference=run.problem.reference)
        return refused_tile(label, title="Not shown", reason=run.problem.message)
    output = run.output
    if not isinstance(output, TileOutput):
        raise TypeError(f"a tile is drawn from a metric cell, not from {type(output).__name__}")
    if output.value is None:
        return empty_tile(output.heading, reason=output.sentence)
    return KpiTile(
        label=output.heading,
        value=output.figure,
        act=act,
        change=_change(output),
        comparison=output.compared,
        sparkline=_sparkline(output),
        note=output.sentence,
        doubt=run.doubt,
    )


def tile_definition(run: CellRun) -> Definition | None:
    """The evidence behind a tile; None where it shows no number."""
    output = run.output
    if not isinstance(output, TileOutput) or output.value is None:
        return None
    return definition_of(
        run,
        title=output.heading,
        value=f"{output.value_in_full} in {output.period.label}",
        description=output.description,
    )


def chart_header(run: CellRun, output: ChartOutput) -> CardHeader:
    """The header of a chart's card."""
    return CardHeader(title=output.chart.title, subtitle=output.chart.subtitle, badge=_doubt_badge(run))


def _doubt_badge(run: CellRun) -> Badge | None:
    """The chip of an answer that may be wrong."""
    return DOUBTED if run.doubt else None


def draw_chart_card(run: CellRun, *, key: str, on_click: Callable[[str], None] | None = None) -> None:
    """A card's inside for a chart cell: header and chart, or why there is none."""
    output = run.output
    if isinstance(output, ChartOutput):
        card_header(chart_header(run, output), key=key)
        draw_chart(output.chart, key=f"chart_{key}", on_click=on_click)
    else:
        draw_problem(run, key=key)


def draw_table_card(run: CellRun, *, key: str) -> None:
    """A card's inside for a table cell: header and table, or why there is none."""
    output = run.output
    if isinstance(output, TableOutput):
        badge = _doubt_badge(run)
        header = CardHeader(title=output.title, subtitle=output.subtitle, badge=badge, is_ruled=True)
        card_header(header, key=key)
        data_table(_table(output), key=key)
    else:
        draw_problem(run, key=key)


def draw_problem(run: CellRun, *, key: str) -> None:
    """Why a cell has no output."""
    problem = run.problem
    if problem is not None:
        error = TileError(what=f"{run.cell.name} could not be shown", why=problem.message, reference=problem.reference)
        error_box(error, key=key)
        place = find_place(run.cell.sql, problem.message) if isinstance(run.cell, SqlCell) else None
        if place is not None:
            surface(render("sql_place.html", place=place), key=f"place_{key}")


def _table(output: TableOutput) -> DataTable:
    columns = output.result.columns
    totals = output.total_row()
    heat = {column.name: heat_of(output.result.values(column.name)) for column in columns if column.name in output.heat}
    return DataTable(
        caption=output.title,
        columns=tuple(TableColumn(label=column.label, is_number=column.type in _NUMBERS) for column in columns),
        rows=tuple(
            tuple(
                _shaded(cell_text(value, column), heat[column.name][number] if column.name in heat else None)
                for value, column in zip(row, columns, strict=True)
            )
            for number, row in enumerate(output.result.rows())
        ),
        foot=() if totals is None else _foot(totals, columns),
        total_rows=output.total_rows,
        subtotals=output.subtotals,
    )


def _shaded(cell: Cell, heat: float | None) -> Cell:
    return cell if heat is None or not isinstance(cell, str) else HeatCell(text=cell, heat=heat)


def _foot(totals: Sequence[object], columns: Sequence[Column]) -> tuple[str, ...]:
    """The row of totals: its first cell says so, a dimension's is empty."""
    texts = [
        str(cell_text(value, column)) if column.is_metric else "" for value, column in zip(totals, columns, strict=True)
    ]
    return ("Total", *texts[1:])


def cell_text(value: object, column: Column) -> Cell:
    """A value of a result as a cell of a table shows it, in full."""
    if column.type in _NUMBERS and (value is None or isinstance(value, Number)):
        return full(value, column.unit, decimals=column.decimals)
    return "\u2014" if value is None else str(value)


def _change(output: TileOutput) -> Change | None:
    if output.change is None:
        return None
    direction = {True: Direction.BETTER, False: Direction.WORSE, None: Direction.NEUTRAL}[output.is_better]
    return Change(text=output.change_text, direction=direction)


def _sparkline(output: TileOutput) -> Markup | None:
    if output.spark is None or output.spark.is_empty:
        return None
    lines = output.spark.series
    previous = lines[1].y if len(lines) > 1 else ()
    # The drawing is numbers and fixed markup only: no text of a member is in it.
    return Markup(sparkline_svg(lines[0].y, previous, incomplete_last=output.is_last_incomplete))  # noqa: S704
