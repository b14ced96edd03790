"""What moved and why: rows with a change, one sentence, and contributions that add up to the change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.ui.badge import Change
from app.ui.sentence import Sentence, plain
from app.ui.surface import surface
from app.ui.template import render
from app.ui.tone import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One part of a change: `value` sets the bar, `text` is the number with its sign."""

    label: str
    text: str
    value: float
    direction: Direction = Direction.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightRow:
    """One thing that moved, from `before` to `after`. With `act` the row is a button that sends it."""

    title: str
    sentence: Sentence
    act: str = ""
    change: Change | None = None
    before: str = ""
    after: str = ""
    contributions: tuple[Contribution, ...] = ()

    @property
    def bars(self) -> tuple[tuple[Contribution, float, float], ...]:
        """Each contribution with its bar's left edge and width in per cent of the track."""
        values = [part.value for part in self.contributions]
        low, high = min(0.0, *values), max(0.0, *values)
        span = (high - low) or 1.0
        return tuple(
            (part, 100 * (min(0.0, part.value) - low) / span, 100 * abs(part.value) / span)
            for part in self.contributions
        )

    @property
    def spoken(self) -> str:
        """The row as a sentence, for the button's label."""
        change = f", {self.change.spoken}" if self.change else ""
        return f"{self.title}{change}. {plain(self.sentence)}"


def render_insights(rows: Sequence[InsightRow]) -> Markup:
    """The markup of a list of insights."""
    return render("insight_list.html", rows=rows)


def insight_list(rows: Sequence[InsightRow], *, key: str, on_act: Callable[[str], None] | None = None) -> str | None:
    """Draw a list of insights below a ruled card header."""
    return surface(render_insights(rows), key=f"insights_{key}", on_act=on_act)
