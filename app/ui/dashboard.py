"""The dashboard face of a notebook: tiles on twelve columns, filters above them, and marks that filter when clicked."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from app.ui.card import CardHeader, card_header, cards
from app.ui.cells import draw_table_card
from app.ui.chart import draw_chart
from app.ui.filters import choose_filters, choose_option
from app.ui.input_cell import draw_input
from app.ui.notebook_cells import NotebookView, draw_result, draw_tile
from app.ui.notebook_state import save_edit
from app.ui.notice import EmptyState, empty_state
from app.ui.prose import prose
from notebooks import (
    ArrangeDashboard,
    CellRun,
    ChartCell,
    ChartOutput,
    InputCell,
    InputOutput,
    TableOutput,
    TextOutput,
    Tile,
    TileOutput,
    move_tile,
    resize_tile,
    rows_of,
    suggest_tile,
    tiles_of,
)
from services.dashboards import DashboardFilters, apply_click
from services.notebooks import require_notebook

PERIODS = {"own": "As set", "month": "Month", "quarter": "Quarter", "year": "Year", "last_12_months": "12 months"}
CHART_PX = 260


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardView:
    """A dashboard on the page, with the filters it stands under."""

    cells: NotebookView
    filters: DashboardFilters

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """The tiles in their order."""
        return tiles_of(self.cells.notebook)


def draw_filters(filters: DashboardFilters) -> None:
    """The period and the filters, in the bar; all of them live in the URL."""
    choose_option("period", PERIODS, default="own", label="Period")
    choose_filters(filters.choices, key="dashboard")
    for name, value in filters.chosen.items():
        if st.button(f"{filters.labels[name]}: {_plain(value)}", icon=":material/close:", key=f"chip_{name}"):
            st.query_params.pop(name, None)
            st.rerun()


def _plain(text: str) -> str:
    """A value as literal text in a label that reads Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#+-.!:$~|" else sign for sign in text)


def draw_dashboard(view: DashboardView, *, is_arranging: bool) -> None:
    """Draw the inputs, then the tiles row by row; a tile that fails costs no other."""
    notebook, running = view.cells.notebook, view.cells.running
    inputs = [cell for cell in notebook.cells if isinstance(cell, InputCell)]
    if inputs:
        with st.container(horizontal=True, key="dash_inputs"):
            for cell in inputs:
                run = running.run_of(cell.name)
                if isinstance(run.output, InputOutput):
                    draw_input(cell, run.output)
                else:
                    draw_result(run, key=cell.name)
    if is_arranging:
        _draw_arranging(view)
    if not view.tiles:
        empty_state(EmptyState(title="Nothing to show yet", text="Add cells to the notebook first."), key="dash_empty")
    for number, row in enumerate(rows_of(view.tiles)):
        columns = cards([tile.width for tile in row], key=f"dash_{number}")
        for column, tile in zip(columns, row, strict=True):
            with column:
                _draw_tile(view, running.run_of(tile.cell), tile)


def _draw_tile(view: DashboardView, run: CellRun, tile: Tile) -> None:
    key = f"dash_{tile.cell}"
    match run.output:
        case TileOutput():
            draw_tile(run, key=key)
        case TextOutput():
            prose(run.output.markdown, key=key)
        case ChartOutput():
            card_header(CardHeader(title=run.output.chart.title, subtitle=run.output.chart.subtitle), key=key)
            with st.container(height=CHART_PX * tile.height, border=False):
                draw_chart(run.output.chart, key=f"chart_{key}", on_click=_clicking(view, run))
        case TableOutput():
            draw_table_card(run, key=key)
        case _:
            draw_result(run, key=key)


def _clicking(view: DashboardView, run: CellRun) -> Callable[[str], None] | None:
    """What a click on a mark does; None where its members cannot be filtered by."""
    cell, output = run.cell, run.output
    if not isinstance(cell, ChartCell) or cell.grain is not None or not isinstance(output, ChartOutput):
        return None
    dimension = cell.by[0]
    if dimension not in view.filters.labels:
        return None
    members = {str(member) for member in output.result.values(dimension) if member is not None}

    def click(member: str) -> None:
        # What is added up as Other, and what is not set, has no value to filter by.
        if member not in members:
            return
        value = apply_click(view.filters, dimension, member)
        if value is None:
            st.query_params.pop(dimension, None)
        else:
            st.query_params[dimension] = value

    return click


def _draw_arranging(view: DashboardView) -> None:
    """The tiles as a list: width, order, and which stand on the dashboard at all."""
    notebook = view.cells.notebook
    outside = [
        cell for cell in notebook.cells
        if not isinstance(cell, InputCell) and cell.name not in {tile.cell for tile in view.tiles}
    ]  # fmt: skip
    with st.container(border=True, key="card_arrange"):
        card_header(CardHeader(title="Arrange", subtitle="Columns of twelve; a row takes what fits"), key="arrange")
        for index, tile in enumerate(view.tiles):
            _draw_place(view, index, tile)
        for cell in outside:
            st.button(
                f"Show {cell.name}", key=f"place_add_{cell.name}", icon=":material/add:",
                on_click=_arrange, args=(view, partial(_with, suggest_tile(cell))),
            )  # fmt: skip


def _draw_place(view: DashboardView, index: int, tile: Tile) -> None:
    name, count = tile.cell, len(view.tiles)
    width_key = f"width_{name}_{tile.width}"
    with st.container(horizontal=True, key=f"place_{name}", vertical_alignment="center"):
        st.text(name, width=200)
        st.segmented_control(
            f"Width of {name}", _WIDTHS, default=tile.width if tile.width in _WIDTHS else None, key=width_key,
            label_visibility="collapsed", on_change=_resize, args=(view, name, width_key),
        )  # fmt: skip
        for label, icon, step, is_off in (
            ("Up", "arrow_upward", -1, index == 0),
            ("Down", "arrow_downward", 1, index == count - 1),
        ):
            st.button(
                label, key=f"place_{label.lower()}_{name}", icon=f":material/{icon}:", disabled=is_off,
                on_click=_arrange, args=(view, partial(_stepped, name, step)),
            )  # fmt: skip
        st.button(
            "Hide",
            key=f"place_hide_{name}",
            disabled=count == 1,
            on_click=_arrange,
            args=(view, partial(_without, name)),
        )


_WIDTHS = (2, 3, 4, 6, 8, 12)


Tiles = tuple[Tile, ...]


def _arrange(view: DashboardView, change: Callable[[Tiles], Tiles]) -> None:
    """Change the arrangement as it is now: a click may come before the one before it is drawn.

    It is called before a page is drawn, so that a run that is broken off takes no click with it.
    """
    cells = view.cells
    notebook = require_notebook(cells.platform, cells.principal, cells.notebook.name, is_draft=True)
    save_edit(cells.platform, cells.principal, notebook.name, ArrangeDashboard(tiles=change(tiles_of(notebook))))


def _resize(view: DashboardView, name: str, key: str) -> None:
    width = st.session_state[key]
    if width is not None:
        _arrange(view, lambda tiles: resize_tile(tiles, name, width))


def _with(added: Tile, tiles: Tiles) -> Tiles:
    return (*_without(added.cell, tiles), added)


def _without(name: str, tiles: Tiles) -> Tiles:
    return tuple(tile for tile in tiles if tile.cell != name)


def _stepped(name: str, step: int, tiles: Tiles) -> Tiles:
    """The tiles with one a place further up (-1) or down (1)."""
    names = [tile.cell for tile in tiles]
    if name not in names:
        return tiles
    index = names.index(name)
    before = names[max(index - 1, 0)] if step < 0 else next(iter(names[index + 2 : index + 3]), None)
    return move_tile(tiles, name, before) if before != name else tiles
