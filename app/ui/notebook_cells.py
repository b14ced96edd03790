"""The cells of a notebook one below the other, each with its gutter, its form where it is open, and its result."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.ui.comments import CommentsView, comments_dialog, marks_of
from app.ui.gutter import Gutter, draw_gutter
from app.ui.notebook_form import draw_new_cell, draw_opened_cell
from app.ui.notebook_state import EditorState, save_edit
from app.ui.result import draw_result
from app.ui.skeleton import SkeletonShape, skeleton
from notebooks import (
    Cell,
    CellRun,
    DeleteCell,
    MoveCell,
    Notebook,
    Running,
    cell_kinds,
    duplicate_cell,
    kind_name,
)
from services.notebook_running import forget_cell
from services.platform import Platform
from services.quality.doubts import Doubts
from tenants.access import Principal

PER_PAGE = 40
GUTTER_PX = 142


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookView:
    """A notebook on the page: who looks, what they are doing in it, what is being run, whether they may change it.

    `comments` counts the open ones by cell; `doubts` are the checks of the data that failed.
    """

    platform: Platform
    principal: Principal
    notebook: Notebook
    state: EditorState
    running: Running
    is_editable: bool
    may_comment: bool = False
    comments: Mapping[str, int] = field(default_factory=dict)
    doubts: Doubts = field(default_factory=Doubts)

    def run_of(self, cell: str) -> CellRun:
        """What a cell came to, waited for; marked where its data may be wrong."""
        return self.doubts.mark(self.running.run_of(cell))


def draw_cells(view: NotebookView) -> None:
    """Draw the cells of the page's part; what is not there yet has a skeleton until it is."""
    cells = _shown(view.notebook)
    if view.is_editable and (not view.notebook.cells or cells[0] is view.notebook.cells[0]):
        _place_to_add(view, None)
    late: list[tuple[DeltaGenerator, DeltaGenerator, Cell]] = []
    for cell in cells:
        places = _draw_row(view, cell)
        if places is not None:
            late.append((*places, cell))
        if view.is_editable:
            _place_to_add(view, cell.name)
    for state, slot, cell in late:
        run = view.run_of(cell.name)
        with state.container():
            _gutter(view, cell, run)
        with slot.container():
            draw_result(run, key=cell.name, on_click=_on_mark(view, cell))
    _draw_comments(view)


def _draw_comments(view: NotebookView) -> None:
    """The comments of the cell that was asked for: by its gutter, or by an address that leads to them."""
    (asked, mark), view.state.commenting = view.state.commenting, ("", "")
    asked = asked or st.query_params.get("comments", "")
    st.query_params.pop("comments", None)
    if asked in {cell.name for cell in view.notebook.cells}:
        about = CommentsView(
            name=view.notebook.name,
            cell=asked,
            marks=marks_of(view.run_of(asked).output),
            mark=mark,
            may_comment=view.may_comment,
        )
        comments_dialog(view.platform, view.principal, about)


def _shown(notebook: Notebook) -> tuple[Cell, ...]:
    """The cells of the part that the URL names; a long notebook is drawn in parts."""
    parts = max(1, -(-len(notebook.cells) // PER_PAGE))
    if parts == 1:
        return notebook.cells
    text = st.query_params.get("part", "1")
    part = min(max(int(text), 1), parts) if text.isdecimal() and len(text) < 5 else 1

    def turn() -> None:
        st.query_params["part"] = str(st.session_state["notebook_part"])

    st.selectbox(
        "Cells",
        range(1, parts + 1),
        index=part - 1,
        format_func=lambda number: (
            f"Cells {(number - 1) * PER_PAGE + 1} to {min(number * PER_PAGE, len(notebook.cells))} "
            f"of {len(notebook.cells):,}"
        ),
        key="notebook_part",
        on_change=turn,
        label_visibility="collapsed",
    )
    return notebook.cells[(part - 1) * PER_PAGE : part * PER_PAGE]


def _draw_row(view: NotebookView, cell: Cell) -> tuple[DeltaGenerator, DeltaGenerator] | None:
    """One cell; returns the places of the state and the result of one that is still running."""
    is_ready = view.running.is_ready(cell.name)
    run = view.run_of(cell.name) if is_ready else None
    with st.container(horizontal=True, key=f"nbrow_{cell.name}", gap="small"):
        with st.container(key=f"nbgutter_{cell.name}", width=GUTTER_PX):
            state = st.empty()
            with state.container():
                _gutter(view, cell, run)
        with st.container(key=f"nbbody_{cell.name}"):
            if view.state.opened is not None and view.state.opened.name == cell.name:
                draw_opened_cell(view.platform, view.principal, view.notebook)
            slot = st.empty()
            with slot.container():
                if run is not None:
                    draw_result(run, key=cell.name, on_click=_on_mark(view, cell))
                    return None
                skeleton(SkeletonShape.CHART, key=f"nb_{cell.name}", label=cell.name, height_px=120)
    return state, slot


def _gutter(view: NotebookView, cell: Cell, run: CellRun | None) -> None:
    kind = cell_kinds()[kind_name(cell)].label
    comments = view.comments.get(cell.name, 0)
    gutter = Gutter(
        name=cell.name,
        kind=kind,
        run=run,
        is_editable=view.is_editable,
        comments=comments,
        may_comment=view.may_comment,
    )
    draw_gutter(gutter, on_act=_on_act(view, cell))


def _on_act(view: NotebookView, cell: Cell) -> Callable[[str], None]:
    def act(name: str) -> None:
        save = partial(save_edit, view.platform, view.principal, view.state, view.notebook.name)
        match name:
            case "edit":
                view.state.open(cell)
            case "comment":
                view.state.commenting = (cell.name, "")
            case "up":
                save(MoveCell(name=cell.name, by=-1))
            case "down":
                save(MoveCell(name=cell.name, by=1))
            case "copy":
                save(duplicate_cell(view.notebook, cell.name))
            case "delete":
                save(DeleteCell(cell=cell), said=f"The cell {cell.name} is deleted.")
            case _:
                forget_cell(view.running, cell.name)

    return act


def _on_mark(view: NotebookView, cell: Cell) -> Callable[[str], None] | None:
    """A click on a mark opens what is said about it, for who may say something."""

    def comment(mark: str) -> None:
        view.state.commenting = (cell.name, mark)

    return comment if view.may_comment else None


def _place_to_add(view: NotebookView, after: str | None) -> None:
    """Between two cells: the menu of kinds, and the form of a new cell where one is being made."""
    if view.state.adding is not None and view.state.adding[0] == after:
        draw_new_cell(view.platform, view.principal, view.notebook)
        return
    key = f"add_after_{after or 'top'}"

    def add() -> None:
        kind = st.session_state[key]
        if kind is not None:
            view.state.add(after, kind)

    with st.container(key=f"nbadd_{after or 'top'}"):
        st.menu_button(
            "Add a cell",
            sorted(cell_kinds()),
            format_func=lambda kind: cell_kinds()[kind].label,
            icon=":material/add:",
            type="tertiary",
            key=key,
            on_click=add,
        )
