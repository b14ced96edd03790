"""The checks of the table that is open: how they came out, measured again, and their text where it may be changed."""

import streamlit as st

from app.ui.checks import checks_table
from app.ui.failure import failure_of
from app.ui.parts import CardHeader, card, card_header, error_box
from services.platform import Platform
from services.quality.check import CheckState
from services.quality.checks import apply_checks, export_checks, remove_checks, run_checks
from services.quality.results import list_results
from tenants.access import Permission, Principal

_EXAMPLE = "table: {table}\nchecks:\n  - {{check: volume, within_percent: 30}}\n"


def show_checks(platform: Platform, principal: Principal, table: str) -> None:
    """Draw them."""
    results = [one for one in list_results(platform, principal) if one.table == table]
    with card(key="browser_checks"):
        failed = sum(one.state is CheckState.FAILED for one in results)
        subtitle = f"{failed} of {len(results)} failed" if results else "None is in force"
        card_header(CardHeader(title="Checks", subtitle=subtitle, is_ruled=bool(results)), key="browser_checks")
        if results:
            checks_table(results, key="browser_checks")
        if results and principal.can(Permission.SOURCE_SYNC) and st.button("Measure now", key="checks_run"):
            run_checks(platform, principal, [table])
            st.rerun()
        if principal.can(Permission.DEFINITION_APPLY) and principal.can(Permission.DEFINITION_READ):
            _edit(platform, principal, table)


def _edit(platform: Platform, principal: Principal, table: str) -> None:
    texts = {one.name: one.text for one in export_checks(platform, principal)}
    with st.expander("Change the checks"), st.form(f"checks_{table}", border=False):
        text = st.text_area("Checks as YAML", texts.get(table, _EXAMPLE.format(table=table)), height=200)
        st.caption("An empty text removes them.")
        if not st.form_submit_button("Check and keep"):
            return
        try:
            if text.strip():
                apply_checks(platform, principal, {f"{table}.yaml": text})
            else:
                remove_checks(platform, principal, table)
        except Exception as error:
            error_box(failure_of(error, what="The checks were not changed"), key="checks")
            return
        st.rerun()
