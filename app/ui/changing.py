"""A change that is made on a page: a failure is said where it was asked for, a success on the page drawn anew."""

from collections.abc import Callable

import streamlit as st

from app.ui.failure import failure_of
from app.ui.notice import Alert, alert_box, error_box
from app.ui.tone import Tone

_SAID = "change_said"


def try_change(change: Callable[[], object], said: str = "") -> None:
    """Make the change and draw the page anew, without the dialog it was asked for in."""
    try:
        change()
    except Exception as error:
        error_box(failure_of(error, what="Nothing was changed"), key="change")
        return
    say_next(said)
    st.rerun()


def say_next(title: str, *, warning: str = "") -> None:
    """Have the page say this when it is drawn next."""
    st.session_state[_SAID] = (title, warning)


def draw_said() -> None:
    """Say what was done, once."""
    title, warning = st.session_state.pop(_SAID, ("", ""))
    if title:
        alert_box(Alert(title=title, text=warning, tone=Tone.WARN if warning else Tone.GOOD), key="said")
