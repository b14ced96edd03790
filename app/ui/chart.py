"""Draws a chart specification on the screen, in a card, with its text alternative."""

import streamlit as st

from charts import SCREEN_CONFIG, Chart, render_plotly


def draw_chart(chart: Chart, *, key: str) -> None:
    """The chart, filling its card; colours follow the reader's theme in the browser."""
    st.plotly_chart(
        render_plotly(chart),
        theme="streamlit",
        key=key,
        config=dict(SCREEN_CONFIG),
        height="stretch",
        alt=chart.description,
    )
