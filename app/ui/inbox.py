"""What needs a person: rows with a title, a one-line reason and one verb."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.ui.action import Action
from app.ui.sentence import Sentence
from app.ui.surface import surface
from app.ui.template import render
from app.ui.tone import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One thing to do; the glyph is tinted by kind."""

    title: str
    reason: Sentence
    icon: str
    tone: Tone = Tone.INFO
    action: Action | None = None


def render_inbox(rows: Sequence[InboxRow]) -> Markup:
    """The markup of a list of things to do."""
    return render("inbox_list.html", rows=rows)


def inbox_list(rows: Sequence[InboxRow], *, key: str, on_act: Callable[[str], None] | None = None) -> str | None:
    """Draw a list of things to do below a ruled card header."""
    return surface(render_inbox(rows), key=f"inbox_{key}", on_act=on_act)
