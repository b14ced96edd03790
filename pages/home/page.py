"""Home: the answer, four figures, the trend, the breakdown, what is the reader's own, and what moved."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import wait
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.ui.age import age_text
from app.ui.cells import draw_chart_card, tile_definition, tile_of
from app.ui.definition import open_definition
from app.ui.filters import Choice, choose_filters, choose_option
from app.ui.input_cell import given_inputs
from app.ui.insights import insight_of
from app.ui.later import later
from app.ui.parts import (
    Action,
    Alert,
    CardHeader,
    EmptyState,
    KpiLoading,
    MetaItem,
    PageHead,
    SkeletonShape,
    Span,
    Tone,
    alert_box,
    card,
    card_header,
    cards,
    empty_state,
    insight_list,
    kpi_cells,
    kpi_tile,
    page_bar,
    page_head,
    skeleton,
)
from app.ui.result import draw_result
from app.ui.stylesheet import notebook_style
from metrics.period import PeriodKind, date_label
from notebooks import Cell, CellRun, ChartCell, InputCell, MetricCell, TileOutput, headline
from services.home import Home, filter_choices, filter_text, open_home
from services.platform import Platform
from services.quality.doubts import Doubts, find_doubts
from tenants.access import Permission, Principal

_PERIODS: Final = {
    "month": ("Month", PeriodKind.MONTH),
    "quarter": ("Quarter", PeriodKind.QUARTER),
    "12m": ("12 months", PeriodKind.LAST_12_MONTHS),
}
_CHART_PX: Final = 300
# Below this a skeleton would only flicker.
_UNNOTICED_S: Final = 0.1


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    choices = filter_choices(platform, principal)
    period = st.query_params.get("period", "quarter")
    chosen = {choice.name: value for choice in choices if (value := st.query_params.get(choice.name)) in choice.values}
    kind = _PERIODS.get(period, _PERIODS["quarter"])[1]
    home = open_home(
        platform, principal, period=kind, where=filter_text(chosen), as_of=_day("as_of"), given=given_inputs()
    )
    if home is None:
        _welcome(platform, principal)
        return
    head = st.empty()
    with head.container():
        # The answer comes last, from the figures; its room is kept, so that nothing jumps.
        page_head(PageHead(answer="\u00a0"), key="home_waiting")
    _bar(platform, principal, home, choices, chosen)
    cells = _Cells(home, find_doubts(platform, principal))
    _inputs(home, cells)
    runs = _figures(home, cells)
    cells.start_charts()
    with head.container():
        _answer(runs)
        _offer_older(home)
    _mentions(platform, principal)
    later(lambda: _charts(home, cells), lambda: _chart_skeletons(home))
    _others(home, cells)
    _moved(runs)
    later(lambda: _yours(platform, principal), lambda: None, key="later_yours")


def _bar(
    platform: Platform, principal: Principal, home: Home, choices: list[Choice], chosen: Mapping[str, str]
) -> None:
    period = home.scope.period_for(PeriodKind.QUARTER)
    where = ", ".join(str(value) for value in chosen.values()) or "Everything"
    when = f"{period.label}, day {period.day_number} of {period.days_total}"
    meta = [
        MetaItem(text=period.label if period.kind is PeriodKind.LAST_12_MONTHS else when, icon="calendar_today"),
        MetaItem(text=where, icon="public"),
    ]
    watermark = platform.store(principal.tenant).watermark()
    if watermark.loaded_at is not None:
        age = age_text(watermark.loaded_at, platform.clock())
        meta.append(MetaItem(text=f"Data loaded {age} ago", icon="schedule"))
    if principal.tenant.calendar_day is not None:
        meta.append(MetaItem(text="Demo data, calendar stopped", icon="science"))
    with page_bar(meta, key="home"):
        labels = {name: label for name, (label, _) in _PERIODS.items()}
        choose_option("period", labels, default="quarter", label="Period")
        choose_filters(choices, key="home")


def _answer(runs: list[CellRun]) -> None:
    tiles = [run.output for run in runs if isinstance(run.output, TileOutput)]
    answer = headline(tiles)
    page_head(PageHead(answer=(Span(answer.strong),), cause=answer.cause), key="home")


def _day(name: str) -> dt.date | None:
    """A date in the URL; what is no date is taken for none."""
    try:
        return dt.date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        return None


def _offer_older(home: Home) -> None:
    """Where the data ended before the period shown: say so, and lead to their last day."""
    last = home.last_day()
    if last is None:
        return

    def go(_act: str) -> None:
        st.query_params["as_of"] = last.isoformat()

    alert_box(
        Alert(
            title=f"The data end on {date_label(last)}",
            text="The figures of the period shown are empty for that reason.",
            tone=Tone.WARN,
            actions=(Action(label=f"Show {date_label(last)}", act="as_of"),),
        ),
        key="home_older",
        on_act=go,
    )


class _Cells:
    """The cells of Home that run: what is there within a blink is drawn at once, the rest behind a skeleton."""

    def __init__(self, home: Home, doubts: Doubts) -> None:
        self._cells = home.start()
        self._doubts = doubts

    def start_charts(self) -> None:
        """Let the charts run too."""
        self._cells.start_charts()

    def wait(self, cells: Sequence[Cell]) -> None:
        """Give these cells as long as nobody notices."""
        wait([self._cells.futures[cell.name] for cell in cells], timeout=_UNNOTICED_S)

    def is_ready(self, cell: Cell) -> bool:
        """Whether a cell has come to something."""
        return self._cells.futures[cell.name].done()

    def run_of(self, cell: Cell) -> CellRun:
        """What a cell has come to, waited for."""
        return self._doubts.mark(self._cells.futures[cell.name].result())


def _mentions(platform: Platform, principal: Principal) -> None:
    """What colleagues ask; its parts too are loaded when the figures are there."""
    from pages.home.yours import draw_mentions

    draw_mentions(platform, principal)


def _inputs(home: Home, running: _Cells) -> None:
    cells = [cell for cell in home.notebook.cells if isinstance(cell, InputCell)]
    if not cells:
        return
    with st.container(horizontal=True, key="home_inputs"):
        for cell in cells:
            draw_result(running.run_of(cell), key=cell.name)


def _others(home: Home, running: _Cells) -> None:
    """What is neither figure nor chart: words, tables and answers of SQL, in their order."""
    cells = [cell for cell in home.notebook.cells if not isinstance(cell, MetricCell | ChartCell | InputCell)]
    if cells:
        notebook_style()
    for cell in cells:
        draw_result(running.run_of(cell), key=f"home_{cell.name}")


def _figures(home: Home, running: _Cells) -> list[CellRun]:
    """The tiles, each drawn as soon as it is there."""
    cells = home.figures
    running.wait(cells)
    late = []
    for place, cell in zip(kpi_cells(len(cells), key="home"), cells, strict=True):
        with place:
            slot = st.empty()
            if running.is_ready(cell):
                _draw_figure(slot, cell, running.run_of(cell))
                continue
            with slot.container():
                kpi_tile(KpiLoading(label=cell.title or cell.metric), key=f"home_{cell.name}_loading")
        late.append((slot, cell))
    for slot, cell in late:
        _draw_figure(slot, cell, running.run_of(cell))
    return [running.run_of(cell) for cell in cells]


def _draw_figure(slot: DeltaGenerator, cell: MetricCell, run: CellRun) -> None:
    with slot.container():
        kpi_tile(
            tile_of(run, label=cell.title or cell.metric, act="open"),
            key=f"home_{cell.name}",
            on_act=_opener(cell.name),
        )
    if st.session_state.pop(f"open_{cell.name}", False) and (definition := tile_definition(run)) is not None:
        open_definition(definition)


def _opener(name: str) -> Callable[[str], None]:
    def remember(_act: str) -> None:
        st.session_state[f"open_{name}"] = True

    return remember


def _chart_places(home: Home) -> Iterator[tuple[DeltaGenerator, ChartCell]]:
    """The charts in pairs, the first of each the wider, each with its place."""
    cells = home.charts
    for row in range(0, len(cells), 2):
        pair = cells[row : row + 2]
        yield from zip(cards([2, 1][: len(pair)], key=f"home_{row}"), pair, strict=True)


def _chart_skeletons(home: Home) -> None:
    for column, cell in _chart_places(home):
        with column:
            _chart_skeleton(cell)


def _chart_skeleton(cell: ChartCell) -> None:
    skeleton(SkeletonShape.CHART, key=f"home_{cell.name}", label=cell.title, height_px=_CHART_PX)


def _yours(platform: Platform, principal: Principal) -> None:
    """What is the reader's own; its parts are loaded when the figures are there."""
    from pages.home.yours import draw_yours

    draw_yours(platform, principal)


def _charts(home: Home, running: _Cells) -> None:
    late = []
    for column, cell in _chart_places(home):
        with column:
            slot = st.empty()
            if running.is_ready(cell):
                _draw_chart(slot, cell, running.run_of(cell))
                continue
            with slot.container():
                _chart_skeleton(cell)
        late.append((slot, cell))
    for slot, cell in late:
        _draw_chart(slot, cell, running.run_of(cell))


def _draw_chart(slot: DeltaGenerator, cell: ChartCell, run: CellRun) -> None:
    with slot.container():
        draw_chart_card(run, key=f"home_{cell.name}")


def _moved(runs: list[CellRun]) -> None:
    rows = [row for run in runs if isinstance(run.output, TileOutput) and (row := insight_of(run.output)) is not None]
    if not rows:
        return
    with card(key="home_moved"):
        header = CardHeader(
            title="What moved and why", subtitle="What each part adds to a change; figures are rounded", is_ruled=True
        )
        card_header(header, key="home_moved")
        insight_list(rows, key="home_moved")


def _welcome(platform: Platform, principal: Principal) -> None:
    # Only a tenant's first days need what reads files.
    from app.proposal import offer_proposal
    from services.tables import list_tables

    page_head(PageHead(answer=f"Welcome, {principal.name}.", cause="There are no numbers here yet."), key="home")
    tables = list_tables(platform, principal) if principal.can(Permission.DATA_READ) else []
    if not principal.can(Permission.DATA_IMPORT):
        title, text = "Your numbers are being prepared", "An analyst of your organisation defines them; come back soon."
    elif tables:
        rows = sum(table.rows for table in tables)
        title = f"{len(tables)} tables with {rows:,} rows are loaded"
        text = f"Write metrics in YAML and run: plumbline metrics apply DIR --tenant {principal.tenant.slug}"
    else:
        title, text = (
            "Connect your data",
            "Drop a CSV, Parquet or Excel file on Sources, then define your first metrics.",
        )
    if tables and offer_proposal(platform, principal, key="home"):
        return
    with card(key="home_welcome"):
        empty_state(EmptyState(title=title, text=text, icon="upload_file", tone=Tone.INFO), key="home_welcome")
