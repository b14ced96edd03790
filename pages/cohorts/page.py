"""Cohorts: who was behind a mark of a page on behaviour, as names to filter by; how many each has for who looks."""

import streamlit as st

from app.ui.entity_dialog import Behind, MarkOf, open_entities
from app.ui.failure import failure_of
from app.ui.notice import error_box
from app.ui.parts import (
    CardHeader,
    DataTable,
    EmptyState,
    PageHead,
    Span,
    TableColumn,
    card,
    card_header,
    data_table,
    empty_state,
    page_head,
)
from core.errors import UserError
from services.behaviour.event_sets import find_choices
from services.behaviour.marks import Marked, find_marked
from services.cohorts import Cohort, list_cohorts, remove_cohort
from services.definitions import find_catalog
from services.platform import Platform
from tenants.access import Permission, Principal

_CHOSEN = "cohort"


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    cohorts = list_cohorts(platform, principal) if find_catalog(platform, principal) is not None else []
    chosen = next((one for one in cohorts if one.name == st.query_params.get(_CHOSEN)), None)
    if not cohorts:
        page_head(PageHead(answer="There are no cohorts yet."), key="cohorts")
        text = "On Funnels, Retention or Lifecycle choose a mark, then Save as cohort among those behind it."
        empty_state(EmptyState(title="Nothing to filter by", text=text), key="cohorts_none")
        return
    if chosen is None:
        answer = "1 cohort" if len(cohorts) == 1 else f"{len(cohorts)} cohorts"
        text = "Each is counted anew from the data as they are, for whoever filters by it."
        page_head(PageHead(answer=(Span(f"{answer} to filter by."),), text=text), key="cohorts")
    else:
        _chosen(platform, principal, chosen)
    _list(cohorts)


def _list(cohorts: list[Cohort]) -> None:
    with card(key="cohorts"):
        card_header(CardHeader(title="Cohorts", subtitle="Choose one for its members", is_ruled=True), key="cohorts")
        columns = tuple(TableColumn(label=label) for label in ("Cohort", "Filter", "From", "Saved by"))
        rows = tuple(
            (one.title, f"saved_segment = '{one.name}'", one.page.value.capitalize(), one.created_by) for one in cohorts
        )
        table = DataTable(caption="Cohorts", columns=columns, rows=rows, row_acts=tuple(one.name for one in cohorts))
        act = data_table(table, key="cohorts")
    if act is not None:
        st.query_params[_CHOSEN] = act
        st.rerun()


def _chosen(platform: Platform, principal: Principal, cohort: Cohort) -> None:
    try:
        marked = find_marked(platform, principal, cohort.page, cohort.params, cohort.mark)
        label = find_choices(platform, principal, cohort.model).entities.get(cohort.entity, cohort.entity)
    except UserError as error:
        page_head(PageHead(answer=f"{cohort.title} cannot be counted at present."), key="cohorts")
        error_box(failure_of(error, what="Not counted"), key="cohorts")
        _acts(platform, principal, cohort)
        return
    answer = f"{len(marked.keys):,} {label.lower()} are in {cohort.title}."
    text = f"As you may see them now. Filter by saved_segment = '{cohort.name}'."
    page_head(PageHead(answer=(Span(answer),), text=text), key="cohorts")
    _acts(platform, principal, cohort, marked, label)


def _acts(
    platform: Platform, principal: Principal, cohort: Cohort, marked: Marked | None = None, label: str = ""
) -> None:
    with st.container(horizontal=True, key="cohorts_acts"):
        is_open = marked is not None and principal.can(Permission.DATA_READ)
        if is_open and st.button("Show them", icon=":material/group:", key="cohorts_show") and marked is not None:
            of = MarkOf(model=cohort.model, entity=cohort.entity, label=label)
            open_entities(platform, principal, of, Behind(title=cohort.title, keys=marked.keys))
        st.link_button("Open on its page", f"/{cohort.page.value}?{cohort.question}", icon=":material/open_in_new:")
        if principal.can(Permission.NOTEBOOK_WRITE):
            with st.popover("Remove", icon=":material/delete:", key="cohorts_remove"):
                st.caption("What filters by it is refused from then on.")
                if st.button("Remove this cohort", type="primary", key="cohorts_remove_do"):
                    remove_cohort(platform, principal, cohort.name)
                    st.query_params.pop(_CHOSEN, None)
                    st.rerun()
