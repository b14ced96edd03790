"""Draws an input cell: the reader's choice, kept in the URL."""

import datetime as dt

import streamlit as st

from notebooks import InputCell, InputOutput, InputType

_PREFIX = "in_"


def given_inputs() -> dict[str, str]:
    """The reader's choices by cell, from the URL."""
    return {name.removeprefix(_PREFIX): text for name, text in st.query_params.items() if name.startswith(_PREFIX)}


def draw_input(cell: InputCell, output: InputOutput) -> None:
    """The widget of the input's type, with the value that holds."""
    key = f"input_{cell.name}"

    def keep() -> None:
        chosen = st.session_state[key]
        text = "" if chosen is None else chosen.isoformat() if isinstance(chosen, dt.date) else str(chosen)
        if text == (cell.default or ""):
            st.query_params.pop(f"{_PREFIX}{cell.name}", None)
        else:
            st.query_params[f"{_PREFIX}{cell.name}"] = text

    with st.container(key=f"nbinput_{cell.name}", width=320):
        match cell.type:
            case InputType.CHOICE:
                options = ["", *output.options]
                st.selectbox(
                    output.label,
                    options,
                    index=options.index(str(output.value or "")),
                    format_func=lambda option: option or "All",
                    key=key,
                    on_change=keep,
                )
            case InputType.DATE:
                day = output.value if isinstance(output.value, dt.date) else None
                st.date_input(output.label, value=day, key=key, on_change=keep)
            case InputType.NUMBER | InputType.TEXT:
                text = "" if output.value is None else str(output.value)
                st.text_input(output.label, text, key=key, on_change=keep)
