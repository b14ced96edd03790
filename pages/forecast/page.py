"""Forecast: what will be booked, and what any metric is expected to be, with how right such forecasts were so far."""

import streamlit as st

from app.ui.failure import failure_of
from app.ui.parts import EmptyState, PageHead, card, empty_state, error_box, page_head
from core.errors import UserError
from pages.forecast.bookings import draw_bookings
from pages.forecast.metric import draw_metric
from services.definitions import find_catalog
from services.pipeline import pipeline_model
from services.platform import Platform
from tenants.access import Principal

_DEALS, _METRIC = "deals", "metric"


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    catalog = find_catalog(platform, principal)
    if catalog is None or not catalog.metrics:
        page_head(PageHead(answer="There is nothing to forecast yet."), key="forecast")
        with card(key="forecast_none"):
            empty_state(
                EmptyState(title="No metrics yet", text="An analyst of your organisation defines them."),
                key="forecast_none",
            )
        return
    try:
        if _wants_deals(has_deals=pipeline_model(catalog) is not None):
            draw_bookings(platform, principal)
        else:
            draw_metric(platform, principal, catalog)
    except UserError as error:
        page_head(PageHead(answer="This question has no forecast."), key="forecast")
        error_box(failure_of(error, what="Not forecast"), key="forecast")
        if st.button("Begin again", key="forecast_again"):
            st.query_params.clear()
            st.rerun()


def _wants_deals(*, has_deals: bool) -> bool:
    """Whether the reader looks at bookings from deals: the page opens on them where there is a history of deals."""
    if not has_deals:
        return False
    is_metric = "metric" in st.query_params or st.query_params.get("view") == _METRIC
    st.session_state["forecast_view"] = _METRIC if is_metric else _DEALS

    def keep() -> None:
        st.query_params.clear()
        if st.session_state["forecast_view"] == _METRIC:
            st.query_params["view"] = _METRIC

    labels = {_DEALS: "Bookings from deals", _METRIC: "Any metric"}
    st.segmented_control(
        "What is forecast", list(labels), format_func=lambda one: labels[one], key="forecast_view", on_change=keep,
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    return not is_metric
