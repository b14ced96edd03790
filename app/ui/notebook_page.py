"""One notebook on the page: its head, what can be done with it, and the face that is asked for."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

import streamlit as st

from app.ui.action import Action
from app.ui.comments import open_counts
from app.ui.dashboard import DashboardView, cells_of, draw_dashboard, draw_filters, draw_tabs, shown_board
from app.ui.drafts import keep_typed, offer_drafts
from app.ui.filters import choose_option
from app.ui.folders import choose_folder, open_folder
from app.ui.input_cell import given_inputs
from app.ui.notebook_cells import NotebookView, draw_cells
from app.ui.notebook_form import draw_conflict
from app.ui.notebook_history import draw_history
from app.ui.notebook_state import EditorState, editor_state, save_edit, undo_edit
from app.ui.notice import Alert, EmptyState, TileError, alert_box, empty_state, error_box
from app.ui.page_head import MetaItem, PageHead, page_bar, page_head
from app.ui.public_link import public_link_dialog
from app.ui.report_design import draw_report_design
from app.ui.sharing import share_dialog
from app.ui.television import keep_fresh
from app.ui.tone import Tone
from notebooks import DescribeNotebook, Notebook, Scope, boards_of, parts_of
from services.dashboards import find_filters
from services.folders import place_notebook
from services.notebook_editing import duplicate_notebook, publish_notebook, trash_notebook
from services.notebook_running import start_notebook
from services.notebooks import NotebookFacts, require_version, scope_of
from services.platform import Platform
from services.quality.doubts import find_doubts
from services.reports import export_report, file_name, report_formats
from tenants.access import Permission, Principal

_FORMATS = (
    ("xlsx", "Workbook (Excel)", "table"),
    ("pdf", "Report (PDF)", "picture_as_pdf"),
    ("svg", "Charts (SVG)", "image"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The notebook that is open, as its reader may see it."""

    platform: Platform
    principal: Principal
    notebook: Notebook
    facts: NotebookFacts
    state: EditorState

    @property
    def is_editable(self) -> bool:
        return self.facts.may_edit

    @property
    def faces(self) -> dict[str, str]:
        """The faces a reader may choose from; the first is the one a page opens with."""
        if self.is_editable:
            faces = {"edit": "Notebook", "dashboard": "Dashboard"}
            report = {"report": "Report"} if self.principal.can(Permission.REPORT_EXPORT) else {}
            return faces | report | {"history": "History"}
        return {"dashboard": "Dashboard", "edit": "Notebook"}

    @property
    def face(self) -> str:
        """The face that the URL asks for."""
        asked = st.query_params.get("view", "")
        return asked if asked in self.faces else next(iter(self.faces))


def draw_notebook(platform: Platform, principal: Principal, name: str) -> None:
    """Draw a notebook. Raises ForbiddenError with the nearest names."""
    notebook, facts = require_version(platform, principal, name, is_draft=principal.can(Permission.NOTEBOOK_WRITE))
    state = editor_state(notebook.name)
    page = _Page(platform=platform, principal=principal, notebook=notebook, facts=facts, state=state)
    page_head(PageHead(answer=notebook.title, crumbs=("Notebooks",), text=notebook.description), key="notebook")
    if page.face == "dashboard":
        _dashboard(page)
        return
    _bar(page)
    _notices(page)
    if page.face == "history":
        draw_history(platform, principal, name)
        return
    if page.face == "report":
        draw_report_design(platform, principal, notebook, state)
        return
    if page.is_editable:
        offer_drafts(platform, principal, name)
        keep_typed(platform, principal, name)
    view = _run(page, scope_of(platform, principal, given=given_inputs()))
    if not notebook.cells:
        text = "Add the first cell." if page.is_editable else "Its writers have not put anything here yet."
        empty_state(EmptyState(title="An empty notebook", text=text, icon="note_add"), key="notebook_empty")
    draw_cells(view)


def _run(page: _Page, scope: Scope, only: Collection[str] | None = None) -> NotebookView:
    return NotebookView(
        platform=page.platform,
        principal=page.principal,
        notebook=page.notebook,
        state=page.state,
        running=start_notebook(page.platform, page.principal, page.notebook, scope, only=only),
        is_editable=page.is_editable,
        may_comment=page.facts.may_comment and page.principal.viewer is None,
        doubts=find_doubts(page.platform, page.principal),
        comments={} if page.face == "dashboard" else open_counts(page.platform, page.principal, page.notebook.name),
    )


def _dashboard(page: _Page) -> None:
    """The dashboard under the filters of the URL; full screen leaves the navigation and the bar away."""
    filters = find_filters(page.platform, page.principal, page.notebook, dict(st.query_params))
    is_full = "full" in st.query_params
    is_arranging = page.is_editable and "arrange" in st.query_params and not is_full
    if not is_full:
        _bar(page)
        _notices(page)
    with st.container(horizontal=True, key="bar_nbfull" if is_full else "bar_dashboard", gap=8):
        draw_filters(filters)
        if page.is_editable and not is_full:
            _toggle("Arrange", "arrange", icon="dashboard_customize", is_on=is_arranging)
        _toggle("Leave full screen" if is_full else "Full screen", "full", icon="fullscreen", is_on=is_full)
        if is_full:
            keep_fresh([board.title for board in boards_of(parts_of(page.notebook))])
    scope = scope_of(page.platform, page.principal, period=filters.period, where=filters.where, given=given_inputs())
    draw_tabs(page.notebook)
    board = shown_board(page.notebook)
    cells = _run(page, scope, cells_of(page.notebook, board))
    draw_dashboard(DashboardView(cells=cells, board=board, filters=filters), is_arranging=is_arranging)


def _toggle(label: str, name: str, *, icon: str, is_on: bool) -> None:
    """A state of the page that the URL holds as `?name=1`."""
    if st.button(label, icon=f":material/{icon}:", key=f"toggle_{name}"):
        if is_on:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = "1"
        st.rerun()


def _meta(page: _Page) -> list[MetaItem]:
    watermark = page.platform.store(page.principal.tenant).watermark()
    meta = [
        MetaItem(text=f"As of {page.principal.tenant.today(page.platform.clock):%-d %b %Y}", icon="calendar_today"),
        MetaItem(text=f"Data version {watermark.version}", icon="schedule"),
    ]
    if page.is_editable:
        meta.append(MetaItem(text=f"Saved as version {page.facts.version}", icon="cloud_done"))
        if page.facts.published is None:
            meta.append(MetaItem(text="Draft: readers do not see it", icon="edit_note", tone=Tone.WARN))
        elif page.facts.is_draft:
            text = f"Readers see version {page.facts.published}"
            meta.append(MetaItem(text=text, icon="edit_note", tone=Tone.WARN))
    return meta


def _bar(page: _Page) -> None:
    with page_bar(_meta(page), key="notebook"):
        if st.button("All notebooks", key="notebook_back"):
            st.query_params.clear()
            if page.facts.folder_id:
                st.query_params["folder"] = page.facts.folder_id
            st.rerun()
        choose_option("view", page.faces, default=next(iter(page.faces)), label="Face")
        if page.is_editable:
            _undo_buttons(page)
            _more(page)
        if page.principal.can(Permission.REPORT_EXPORT) and page.facts.published is not None:
            _report_buttons(page)
        if page.is_editable and page.facts.is_draft:
            st.button("Publish", type="primary", key="notebook_publish", on_click=partial(_publish, page))
    _dialog(page)


def _dialog(page: _Page) -> None:
    """The dialog that was asked for in the menu."""
    asked, page.state.dialog = page.state.dialog, ""
    match asked:
        case "share":
            share_dialog(page.platform, page.principal, page.notebook.title, notebook=page.notebook.name)
        case "links":
            public_link_dialog(page.platform, page.principal, page.notebook.title, page.notebook.name)


def _publish(page: _Page) -> None:
    publish_notebook(page.platform, page.principal, page.notebook.name, page.facts.version)


def _undo_buttons(page: _Page) -> None:
    undo = partial(undo_edit, page.platform, page.principal, page.state, page.notebook.name)
    state = page.state
    if state.undo or state.redo:
        st.button("Undo", icon=":material/undo:", key="notebook_undo", disabled=not state.undo, on_click=undo)
        st.button(
            "Redo", icon=":material/redo:", key="notebook_redo", disabled=not state.redo, on_click=undo,
            kwargs={"is_redo": True},
        )  # fmt: skip


def _more(page: _Page) -> None:
    with st.popover("More", key=f"notebook_more_{page.state.menu}"):
        with st.form(f"describe_{page.facts.version}", border=False):
            title = st.text_input("Title", page.notebook.title)
            description = st.text_area("Description", page.notebook.description, height=100)
            if st.form_submit_button("Save title and description"):
                edit = DescribeNotebook(title=title, description=description)
                save_edit(page.platform, page.principal, page.state, page.notebook.name, edit)
                st.rerun()
        opened = open_folder(page.platform, page.principal)
        target = choose_folder(opened, label="It lies in", chosen=page.facts.folder_id, key="notebook_folder")
        if target != page.facts.folder_id and st.button("Move it there", key="notebook_move"):
            place_notebook(page.platform, page.principal, page.notebook.name, folder_id=target)
            st.rerun()
        ask = page.state.ask
        st.button("Share", icon=":material/share:", key="notebook_share", on_click=ask, args=("share",))
        if page.principal.can(Permission.LINK_MANAGE):
            st.button("Public links", icon=":material/public:", key="notebook_public", on_click=ask, args=("links",))
        if st.button("Duplicate", icon=":material/content_copy:", key="notebook_duplicate"):
            st.query_params["id"] = duplicate_notebook(page.platform, page.principal, page.notebook.name).name
            st.rerun()
        if st.button("Move to the trash", icon=":material/delete:", key="notebook_trash"):
            trash_notebook(page.platform, page.principal, page.notebook.name)
            st.query_params.clear()
            st.rerun()


def _notices(page: _Page) -> None:
    state = page.state
    draw_conflict(page.platform, page.principal, page.notebook, state)
    if state.said:
        alert_box(
            Alert(title=state.said, tone=Tone.GOOD, actions=(Action(label="Undo", act="undo"),)),
            key="notebook_said",
            on_act=lambda _act: undo_edit(page.platform, page.principal, page.state, page.notebook.name),
        )
    if state.problem and state.opened is None and state.adding is None:
        error_box(TileError(what="This was not saved", why=state.problem), key="notebook_problem")


def _report_buttons(page: _Page) -> None:
    """A report is rendered when it is asked for, not with the page; it is of the published version."""

    def render(format_name: str) -> bytes:
        return export_report(page.platform, page.principal, page.notebook.name, format_name).content

    for format_name, label, icon in _FORMATS:
        st.download_button(
            label,
            data=partial(render, format_name),
            file_name=file_name(page.notebook.name, format_name),
            mime=report_formats()[format_name],
            icon=f":material/{icon}:",
            key=f"notebook_{format_name}",
            on_click="ignore",
        )
