"""Choices in a page's bar: each shows what is chosen, and a change is kept at once."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st


def choose_one(
    label: str, options: Mapping[str, str], chosen: str, keep: Callable[[str], None], *, key: str,
    is_labelled: bool = False, is_open: bool = False, width: int = 170,
) -> None:  # fmt: skip
    """One of several, by their words; `keep` gets the one chosen. Where it `is_open` another may be typed."""
    st.session_state[key] = chosen if chosen in options else ""

    def change() -> None:
        keep(str(st.session_state[key] or ""))

    st.selectbox(
        label, list(options), format_func=lambda one: options.get(one, one), key=key, on_change=change,
        label_visibility="visible" if is_labelled else "collapsed", accept_new_options=is_open, width=width,
    )  # fmt: skip


def choose_several(
    label: str, options: Sequence[str], chosen: Sequence[str], labels: Mapping[str, str],
    keep: Callable[[tuple[str, ...]], None], *, key: str, is_open: bool = False, help_text: str | None = None,
) -> None:  # fmt: skip
    """Any of several, in the order they were chosen in."""
    st.session_state[key] = list(chosen)

    def change() -> None:
        keep(tuple(st.session_state[key]))

    st.multiselect(
        label, options, format_func=lambda name: labels.get(name, name), key=key, on_change=change,
        accept_new_options=is_open, help=help_text,
    )  # fmt: skip


def write_text(label: str, written: str, keep: Callable[[str], None], *, key: str, hint: str = "") -> None:
    """A line of text."""
    st.session_state[key] = written

    def change() -> None:
        keep(str(st.session_state[key]).strip())

    st.text_input(label, key=key, on_change=change, placeholder=hint)


def shown(labels: Sequence[str], otherwise: str) -> str:
    """What is chosen, short.

    >>> shown(["Region", "Product"], "Split by")
    'Region +1'
    """
    if not labels:
        return otherwise
    return labels[0] if len(labels) == 1 else f"{labels[0]} +{len(labels) - 1}"
