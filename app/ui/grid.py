"""The grid on which a dashboard is arranged: gridstack, bundled, with our keys; it reports once for each drop."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from streamlit.components import v2

from core.errors import InvalidError
from notebooks import COLUMNS, MAX_HEIGHT, Heading, Placed, Tile, check_words

_FOLDER = Path(__file__).resolve().parent


def _text(*names: str) -> str:
    """The library and ours in one text: Streamlit serves no scripts from its static folder."""
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)


_SCRIPT = _text("gridstack/gridstack-all.js", "grid.js")
_STYLE = _text("gridstack/gridstack.min.css", "grid.css")
_mount = v2.component("plumbline_grid", js=_SCRIPT, css=_STYLE, isolate_styles=False)


class _Dropped(BaseModel):
    """A part as the browser reports it; a heading's `id` is its words."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(max_length=80)
    w: int = Field(ge=1, le=COLUMNS)
    h: int = Field(ge=1, le=MAX_HEIGHT)
    fixed: bool


_REPORT = TypeAdapter(list[_Dropped])


def arranging_grid(
    parts: Sequence[Placed],
    titles: dict[str, str],
    *,
    key: str,
    on_drop: Callable[[tuple[Placed, ...]], None],
) -> None:
    """Show the parts to be arranged, tiles under their `titles`; `on_drop` gets them before the page runs again."""

    def report() -> None:
        text = st.session_state[key].get("arranged")
        if isinstance(text, str):
            on_drop(read_drop(text))

    data = {"parts": [_sent(part, titles) for part in parts]}
    _mount(key=key, data=data, height="content", on_arranged_change=report)


def read_drop(text: str) -> tuple[Placed, ...]:
    """The parts of a report. Raises InvalidError for what no grid of ours has sent."""
    try:
        dropped = _REPORT.validate_json(text)
    except ValidationError as error:
        raise InvalidError("This arrangement cannot be read; load the page again and arrange it anew.") from error
    return tuple(
        Heading(heading=check_words(one.id)) if one.fixed else Tile(cell=one.id, width=one.w, height=one.h)
        for one in dropped
    )


def _sent(part: Placed, titles: dict[str, str]) -> dict[str, object]:
    if isinstance(part, Heading):
        return {"id": part.heading, "title": part.heading, "w": COLUMNS, "h": 1, "fixed": True}
    return {"id": part.cell, "title": titles.get(part.cell, part.cell), "w": part.width, "h": part.height}
