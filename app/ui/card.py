"""Cards: framed parts of a page, each with a header, side by side in rows that stack on a phone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from app.ui.action import Action
from app.ui.badge import Badge
from app.ui.sentence import Sentence
from app.ui.surface import surface
from app.ui.template import render

GAP_PX = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CardHeader:
    """A card's title and, in grey, what is shown. `is_ruled` draws a line below, for lists that run edge to edge."""

    title: str
    subtitle: Sentence = ""
    badge: Badge | None = None
    action: Action | None = None
    is_ruled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FooterLine:
    """The last line of a card: facts on the left, exports on the right."""

    notes: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()


def render_card_header(header: CardHeader) -> Markup:
    """The markup of a card's header."""
    return render("card_header.html", header=header)


def render_footer(footer: FooterLine) -> Markup:
    """The markup of a footer line."""
    return render("footer_line.html", footer=footer)


def cards(widths: int | Sequence[float], *, key: str) -> Sequence[DeltaGenerator]:
    """A row of framed cards of equal height, which stack at 640 pixels."""
    with st.container(key=f"cards_{key}"):
        return st.columns(widths, gap=GAP_PX, border=True)


def card(*, key: str) -> DeltaGenerator:
    """One framed card over the whole width."""
    return st.container(border=True, key=f"card_{key}")


def card_header(header: CardHeader, *, key: str, on_act: Callable[[str], None] | None = None) -> str | None:
    """Draw a header as the first thing in a card."""
    return surface(render_card_header(header), key=f"cardhead_{key}", on_act=on_act)


def footer_line(footer: FooterLine, *, key: str, on_act: Callable[[str], None] | None = None) -> str | None:
    """Draw a footer line as the last thing in a card."""
    return surface(render_footer(footer), key=f"footer_{key}", on_act=on_act)
