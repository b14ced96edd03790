"""Choices that live in the URL: a segmented control, and filters in a popover that shows what is chosen."""

from collections.abc import Mapping, Sequence

import streamlit as st

from services.home import Choice

__all__ = ["Choice", "choose_filters", "choose_option"]
_ALL = "All"


def choose_option(name: str, labels: Mapping[str, str], *, default: str, label: str) -> None:
    """One of a few options; kept as `?name=option`, and out of the URL while it is the default."""

    def keep() -> None:
        # It is not there where the page was begun anew for another member meanwhile: that page keeps what it has.
        if f"option_{name}" not in st.session_state:
            return
        chosen = st.session_state[f"option_{name}"]
        if chosen in {None, default}:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = chosen

    current = st.query_params.get(name, default)
    st.segmented_control(
        label,
        list(labels),
        default=current if current in labels else default,
        format_func=lambda option: labels[option],
        key=f"option_{name}",
        label_visibility="collapsed",
        on_change=keep,
        required=True,
    )


def choose_filters(choices: Sequence[Choice], *, key: str) -> None:
    """One value, or all, for each dimension; kept as `?dimension=value`."""
    if not choices:
        return
    count = sum(1 for choice in choices if st.query_params.get(choice.name) in choice.values)
    with st.popover(f"Filter ({count})" if count else "Filter", icon=":material/tune:", key=f"filters_{key}"):
        for choice in choices:
            _choose(choice)


def _choose(choice: Choice) -> None:
    def keep() -> None:
        if f"filter_{choice.name}" not in st.session_state:
            return
        chosen = st.session_state[f"filter_{choice.name}"]
        if chosen == _ALL:
            st.query_params.pop(choice.name, None)
        else:
            st.query_params[choice.name] = chosen

    options = [_ALL, *choice.values]
    current = st.query_params.get(choice.name, _ALL)
    st.selectbox(
        choice.label,
        options,
        index=options.index(current) if current in options else 0,
        key=f"filter_{choice.name}",
        on_change=keep,
    )
