"""Draws a chart specification on the screen, in a card, with its text alternative."""

from collections.abc import Callable

import streamlit as st

from charts import SCREEN_CONFIG, Chart, render_plotly


def draw_chart(
    chart: Chart, *, key: str, on_click: Callable[[str], None] | None = None,
    on_piece: Callable[[str, str], None] | None = None,
) -> None:  # fmt: skip
    """The chart, filling its card; colours follow the reader's theme in the browser.

    `on_click` is told the x of a mark that was clicked, as text, and `on_piece` also the name of its series before.
    """

    def report() -> None:
        points = st.session_state[key].selection.points
        if not points:
            return
        series = chart.series[points[0]["curve_number"]]
        x = str(series.x[points[0]["point_index"]])
        if on_click is not None:
            on_click(x)
        if on_piece is not None:
            on_piece(series.name, x)

    st.plotly_chart(
        render_plotly(chart),
        theme="streamlit",
        key=key,
        config=dict(SCREEN_CONFIG),
        height="stretch",
        alt=chart.description,
        on_select="ignore" if on_click is None and on_piece is None else report,
        selection_mode="points",
    )
