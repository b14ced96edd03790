"""The report face of a notebook: its blocks in order, where pages begin, cover and paper, beside the very pages."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from app.ui.failure import failure_of
from app.ui.notebook_state import EditorState, save_edit
from app.ui.notice import EmptyState, empty_state, error_box
from app.ui.parts import CardHeader, card, card_header
from notebooks import DesignReport, Notebook
from notebooks.cell import Cell
from notebooks.report_design import PageLook, Place, ReportBlock, ReportDesign, design_of, move_block, place_block
from services.platform import Platform
from services.reports import preview_report
from tenants.access import Principal

_PLACES = {Place.BELOW: "Below", Place.PAGE: "New page", Place.HIDDEN: "Left out"}
_LOOKS = {PageLook.COVER: "Cover and contents", PageLook.LANDSCAPE: "Landscape", PageLook.LETTER: "Letter paper"}


def draw_report_design(platform: Platform, principal: Principal, notebook: Notebook, state: EditorState) -> None:
    """Draw the design and what comes of it; each change is saved at once and can be undone."""
    design = design_of(notebook)

    def save(changed: ReportDesign) -> None:
        save_edit(platform, principal, state, notebook.name, DesignReport(design=changed))

    left, right = st.columns([2, 3])
    with left, card(key="report_design"):
        subtitle = "As a PDF is written and delivered; a workbook and slides keep the order"
        card_header(CardHeader(title="Blocks", subtitle=subtitle), key="report_design")
        _pages(design, save)
        for number, block in enumerate(design.blocks):
            _block(design, block, notebook.cell(block.cell), number, save)
    with right, card(key="report_pages"):
        _preview(platform, principal, notebook)


def _pages(design: ReportDesign, save: Callable[[ReportDesign], None]) -> None:
    key = "report_looks"

    def keep() -> None:
        save(ReportDesign(blocks=design.blocks, pages=frozenset(st.session_state.get(key, ()))))

    st.session_state[key] = [look for look in _LOOKS if look in design.pages]
    st.pills("Paper", list(_LOOKS), format_func=_LOOKS.__getitem__, selection_mode="multi", key=key, on_change=keep)


def _block(
    design: ReportDesign, block: ReportBlock, cell: Cell, number: int, save: Callable[[ReportDesign], None]
) -> None:
    name = getattr(cell, "title", "") or block.cell.replace("_", " ").capitalize()
    key = f"report_place_{block.cell}"

    def keep() -> None:
        save(place_block(design, block.cell, st.session_state.get(key, block.place)))

    st.session_state[key] = block.place
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"report_block_{number}"):
        st.selectbox(name, list(_PLACES), format_func=_PLACES.__getitem__, key=key, on_change=keep)
        for by, icon, word in ((-1, "arrow_upward", "up"), (1, "arrow_downward", "down")):
            st.button(
                word.capitalize(),
                help=f"Move {name} {word}",
                icon=f":material/{icon}:",
                key=f"report_{word}_{block.cell}",
                disabled=not 0 <= number + by < len(design.blocks),
                on_click=partial(_move, design, block.cell, by, save),
            )


def _move(design: ReportDesign, cell: str, by: int, save: Callable[[ReportDesign], None]) -> None:
    save(move_block(design, cell, by))


def _preview(platform: Platform, principal: Principal, notebook: Notebook) -> None:
    card_header(CardHeader(title="Pages", subtitle="With your own rows, as they are now"), key="report_pages")
    if not notebook.cells:
        empty_state(EmptyState(title="No page yet", text="Add the first cell."), key="report_pages")
        return
    try:
        pages = preview_report(platform, principal, notebook.name)
    except Exception as error:
        error_box(failure_of(error, what="There is no preview"), key="report_pages")
        return
    for number, page in enumerate(pages, start=1):
        st.image(page, caption=f"Page {number}", width="stretch", output_format="PNG")
