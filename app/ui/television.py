"""A dashboard on a screen that nobody sits at: drawn anew from time to time, one tab after the other."""

from collections.abc import Sequence

import streamlit as st

SECONDS = (30, 60, 300, 900)
_LEAST, _MOST = 5, 3_600


def keep_fresh(tabs: Sequence[str]) -> None:
    """Choose whether a full screen is drawn anew by itself; `?tv=` in the URL holds after how many seconds."""
    seconds = _asked()
    options = ["", *(str(one) for one in sorted({*SECONDS, *([seconds] if seconds else [])}))]

    def choose() -> None:
        chosen = str(st.session_state["dashboard_tv"])
        if chosen:
            st.query_params["tv"] = chosen
        else:
            st.query_params.pop("tv", None)

    st.selectbox(
        "Refresh",
        options,
        index=options.index(str(seconds)) if seconds else 0,
        format_func=_words,
        key="dashboard_tv",
        on_change=choose,
        label_visibility="collapsed",
        width=190,
    )
    if seconds:
        _tick_every(seconds, tabs)


def next_tab(tabs: Sequence[str], shown: str | None) -> str:
    """The tab behind the one that is shown, the first behind the last.

    >>> next_tab(["a", "b"], "b"), next_tab(["a", "b"], None)
    ('a', 'b')
    """
    place = tabs.index(shown) if shown in tabs else 0
    return tabs[(place + 1) % len(tabs)]


def _tick_every(seconds: int, tabs: Sequence[str]) -> None:
    drawn: list[bool] = []

    @st.fragment(run_every=seconds)
    def tick() -> None:
        # The first call draws the page; those behind it come from the clock.
        if not drawn:
            drawn.append(True)
            return
        if len(tabs) > 1:
            st.query_params["tab"] = next_tab(tabs, st.query_params.get("tab"))
        st.rerun(scope="app")

    tick()


def _asked() -> int:
    """The seconds of the URL; 0 where it asks for none that make sense."""
    text = st.query_params.get("tv", "")
    seconds = int(text) if text.isdecimal() and len(text) < 6 else 0
    return seconds if _LEAST <= seconds <= _MOST else 0


def _words(seconds: str) -> str:
    if not seconds:
        return "Not refreshed"
    number = int(seconds)
    return f"Every {number // 60} min" if number >= 60 and number % 60 == 0 else f"Every {number} s"
