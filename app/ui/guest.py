"""The page of a guest: one dashboard under its filters, with no way to anything else."""

import streamlit as st

from app.ui.dashboard import DashboardView, cells_of, draw_dashboard, draw_filters, draw_tabs, shown_board
from app.ui.failure import failure_of
from app.ui.input_cell import given_inputs
from app.ui.notebook_cells import NotebookView
from app.ui.notebook_state import EditorState
from app.ui.notice import error_box
from app.ui.page_head import MetaItem, PageHead, page_bar, page_head
from app.ui.shell import PAGE_ICON, PRODUCT
from app.ui.stylesheet import notebook_style, page_style
from core.errors import UserError
from services.dashboards import find_filters
from services.notebook_running import start_notebook
from services.notebooks import require_notebook, scope_of
from services.platform import Platform
from tenants.access import Guest, Principal


def draw_guest(platform: Platform, principal: Principal, guest: Guest) -> None:
    """Draw the page; this has to be the first Streamlit call of a run."""
    st.set_page_config(
        page_title=f"{PRODUCT}: {principal.tenant.name}",
        page_icon=str(PAGE_ICON),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    page_style()
    notebook_style()
    try:
        _draw(platform, principal, guest)
    except UserError as error:
        error_box(failure_of(error), key="guest")


def _draw(platform: Platform, principal: Principal, guest: Guest) -> None:
    notebook = require_notebook(platform, principal, guest.notebook)
    filters = find_filters(platform, principal, notebook, dict(st.query_params))
    head = PageHead(answer=notebook.title, crumbs=(principal.tenant.name,), text=notebook.description)
    page_head(head, key="guest")
    today = MetaItem(text=f"As of {principal.tenant.today(platform.clock):%-d %b %Y}", icon="calendar_today")
    with page_bar([today], key="guest"):
        draw_filters(filters)
    draw_tabs(notebook)
    board = shown_board(notebook)
    scope = scope_of(platform, principal, period=filters.period, where=filters.where, given=given_inputs())
    cells = NotebookView(
        platform=platform,
        principal=principal,
        notebook=notebook,
        state=EditorState(),
        running=start_notebook(platform, principal, notebook, scope, only=cells_of(notebook, board)),
        is_editable=False,
    )
    draw_dashboard(DashboardView(cells=cells, board=board, filters=filters), is_arranging=False)
