"""Notebooks: the list, and one notebook read from top to bottom, with its report."""

from functools import partial

import streamlit as st

from app.ui import (
    Action,
    EmptyState,
    InboxRow,
    MetaItem,
    PageHead,
    Tone,
    card,
    empty_state,
    error_box,
    inbox_list,
    kpi_cells,
    kpi_tile,
    page_bar,
    page_head,
)
from app.ui.cells import draw_chart_card, draw_problem, draw_table_card, tile_definition, tile_of
from app.ui.context import current_platform, current_principal
from app.ui.definition import open_definition
from app.ui.failure import failure_of
from app.ui.navigation import PageEntry, Section
from core.errors import UserError
from notebooks import Cell, ChartCell, MetricCell, Notebook, TableCell, TextCell, run_cell
from services.notebook_asking import PrincipalAsk
from services.notebooks import NotebookFacts, list_notebooks, require_notebook, scope_of
from services.platform import Platform
from services.reports import export_report, report_formats
from tenants.access import Permission, Principal


def draw() -> None:
    """Draw the list, or the notebook that the URL names (`?id=weekly-sales-review`)."""
    principal = current_principal()
    if principal is None:
        return
    platform = current_platform()
    name = st.query_params.get("id")
    if name is None:
        _list(list_notebooks(platform, principal))
        return
    try:
        _notebook(platform, principal, require_notebook(platform, principal, name))
    except UserError as error:
        error_box(failure_of(error), key="notebook")


def _list(found: list[NotebookFacts]) -> None:
    count = len(found)
    answer = "There are no notebooks yet." if not count else f"{count} notebook{'s' * (count > 1)} to read and share."
    page_head(PageHead(answer=answer), key="notebooks")
    with card(key="notebooks"):
        if not found:
            empty_state(EmptyState(title="No notebook yet", text="Analysts write them in YAML."), key="notebooks")
            return
        rows = [
            InboxRow(
                title=facts.title,
                reason=facts.description or f"{facts.cells} cells",
                icon="article",
                tone=Tone.INFO,
                action=Action(label="Open", act=facts.name),
            )
            for facts in found
        ]
        opened = inbox_list(rows, key="notebooks")
    if opened is not None:
        st.query_params["id"] = opened
        st.rerun()


def _notebook(platform: Platform, principal: Principal, notebook: Notebook) -> None:
    page_head(
        PageHead(answer=notebook.title, crumbs=("Notebooks",), text=notebook.description),
        key="notebook",
    )
    scope = scope_of(platform, principal)
    watermark = platform.store(principal.tenant).watermark()
    meta = [
        MetaItem(text=f"As of {scope.today:%-d %b %Y}", icon="calendar_today"),
        MetaItem(text=f"Data version {watermark.version}", icon="schedule"),
    ]
    with page_bar(meta, key="notebook"):
        if st.button("All notebooks", key="notebook_back"):
            st.query_params.clear()
            st.rerun()
        if principal.can(Permission.REPORT_EXPORT):
            _report_buttons(platform, principal, notebook)
    ask = PrincipalAsk(platform, principal)
    for group in _groups(notebook.cells):
        if isinstance(group[0], MetricCell):
            places = kpi_cells(len(group), key=f"nb_{group[0].name}")
            for place, cell in zip(places, group, strict=True):
                run = run_cell(cell, ask, scope)
                with place:
                    opened = kpi_tile(tile_of(run, label=cell.name, act="open"), key=f"nb_{cell.name}")
                if opened is not None and (definition := tile_definition(run)) is not None:
                    open_definition(definition)
            continue
        _draw_cell(group[0], ask, platform, principal)


def _draw_cell(cell: Cell, ask: PrincipalAsk, platform: Platform, principal: Principal) -> None:
    run = run_cell(cell, ask, scope_of(platform, principal))
    if isinstance(cell, TextCell):
        st.markdown(cell.text)
        return
    with card(key=f"nb_{cell.name}"):
        if isinstance(cell, ChartCell):
            draw_chart_card(run, key=f"nb_{cell.name}")
        elif isinstance(cell, TableCell):
            draw_table_card(run, key=f"nb_{cell.name}")
        else:
            draw_problem(run, key=f"nb_{cell.name}")


def _groups(cells: tuple[Cell, ...]) -> list[list[Cell]]:
    """Cells in order; neighbouring metric cells stand together, as one row of tiles."""
    groups: list[list[Cell]] = []
    for cell in cells:
        if groups and isinstance(cell, MetricCell) and isinstance(groups[-1][0], MetricCell):
            groups[-1].append(cell)
        else:
            groups.append([cell])
    return groups


def _report_buttons(platform: Platform, principal: Principal, notebook: Notebook) -> None:
    """A report is rendered when it is asked for, not with the page."""

    def render(format_name: str) -> bytes:
        return export_report(platform, principal, notebook.name, format_name).content

    for format_name, label, icon in (("xlsx", "Workbook (Excel)", "table"), ("pdf", "Report (PDF)", "picture_as_pdf")):
        st.download_button(
            label,
            data=partial(render, format_name),
            file_name=f"{notebook.name}.{format_name}",
            mime=report_formats()[format_name],
            type="primary" if format_name == "pdf" else "secondary",
            icon=f":material/{icon}:",
            key=f"notebook_{format_name}",
            on_click="ignore",
        )


KIND = "notebooks"
PAGE = PageEntry(
    section=Section.BUILD,
    position=1,
    title="Notebooks",
    icon="article",
    draw=draw,
    url_path="notebooks",
    permission=Permission.NOTEBOOK_READ,
)
