"""The one sentence under a figure: where a notable change comes from, or since when there are no data."""

import datetime as dt
from decimal import Decimal

from core import numbers
from metrics.period import Period, date_label
from notebooks.difference import Contribution, Difference

NOTABLE_SHARE = 0.05
NOTABLE_POINTS = 0.01
DOMINANT_SHARE = 0.5


def is_notable(change: numbers.Number | None, relative_change: float | None, unit: str | None) -> bool:
    """Whether a change deserves a sentence: a ratio by one point, anything else by five per cent or from nothing."""
    if not change:
        return False
    if unit == "ratio":
        return abs(float(change)) >= NOTABLE_POINTS
    return relative_change is None or abs(relative_change) >= NOTABLE_SHARE


def is_dominated(found: Difference) -> bool:
    """Whether one member makes at least half of the change."""
    share = found.share(found.leader) if found.leader else None
    return share is not None and share >= DOMINANT_SHARE


def explain(found: Difference) -> str:
    """Where a change comes from, in one sentence; empty where there is no change or only one member."""
    leader, opponent = found.leader, found.opponent
    if leader is None or len(found.contributions) < 2:
        return ""
    if not is_dominated(found):
        part = numbers.change(leader.change, found.unit)
        return f"No single {lower(found.dimension)} explains it; the largest part is {leader.member} with {part}."
    if abs(leader.change) > abs(found.change) and opponent is not None:
        return _sentence(f"{_moved(leader, found.unit)}; {_moved(opponent, found.unit)}.")
    if found.unit == "ratio":
        return _sentence(f"{leader.member} explains {_points(leader.change)} of the {_points(found.change)} points.")
    direction = "rise" if found.change > 0 else "fall"
    part, whole = _amount(leader.change, found.unit), _amount(found.change, found.unit)
    return _sentence(f"{leader.member} accounts for {part} of the {whole} {direction}.")


def _sentence(text: str) -> str:
    """Text that begins as a sentence does, also where a member's name is in lower case."""
    return text[:1].upper() + text[1:]


def no_data(period: Period, last_day: dt.date | None) -> str:
    """Why a figure is empty: since when there are no data, or that there is nothing to measure yet."""
    if last_day is None:
        return "No data yet."
    if last_day < period.start:
        return f"No data since {date_label(last_day)}."
    return f"Nothing to measure in {period.label}{'' if period.is_complete else ' so far'}."


def _moved(part: Contribution, unit: str | None) -> str:
    amount = _amount(part.change, unit)
    if unit == "ratio":
        return f"{part.member} {'adds' if part.change > 0 else 'takes off'} {amount}"
    return f"{part.member} is {amount} {'higher' if part.change > 0 else 'lower'}"


def _points(change: Decimal) -> str:
    return f"{abs(change) * 100:.1f}"


def _amount(change: Decimal, unit: str | None) -> str:
    return f"{_points(change)} pts" if unit == "ratio" else str(numbers.compact(abs(change), unit))


def lower(label: str) -> str:
    """A label in the middle of a sentence; abbreviations keep their capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
