"""The health of the sources: one row each, with its state, age, rows and last runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from markupsafe import Markup

from app.ui.action import Action
from app.ui.badge import Badge
from app.ui.surface import surface
from app.ui.template import render
from app.ui.tone import Tone

MARK_COLOURS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMark:
    """One run in the small history: `height` between 0 and 1, the tone says how it ended."""

    height: float
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source. `age_share` is its age against the target, between 0 and 1; None draws no bar."""

    name: str
    detail: str
    status: Badge
    age: str
    rows: str
    age_share: float | None = None
    age_tone: Tone = Tone.NEUTRAL
    history: tuple[RunMark, ...] = ()
    history_spoken: str = "no runs yet"
    next_run: str = "\u2014"
    action: Action | None = None
    mark: str = ""

    @property
    def monogram(self) -> str:
        """Two letters in the place of a logo: those given, or the first of the name.

        >>> SourceRow(name="accounts.csv", detail="", status=Badge(text=""), age="", rows="").monogram
        'Ac'
        """
        letters = self.mark or "".join(sign for sign in self.name if sign.isalnum())[:2].capitalize()
        return letters or "?"

    @property
    def mark_colour(self) -> int:
        """A colour number from 1 to 8 that stays the same for a name."""
        return sha256(self.name.encode()).digest()[0] % MARK_COLOURS + 1


def render_sources(
    rows: Sequence[SourceRow], *, age_heading: str = "Age against target", history_heading: str = "Last 14 syncs"
) -> Markup:
    """The markup of the list of sources."""
    return render("source_list.html", rows=rows, age_heading=age_heading, history_heading=history_heading)


def source_list(
    rows: Sequence[SourceRow],
    *,
    key: str,
    age_heading: str = "Age against target",
    history_heading: str = "Last 14 syncs",
    on_act: Callable[[str], None] | None = None,
) -> str | None:
    """Draw the list of sources below a card header."""
    html = render_sources(rows, age_heading=age_heading, history_heading=history_heading)
    return surface(html, key=f"sources_{key}", on_act=on_act)
