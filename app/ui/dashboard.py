"""The dashboard face of a notebook: tiles on twelve columns, filters above them, and marks that filter when clicked."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from app.ui.card import card_header
from app.ui.cells import chart_header, draw_problem, draw_table_card
from app.ui.chart import draw_chart
from app.ui.dashboard_arranging import draw_arranging
from app.ui.filters import choose_filters, choose_option
from app.ui.notebook_cells import NotebookView
from app.ui.notice import EmptyState, empty_state
from app.ui.plain import plain
from app.ui.prose import prose
from app.ui.result import draw_result, draw_tile
from app.ui.surface import surface
from app.ui.template import render
from notebooks import (
    Board,
    CellRun,
    ChartCell,
    ChartOutput,
    Heading,
    InputCell,
    Notebook,
    TableOutput,
    TextOutput,
    Tile,
    TileOutput,
    boards_of,
    parts_of,
)
from services.dashboards import DashboardFilters, apply_click

PERIODS = {"own": "As set", "month": "Month", "quarter": "Quarter", "year": "Year", "last_12_months": "12 months"}
CHART_PX = 260
GAP_PX = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardView:
    """A dashboard on the page: the tab that is seen, with the filters it stands under."""

    cells: NotebookView
    board: Board
    filters: DashboardFilters


def shown_board(notebook: Notebook) -> Board:
    """The tab that the URL asks for, the first where it asks for none that there is."""
    boards = boards_of(parts_of(notebook))
    asked = st.query_params.get("tab")
    return next((board for board in boards if board.title == asked), boards[0])


def cells_of(notebook: Notebook, board: Board) -> frozenset[str]:
    """The cells that a tab shows: its tiles, and the inputs above them."""
    inputs = [cell.name for cell in notebook.cells if isinstance(cell, InputCell)]
    return frozenset((*inputs, *(tile.cell for tile in board.tiles)))


def draw_filters(filters: DashboardFilters) -> None:
    """The period and the filters, in the bar; all of them live in the URL."""
    choose_option("period", PERIODS, default="own", label="Period")
    choose_filters(filters.choices, key="dashboard")
    for name, value in filters.chosen.items():
        if st.button(f"{filters.labels[name]}: {plain(value)}", icon=":material/close:", key=f"chip_{name}"):
            st.query_params.pop(name, None)
            st.rerun()


def draw_tabs(notebook: Notebook) -> None:
    """The tabs, where there are some; the one that is seen is in the URL."""
    titles = [board.title for board in boards_of(parts_of(notebook))]
    if len(titles) > 1:
        choose_option("tab", {title: plain(title) for title in titles}, default=titles[0], label="Tab")


def draw_dashboard(view: DashboardView, *, is_arranging: bool) -> None:
    """Draw the inputs, then the parts of the tab; a tile that fails costs no other."""
    notebook, board = view.cells.notebook, view.board
    inputs = [cell for cell in notebook.cells if isinstance(cell, InputCell)]
    if inputs:
        with st.container(horizontal=True, key="dash_inputs"):
            for cell in inputs:
                draw_result(view.cells.run_of(cell.name), key=cell.name)
    if is_arranging:
        draw_arranging(view.cells, board)
    if not board.parts:
        empty_state(EmptyState(title="Nothing to show yet", text="Add cells to the notebook first."), key="dash_empty")
        return
    with st.container(key="dashgrid", gap=GAP_PX):
        for number, part in enumerate(board.parts):
            if isinstance(part, Heading):
                with st.container(key=f"dashhead_{number}"):
                    surface(render("section.html", heading=part.heading), key=f"dashheading_{number}")
                continue
            # The stylesheet reads the width and height of a tile from its key.
            with st.container(border=True, key=f"dashtile_w{part.width}_h{part.height}_{part.cell}"):
                _draw_tile(view, view.cells.run_of(part.cell), part)


def _draw_tile(view: DashboardView, run: CellRun, tile: Tile) -> None:
    key = f"dash_{tile.cell}"
    match run.output:
        case TileOutput():
            draw_tile(run, key=key, opens=view.cells.principal.guest is None)
        case TextOutput():
            prose(run.output.markdown, key=key)
        case ChartOutput():
            card_header(chart_header(run, run.output), key=key)
            with st.container(height=CHART_PX * tile.height, border=False):
                draw_chart(run.output.chart, key=f"chart_{key}", on_click=_clicking(view, run))
        case TableOutput():
            draw_table_card(run, key=key)
        case _:
            draw_problem(run, key=key)


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
