"""Cohorts by period as a real table: each cell a shade of its share, hatched while its period is not over."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from app.ui.surface import surface
from app.ui.template import render

# The shades between which plain text keeps its contrast, in light and in dark.
_LEAST, _MOST = 6.0, 62.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCell:
    """A cell: `shade` in per cent of the accent. `spoken` says it in words. With `act` it is a button that sends it."""

    text: str
    spoken: str
    shade: float = 0.0
    is_open: bool = False
    act: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """A cohort; a cell is None where there is nothing yet. `mark` says what sets the cohort apart."""

    label: str
    size: str
    cells: tuple[HeatCell | None, ...]
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """A heat map; `caption` says what it shows to those who cannot see it, `overall` is the row of all cohorts."""

    caption: str
    corner: str
    size_label: str
    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    overall: tuple[str, ...] = ()
    overall_label: str = ""
    overall_size: str = ""


def shade_of(share: float, low: float, high: float) -> float:
    """How strong a share is drawn among those from `low` to `high`.

    >>> shade_of(0.5, 0.0, 1.0)
    34.0
    """
    place = (share - low) / (high - low) if high > low else 1.0
    return _LEAST + (_MOST - _LEAST) * min(1.0, max(0.0, place))


def render_heat_map(heat: HeatMap) -> Markup:
    """The markup of a heat map."""
    return render("heat_map.html", map=heat)


def heat_map(heat: HeatMap, *, key: str, on_act: Callable[[str], None] | None = None) -> str | None:
    """Draw a heat map inside a card."""
    return surface(render_heat_map(heat), key=f"heat_{key}", on_act=on_act)
