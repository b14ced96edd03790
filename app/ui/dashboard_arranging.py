"""Arranging a dashboard: the grid of its tiles, what stands outside it, its headings and tabs."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from app.ui.card import CardHeader, card_header
from app.ui.grid import arranging_grid
from app.ui.notebook_cells import NotebookView
from app.ui.notebook_state import save_edit
from app.ui.plain import plain
from core.errors import UserError
from notebooks import (
    ArrangeDashboard,
    Board,
    Cell,
    Heading,
    InputCell,
    Part,
    Placed,
    add_tab,
    change_board,
    check_words,
    merge_drop,
    parts_of,
    remove_tab,
    rename_tab,
    suggest_tile,
    tiles_of,
)
from services.notebooks import require_notebook

Parts = tuple[Part, ...]
_HINT = "Drag a tile, pull its edges, or take it with Enter and use the arrows; Shift and arrows change its size"


def draw_arranging(view: NotebookView, board: Board) -> None:
    """The tiles to be moved and resized, and what else a tab is made of."""
    notebook = view.notebook
    placed = {tile.cell for tile in tiles_of(notebook)}
    outside = [cell for cell in notebook.cells if not isinstance(cell, InputCell) and cell.name not in placed]
    with st.container(border=True, key="card_arrange"):
        card_header(CardHeader(title="Arrange", subtitle=_HINT), key="arrange")
        if board.parts:
            titles = {cell.name: title_of(cell) for cell in notebook.cells}
            arranging_grid(board.parts, titles, key=f"arrange_{board.title}", on_drop=partial(_drop, view, board))
        with st.container(horizontal=True, key="arrange_more"):
            for cell in outside:
                st.button(
                    f"Show {plain(title_of(cell))}", key=f"place_add_{cell.name}", icon=":material/add:",
                    on_click=_change, args=(view, board, partial(_with, suggest_tile(cell))),
                )  # fmt: skip
            _draw_words(view, board)


def title_of(cell: Cell) -> str:
    """What a cell is called on the dashboard: its title, or its name where it has none."""
    title = getattr(cell, "title", "")
    return title if isinstance(title, str) and title else cell.name


def _draw_words(view: NotebookView, board: Board) -> None:
    """The headings and tabs: one field for the words, and what is to be done with them."""
    key = "arrange_words"

    def act(change: Callable[[str, Parts], Parts], tab: Callable[[str], str | None]) -> None:
        words = str(st.session_state.get(key, ""))
        if _arrange(view, partial(change, words)):
            st.session_state[key] = ""
            chosen = tab(" ".join(words.split()))
            if chosen is None:
                st.query_params.pop("tab", None)
            else:
                st.query_params["tab"] = chosen

    title = board.title
    with st.popover("Headings and tabs", icon=":material/tab:", key="arrange_tabs"):
        st.text_input("Words of the heading or tab", key=key, max_chars=60)
        heading = partial(_headed, title)
        st.button("Add a heading", key="arrange_heading", on_click=act, args=(heading, lambda _: title or None))
        st.button("Add a tab", key="arrange_add_tab", on_click=act, args=(_tabbed, lambda words: words))
        if title:
            renamed, removed = partial(_renamed, title), partial(_removed, title)
            st.button("Rename this tab", key="arrange_rename", on_click=act, args=(renamed, lambda words: words))
            st.button("Remove this tab", key="arrange_remove", on_click=act, args=(removed, lambda _: None))


def _drop(view: NotebookView, board: Board, dropped: tuple[Placed, ...]) -> None:
    _change(view, board, lambda now: merge_drop(now, board.parts, dropped))


def _change(view: NotebookView, board: Board, change: Callable[[tuple[Placed, ...]], tuple[Placed, ...]]) -> None:
    _arrange(view, lambda parts: change_board(parts, board.title, change))


def _arrange(view: NotebookView, change: Callable[[Parts], Parts]) -> bool:
    """Change the arrangement as it is now: a click may come before the one before it is drawn.

    It is called before a page is drawn, so that a run that is broken off takes no click with it.
    """
    notebook = require_notebook(view.platform, view.principal, view.notebook.name, is_draft=True)
    try:
        parts = change(parts_of(notebook))
    except UserError as error:
        view.state.problem = error.message
        return False
    edit = ArrangeDashboard(parts=parts)
    return save_edit(view.platform, view.principal, view.state, notebook.name, edit) is not None


def _with(added: Placed, now: tuple[Placed, ...]) -> tuple[Placed, ...]:
    return (*(part for part in now if part != added), added)


def _headed(title: str, words: str, parts: Parts) -> Parts:
    heading = Heading(heading=check_words(words))
    return change_board(parts, title, lambda now: (*now, heading))


def _tabbed(words: str, parts: Parts) -> Parts:
    return add_tab(parts, words)


def _renamed(title: str, words: str, parts: Parts) -> Parts:
    return rename_tab(parts, title, words)


def _removed(title: str, _words: str, parts: Parts) -> Parts:
    return remove_tab(parts, title)
