"""Sends what is heavy once the browser has painted the rest: the first chart brings the whole library of charts."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.components import v2

_mount = v2.component("plumbline_later", js=(Path(__file__).resolve().parent / "later.js").read_text(encoding="utf-8"))
_HAS_PAINTED = "later_has_painted"


def later(draw: Callable[[], None], waiting: Callable[[], None], *, key: str = "later") -> None:
    """Run `waiting` and, once the browser has painted it, `draw` in its place; after that `draw` at once.

    Both run as a fragment: the page around them is not run again. Each on a page has a `key` of its own.
    """

    @st.fragment
    def part() -> None:
        if st.session_state.get(_HAS_PAINTED):
            draw()
            return
        waiting()
        _mount(key=key, on_painted_change=_remember, height="content")

    part()


def _remember() -> None:
    st.session_state[_HAS_PAINTED] = True
