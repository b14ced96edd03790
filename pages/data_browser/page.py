"""Data browser: tables, what is in each column, and rows, as the reader may see them."""

import streamlit as st

from app.ui.failure import failure_of
from app.ui.parts import (
    CardHeader,
    DataTable,
    EmptyState,
    PageHead,
    ShareCell,
    Span,
    TableColumn,
    card,
    card_header,
    data_table,
    empty_state,
    error_box,
    page_head,
)
from pages.data_browser.checks import show_checks
from services.browse import ColumnProfile, TableProfile, profile_table, sample_table
from services.platform import Platform
from services.tables import list_tables
from tenants.access import Principal

_SAMPLE = 100


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    tables = [table.name for table in list_tables(platform, principal)]
    if not tables:
        page_head(PageHead(answer="There is no table to look through.", cause="Bring in data first."), key="browser")
        empty_state(EmptyState(title="Nothing is loaded yet", text="Connect a source or drop a file."), key="none")
        return
    head = st.empty()
    asked = st.query_params.get("table", tables[0])
    chosen = st.selectbox("Table", tables, index=tables.index(asked) if asked in tables else 0, key="browser_table")
    st.query_params["table"] = chosen
    try:
        profile, sample = profile_table(platform, principal, chosen), sample_table(platform, principal, chosen)
    except Exception as error:
        error_box(failure_of(error, what="The table cannot be shown"), key="browser")
        return
    with head.container():
        past = "" if profile.past_rows is None else f" {profile.past_rows:,} past rows are kept of it."
        answer = (Span(chosen), f" has {profile.rows:,} rows that you see.")
        page_head(PageHead(answer=answer, cause=f"{len(profile.columns)} columns.{past}"), key="browser")
    with card(key="browser_profile"):
        header = CardHeader(title="Columns", subtitle="Different values are about right", is_ruled=True)
        card_header(header, key="browser_profile")
        data_table(_columns(profile), key="browser_profile")
    show_checks(platform, principal, chosen)
    with card(key="browser_rows"):
        subtitle = f"{sample.num_rows:,} of {profile.rows:,}"
        card_header(CardHeader(title="Rows", subtitle=subtitle, is_ruled=True), key="browser_rows")
        st.dataframe(sample, hide_index=True, key="browser_sample")


def _columns(profile: TableProfile) -> DataTable:
    labels = ("Column", "Type", "Filled", "Different", "Least", "Greatest")
    columns = tuple(TableColumn(label=label, is_number=label in {"Different"}) for label in labels)
    rows = tuple(_cells(column, profile.rows) for column in profile.columns)
    return DataTable(caption="Columns of the table", columns=columns, rows=rows)


def _cells(column: ColumnProfile, rows: int) -> tuple[str | ShareCell, ...]:
    share = column.values / rows if rows else 0.0
    filled = ShareCell(text=f"{share:.0%}", share=share)
    return (column.name, column.type, filled, f"{column.distinct:,}", column.least, column.greatest)
