"""A bridge (waterfall): from one total to another over the parts of the change, each bar where the last one ended."""

from dataclasses import dataclass

from markupsafe import Markup

from app.ui.surface import surface
from app.ui.template import render
from app.ui.tone import Direction

# The narrowest bar that can still be seen, in per cent of the track.
_LEAST = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeBar:
    """A bar: `value` is what it adds, or for a total how high it stands; `text` is written beside it."""

    label: str
    text: str
    value: float
    is_total: bool = False
    direction: Direction = Direction.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """A bridge; `caption` says what it shows to those who cannot see it."""

    caption: str
    steps: tuple[BridgeBar, ...]

    @property
    def bars(self) -> tuple[tuple[BridgeBar, float, float], ...]:
        """Each bar with its left edge and its width in per cent of the track."""
        spans, level = [], 0.0
        for step in self.steps:
            begin = 0.0 if step.is_total else level
            level = step.value if step.is_total else level + step.value
            spans.append((min(begin, level), max(begin, level)))
        # Bars of amounts begin at zero.
        low, high = min(0.0, *(first for first, _ in spans)), max(0.0, *(last for _, last in spans))
        size = (high - low) or 1.0
        return tuple(
            (step, 100 * (first - low) / size, max(_LEAST, 100 * (last - first) / size))
            for step, (first, last) in zip(self.steps, spans, strict=True)
        )


def render_bridge(bridge: Bridge) -> Markup:
    """The markup of a bridge."""
    return render("bridge.html", bridge=bridge)


def draw_bridge(bridge: Bridge, *, key: str) -> None:
    """Draw a bridge inside a card."""
    surface(render_bridge(bridge), key=f"bridge_{key}")
