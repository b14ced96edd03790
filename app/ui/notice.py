"""What a page says instead of a result, or above one: alerts, errors in a tile, and empty states.

None of them is a stack trace or a bare red box: each says what happened, why, and what to do.
"""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from app.ui.action import Action
from app.ui.sentence import Sentence
from app.ui.surface import surface
from app.ui.template import render
from app.ui.tone import Tone

_ALERT_ICONS = {Tone.BAD: "error", Tone.GOOD: "check_circle", Tone.WARN: "schedule"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A box above the page's result: what, why, and up to two actions."""

    title: str
    text: Sentence = ""
    tone: Tone = Tone.INFO
    icon_name: str = ""
    actions: tuple[Action, ...] = ()

    @property
    def icon(self) -> str:
        """The icon given, or the usual one of the tone."""
        return self.icon_name or _ALERT_ICONS.get(self.tone, "info")


@dataclass(frozen=True, slots=True, kw_only=True)
class TileError:
    """A result that could not be made: what happened, why, what to do, and the reference to quote."""

    what: str = "This tile could not be calculated"
    why: Sentence = ""
    remedy: Sentence = ""
    actions: tuple[Action, ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyState:
    """Nothing to show, said with a fact: one line, one sentence, one or two actions."""

    title: str
    text: Sentence = ""
    icon: str = "inbox"
    tone: Tone = Tone.NEUTRAL
    actions: tuple[Action, ...] = ()


def render_alert(alert: Alert) -> Markup:
    """The markup of an alert box."""
    return render("alert.html", alert=alert)


def render_error(error: TileError) -> Markup:
    """The markup of an error in a tile or card."""
    return render("tile_error.html", error=error)


def render_empty(empty: EmptyState) -> Markup:
    """The markup of an empty state."""
    return render("empty_state.html", empty=empty)


def alert_box(alert: Alert, *, key: str, on_act: Callable[[str], None] | None = None) -> str | None:
    """Draw an alert box."""
    return surface(render_alert(alert), key=f"alert_{key}", on_act=on_act)


def error_box(error: TileError, *, key: str, on_act: Callable[[str], None] | None = None) -> str | None:
    """Draw an error in a tile or card."""
    return surface(render_error(error), key=f"error_{key}", on_act=on_act)


def empty_state(empty: EmptyState, *, key: str, on_act: Callable[[str], None] | None = None) -> str | None:
    """Draw an empty state."""
    return surface(render_empty(empty), key=f"empty_{key}", on_act=on_act)
