"""Draws the form of a cell from what its kind asks for, and gives back what was filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from notebooks import FormField, FormValue, Widget, lines_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FormChoices:
    """What a form can offer, labels by name: metrics, dimensions, and the other cells of the notebook."""

    metrics: Mapping[str, str]
    dimensions: Mapping[str, str]
    cells: Sequence[str] = ()


def draw_field(field: FormField, value: FormValue, choices: FormChoices, *, key: str) -> FormValue:
    """One field with its value; a value that is no longer on offer stays, marked as such."""
    label = field.label + ("" if field.is_required else " (optional)" if field.default is None else "")
    match field.widget:
        case Widget.METRIC:
            return _one(label, value, choices.metrics, field, key)
        case Widget.DIMENSION:
            return _one(label, value, choices.dimensions, field, key)
        case Widget.CELL:
            return _one(label, value, {name: name for name in choices.cells}, field, key)
        case Widget.METRICS:
            return _many(label, value, choices.metrics, field, key)
        case Widget.DIMENSIONS:
            return _many(label, value, choices.dimensions, field, key)
        case Widget.COLUMNS:
            names = {**choices.metrics, **choices.dimensions}
            signed = {f"-{name}": f"{text}, largest first" for name, text in names.items()}
            return _many(label, value, {**signed, **names}, field, key)
        case Widget.CHOICE:
            options = {choice: choice.replace("_", " ") for choice in field.choices}
            return _one(label, value or field.default, options, field, key)
        case Widget.INTEGER:
            start = value if isinstance(value, int) else field.default
            number: int | None = st.number_input(
                label, min_value=field.minimum, max_value=field.maximum, value=_integer(start), step=1, key=key
            )
            return number
        case Widget.PROSE | Widget.SQL:
            return st.text_area(label, str(value or ""), height=180, key=key, help=field.help or None)
        case Widget.LINES:
            lines = "\n".join(value) if isinstance(value, tuple) else str(value or "")
            return tuple(lines_of(st.text_area(label, lines, height=100, key=key, help=field.help or None)))
        case Widget.FILTER | Widget.LINE:
            text = st.text_input(label, str(value or ""), key=key, help=field.help or None)
            return text.strip()


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _named(value: str, options: Mapping[str, str]) -> str:
    return options.get(value, f"{value} (not there any more)")


def _one(label: str, value: FormValue, options: Mapping[str, str], field: FormField, key: str) -> FormValue:
    names = list(options)
    if isinstance(value, str) and value and value not in names:
        names.append(value)
    chosen: str | None = st.selectbox(
        label,
        names,
        index=names.index(value) if isinstance(value, str) and value in names else None,
        format_func=lambda name: _named(name, options),
        key=key,
        help=field.help or None,
        placeholder="Choose",
    )
    return chosen


def _many(label: str, value: FormValue, options: Mapping[str, str], field: FormField, key: str) -> FormValue:
    given = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
    chosen = st.multiselect(
        label,
        [*options, *(name for name in given if name not in options)],
        default=list(given),
        format_func=lambda name: _named(name, options),
        key=key,
        help=field.help or None,
        placeholder="Choose",
    )
    return tuple(chosen)
