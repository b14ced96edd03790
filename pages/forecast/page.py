"""Forecast: what any metric is expected to be, between what it lies, and how right such forecasts were so far."""

import streamlit as st

from app.ui import EmptyState, PageHead, card, empty_state, error_box, page_head
from app.ui.context import current_platform, current_principal
from app.ui.failure import failure_of
from core.errors import UserError
from pages.forecast.metric import draw_metric
from services.definitions import find_catalog


def draw() -> None:
    """Draw the page."""
    principal = current_principal()
    if principal is None:
        return
    platform = current_platform()
    catalog = find_catalog(platform, principal.tenant)
    if catalog is None or not catalog.metrics:
        page_head(PageHead(answer="There is nothing to forecast yet."), key="forecast")
        with card(key="forecast_none"):
            empty_state(
                EmptyState(title="No metrics yet", text="An analyst of your organisation defines them."),
                key="forecast_none",
            )
        return
    try:
        draw_metric(platform, principal, catalog)
    except UserError as error:
        page_head(PageHead(answer="This question has no forecast."), key="forecast")
        error_box(failure_of(error, what="Not forecast"), key="forecast")
        if st.button("Begin again", key="forecast_again"):
            st.query_params.clear()
            st.rerun()
