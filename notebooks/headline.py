"""The answer a page opens on, made from its tiles: what stands where, against what, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import numbers
from metrics import Better
from metrics.period import PeriodKind
from notebooks.explanation import explain, is_dominated, is_notable, lower
from notebooks.kinds.metric.output import TileOutput


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOutput:
    """A sentence to be set in bold, the cause in plain type (may be empty), and whether it is good news."""

    strong: str
    cause: str = ""
    is_better: bool | None = None


def headline(tiles: Sequence[TileOutput]) -> AnswerOutput:
    """The answer of a page whose tiles these are: the first one that has a figure leads.

    The cause is that of the lead's change where one member makes most of it, otherwise the worst turn among the other
    tiles, otherwise what is missing.
    """
    lead = next((tile for tile in tiles if tile.value is not None), None)
    if lead is None:
        return _without_figures(tiles)
    strong = f"{_subject(lead)} {_verb(lead)} {_figure(lead)}{_compared(lead)}."
    cause = _cause(lead) or _worst_turn([tile for tile in tiles if tile is not lead]) or _missing(tiles)
    return AnswerOutput(strong=strong, cause=cause, is_better=lead.is_better)


def _without_figures(tiles: Sequence[TileOutput]) -> AnswerOutput:
    if not tiles:
        return AnswerOutput(strong="There are no figures here yet.", cause="Add a metric cell to see one.")
    first = tiles[0]
    return AnswerOutput(strong=f"There are no data for {first.period.label} yet.", cause=first.sentence)


def _subject(tile: TileOutput) -> str:
    """ "Q4 bookings"; a metric over twelve months keeps its name first."""
    name = lower(tile.label)
    match tile.period.kind:
        case PeriodKind.LAST_12_MONTHS:
            return f"{tile.label} of the last 12 months"
        case PeriodKind.DAY:
            return f"Today's {name}"
        case PeriodKind.WEEK:
            return f"{tile.label} of the {lower(tile.period.short_label)}"
        case _:
            return f"{tile.period.short_label} {name}"


def _verb(tile: TileOutput) -> str:
    """The verb that agrees with the metric's name, as far as its spelling tells."""
    words = tile.label.casefold().split()
    last = words[-1] if words else ""
    is_plural = (last.endswith("s") and not last.endswith(("ss", "us", "is"))) or (tile.unit or "") in words
    if tile.is_additive:
        return "stand at" if is_plural else "stands at"
    return "are" if is_plural else "is"


def _compared(tile: TileOutput) -> str:
    """How the figure lies to the period before: ", 8.5% ahead of Q3 on the same day"."""
    other = tile.previous_period.label
    if tile.change is None:
        return f"; there are no data for {other}"
    size = tile.change_text.lstrip(f"+{numbers.MINUS}")
    if not any(digit in "123456789" for digit in size):
        return f", level with {other}"
    is_up = tile.change > 0
    if _is_race(tile):
        return f", {size} {'ahead of' if is_up else 'behind'} {other}"
    return f", {size} {'above' if is_up else 'below'} {other}"


def _is_race(tile: TileOutput) -> bool:
    """Whether the figure builds up over the period and should, so that it can be ahead or behind."""
    return tile.is_additive and tile.better is Better.UP


def _figure(tile: TileOutput) -> str:
    """The figure; a noun that the metric's name has already is not said again."""
    is_said = tile.figure.unit == tile.unit and (tile.unit or "") in tile.label.casefold().split()
    return tile.figure.text if is_said else str(tile.figure)


def _cause(tile: TileOutput) -> str:
    found = tile.difference
    if found is None or found.leader is None or not is_notable(tile.change, tile.relative_change, tile.unit):
        return ""
    if not is_dominated(found):
        return explain(found)
    if len(found.contributions) < 2:
        return ""
    is_up = tile.change is not None and tile.change > 0
    gap = ("lead" if is_up else "gap") if _is_race(tile) else ("rise" if is_up else "fall")
    share = found.share(found.leader) or 0
    return f"{found.leader.member} accounts for {'all' if share >= 1 else 'most'} of the {gap}."


def _worst_turn(tiles: Sequence[TileOutput]) -> str:
    worse = [
        tile for tile in tiles if tile.is_better is False and is_notable(tile.change, tile.relative_change, tile.unit)
    ]
    if not worse:
        return ""
    tile = max(worse, key=_severity)
    direction = "up" if tile.change is not None and tile.change > 0 else "down"
    moved = f"{tile.label} is {direction} {tile.change_text.lstrip(f'+{numbers.MINUS}')}"
    found = tile.difference
    if found is not None and found.leader is not None and len(found.contributions) > 1 and is_dominated(found):
        return f"{moved}, most of it from {found.leader.member}."
    return f"{moved} on {tile.previous_period.label}."


def _severity(tile: TileOutput) -> float:
    return abs(tile.relative_change) if tile.relative_change is not None else 0.0


def _missing(tiles: Sequence[TileOutput]) -> str:
    empty = [tile for tile in tiles if tile.value is None]
    if not empty:
        return ""
    if len(empty) == 1:
        return f"{empty[0].label}: {lower(empty[0].sentence)}"
    return f"{len(empty)} of {len(tiles)} figures have no data."
