"""Every part in every state, as a Streamlit script: looked at in a browser and walked through by a test."""

import plotly.graph_objects as go
import streamlit as st

from app.ui.card import CardHeader
from app.ui.parts import (
    Alert,
    NavPage,
    NavSection,
    Organisation,
    PageHead,
    Shell,
    SkeletonShape,
    Tone,
    alert_box,
    card,
    card_header,
    cards,
    data_table,
    empty_state,
    error_box,
    footer_line,
    inbox_list,
    insight_list,
    kpi_grid,
    page_bar,
    page_head,
    shell,
    skeleton,
    source_list,
    surface,
)
from app.ui.template import render
from tests.app_ui import samples


def chart() -> go.Figure:
    """A line in the first series' colour, as Streamlit's placeholder."""
    months = ["Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    figure = go.Figure(go.Scatter(x=months, y=[2.0, 2.1, 2.3, 2.4, 2.6, 2.9], line={"color": "#000001", "width": 2.2}))
    figure.update_layout(margin={"l": 0, "t": 6, "b": 0, "r": 0}, height=280)
    return figure


def heard(act: str) -> None:
    """Remember what was clicked, for the test."""
    st.session_state["heard"] = act


def home() -> None:
    """Home as it was drawn."""
    page_head(samples.HOME_HEAD)
    with page_bar(samples.HOME_META):
        st.segmented_control(
            "Period", ["Quarter", "12 months"], default="Quarter", label_visibility="collapsed", required=True
        )
        with st.popover("Filter", icon=":material/tune:"):
            st.multiselect("Region", ["EMEA", "APAC"])
        with st.popover("Share", icon=":material/ios_share:"):
            st.write("A link")
    act = kpi_grid(samples.HOME_TILES, key="home", on_act=heard)
    left, right = cards([2, 1], key="top")
    with left:
        card_header(samples.TREND_HEADER, key="trend")
        for name in ("wide_trend", "phone_trend"):
            with st.container(key=name):
                st.plotly_chart(chart(), key=f"{name}_chart", config={"displayModeBar": False}, alt="Revenue rises.")
    with right:
        card_header(samples.INBOX_HEADER, key="inbox", on_act=heard)
        inbox_list(samples.INBOX, key="inbox", on_act=heard)
    left, right = cards([1, 1], key="bottom")
    with left:
        card_header(CardHeader(title="By lead source", subtitle="Expected conversion"), key="table")
        data_table(samples.TABLE, key="table")
    with right:
        card_header(samples.INSIGHT_HEADER, key="why")
        insight_list(samples.INSIGHTS, key="why", on_act=heard)
    if act:
        st.caption(f"Returned {act}")
    if "heard" in st.session_state:
        st.caption(f"Heard {st.session_state['heard']}")


def states() -> None:
    """Components and states as they were drawn."""
    page_head(
        PageHead(answer="Components and states", text="Everything a page may be made of", crumbs=("Build", "All"))
    )
    page_bar(samples.STATES_META)
    kpi_grid(samples.STATE_TILES, key="states", on_act=heard)
    first, second, third = cards(3, key="notices")
    with first:
        card_header(CardHeader(title="Accounts at risk", subtitle="This week"), key="risk")
        empty_state(samples.EMPTY_GOOD, key="risk")
    with second:
        card_header(CardHeader(title="Revenue by partner"), key="partner")
        error_box(samples.ERROR, key="partner")
    with third:
        card_header(CardHeader(title="First source", subtitle="Nothing is connected yet"), key="first")
        empty_state(samples.EMPTY_FIRST, key="first")
    left, right = cards(2, key="badges")
    with left:
        card_header(CardHeader(title="Badges and changes"), key="badges")
        surface(render("badges.html", badges=samples.BADGES, changes=samples.CHANGES), key="badges")
        with st.container(horizontal=True):
            st.button("Save", type="primary")
            st.button("Cancel")
            st.button("Duplicate", type="tertiary", icon=":material/content_copy:")
            st.button("Delete", disabled=True)
        name, layout = st.columns(2)
        name.text_input("Metric name", "Win rate")
        layout.selectbox("Format", ["Percent, 1 decimal", "Amount"])
        st.toggle("Certified", value=True)
        footer_line(samples.FOOTER, key="badges")
    with right:
        card_header(CardHeader(title="Being calculated"), key="loading")
        skeleton(SkeletonShape.CHART, key="chart", height_px=120)
        skeleton(SkeletonShape.ROWS, key="rows", rows=3)


def sources() -> None:
    """Sources as they were drawn."""
    page_head(samples.SOURCES_HEAD)
    alert_box(samples.ALERT, key="salesforce")
    for tone in ("warn", "good", "info"):
        alert_box(Alert(title=f"Alert: {tone}", text="One sentence.", tone=Tone(tone)), key=tone)
    with card(key="health"):
        card_header(samples.SOURCES_HEADER, key="health")
        source_list(samples.SOURCES, key="health", on_act=heard)


SECTIONS = (
    NavSection(
        title="Overview",
        pages=(
            NavPage(title="Home", icon="home", run=home),
            NavPage(title="States", icon="dashboard", run=states, url_path="states"),
        ),
    ),
    NavSection(
        title="Data", pages=(NavPage(title="Sources", icon="database", run=sources, url_path="sources", count=2),)
    ),
)

shell(
    Shell(
        tenant_name="Halden Systems",
        member_name="Priya Raman",
        sections=SECTIONS,
        organisations=(Organisation(name="Harbour_Supply", address="/switch/harbour"),),
    )
).run()
