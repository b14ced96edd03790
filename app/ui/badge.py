"""A word in a tinted chip: a state or a certification, nothing else. And the chip of a change."""

from dataclasses import dataclass

from markupsafe import Markup

from app.ui.template import render
from app.ui.tone import Direction, Tone
from core.numbers import MINUS


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A state in a word, with an icon so that colour is never alone. `icon` is a Material Symbols name."""

    text: str
    tone: Tone = Tone.NEUTRAL
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A difference written by `core.numbers.change`: its sign becomes an arrow, its worth a tint and a hidden word.

    >>> Change(text="+8.5%", direction=Direction.BETTER).arrow
    '\u2191'
    """

    text: str
    direction: Direction = Direction.NEUTRAL

    @property
    def arrow(self) -> str:
        """An upwards or downwards arrow, or nothing for no change."""
        return {"+": "\u2191", MINUS: "\u2193"}.get(self.text[:1], "")

    @property
    def amount(self) -> str:
        """The text without its sign, which the arrow has taken over."""
        return self.text[1:] if self.arrow else self.text

    @property
    def spoken(self) -> str:
        """The change as words for a label.

        >>> Change(text="\u22124.1 pts", direction=Direction.WORSE).spoken
        'down 4.1 pts, worse'
        """
        word = {"\u2191": "up ", "\u2193": "down "}.get(self.arrow, "")
        worth = "" if self.direction is Direction.NEUTRAL else f", {self.direction}"
        return f"{word}{self.amount}{worth}"


def render_badge(badge: Badge) -> Markup:
    """The markup of a badge."""
    return render("badge.html", badge=badge)


def render_change(change: Change) -> Markup:
    """The markup of a change chip."""
    return render("change.html", change=change)
