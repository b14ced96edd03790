"""The surface: the one custom part of the pages. It shows markup and reports what was clicked.

Dense parts (tiles, lists, tables) are markup from the templates, not stacks of widgets. The markup is not
sanitised in the browser, therefore only `Markup` made by `app.ui.template.render` is accepted.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import streamlit as st
from markupsafe import Markup
from streamlit.components import v2

_SCRIPT = (Path(__file__).resolve().parent / "surface.js").read_text(encoding="utf-8")
_mount = v2.component("plumbline_surface", js=_SCRIPT, isolate_styles=False)


def surface(
    html: Markup,
    *,
    key: str,
    on_act: Callable[[str], None] | None = None,
    width: Literal["stretch", "content"] = "stretch",
    height: Literal["stretch", "content"] = "content",
) -> str | None:
    """Show markup; a click, Enter or Space on an element with `data-act` sends that act.

    `on_act` gets the act before the page runs again. The act is also returned, in that one run only.
    Raises TypeError when `html` is a plain string: it would not be escaped.
    """
    if not isinstance(html, Markup):
        raise TypeError("a surface shows Markup made by app.ui.template.render, not a plain string")

    def report() -> None:
        act = st.session_state[key].get("act")
        if on_act is not None and isinstance(act, str):
            on_act(act)

    result = _mount(key=key, data={"html": str(html)}, width=width, height=height, on_act_change=report)
    act = result.get("act")
    return act if isinstance(act, str) else None
