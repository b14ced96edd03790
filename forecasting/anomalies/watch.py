"""Many series watched together under one budget of false alerts a month; alarms that belong together are one cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import InvalidError
from forecasting.anomalies.cycle import find_cycle
from forecasting.series import Floats, Series

DEFAULT_BUDGET_A_MONTH = 4.0
_MOST_A_MONTH = 100.0
_DAYS_A_MONTH = 30.44
# However few series there are, none has more false alarms than this share of its days.
_MOST_OF_DAYS = 0.004
# Sparse series see the same change days later than others of their model.
_SAME_CAUSE_DAYS = 7
_DAY_US = 86_400_000_000
# The same weekday of so many weeks before tells what is usual.
_WEEKS = 8
# One verdict that an alert was expected halves the share of the budget that its series has.
_PER_EXPECTED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Watched:
    """A daily series of a metric, of a member of a dimension where they are named; `group` is the metric's model."""

    metric: str
    group: str
    series: Series
    dimension: str = ""
    member: str = ""
    is_additive: bool = True

    @property
    def key(self) -> str:
        """The metric, dimension and member in one text."""
        return "/".join((self.metric, self.dimension, self.member))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alarm:
    """A point of a series at which an alert opens: its place, the value, what was usual, and how many usual
    deviations lie between."""

    watched: Watched
    place: int
    value: float
    usual: float | None
    severity: float

    @property
    def day(self) -> int:
        """The day since 1970."""
        return int(self.watched.series.times[self.place] // _DAY_US)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Share:
    """What a member has of the change of the whole."""

    dimension: str
    member: str
    change: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cause:
    """Alarms that belong together; `lead` tells them best, `shares` are members of the dimension that tells most."""

    lead: Alarm
    alarms: tuple[Alarm, ...]
    shares: tuple[Share, ...]


class Watch:
    """The evidence of all series, found once; alarms for any budget.

    `budget` is how many false alarms a month all series together may raise where nothing changes.
    """

    def __init__(self, watched: Sequence[Watched], expected: Mapping[str, int] | None = None) -> None:
        from forecasting.anomalies.kernels.scan import scan_shift

        self.watched = tuple(watched)
        weights = np.array([_PER_EXPECTED ** (expected or {}).get(one.key, 0) for one in self.watched])
        self._weights = weights / weights.sum() if weights.size else weights
        self._evidence: list[Floats] = []
        for one in self.watched:
            cycle, places = find_cycle(one.series)
            self._evidence.append(scan_shift(np.ascontiguousarray(one.series.values, np.float64), places, cycle))

    def alarms(self, budget: float) -> list[Alarm]:
        """The alarms under a budget a month, oldest first."""
        from forecasting.anomalies.kernels.scan import open_alerts

        if not 0 < budget <= _MOST_A_MONTH:
            raise InvalidError(
                f"A budget of {budget:g} false alerts a month cannot be kept. Give a number above 0 and up to "
                f"{_MOST_A_MONTH:g}; {DEFAULT_BUDGET_A_MONTH:g} is usual."
            )
        found: list[Alarm] = []
        for one, evidence, weight in zip(self.watched, self._evidence, self._weights, strict=True):
            share = min(budget * float(weight) / _DAYS_A_MONTH, _MOST_OF_DAYS)
            found += [_alarm(one, int(place)) for place in np.flatnonzero(open_alerts(evidence, share))]
        return sorted(found, key=lambda alarm: (alarm.day, -alarm.severity))

    def causes(self, budget: float) -> list[Cause]:
        """The causes under a budget, newest first."""
        groups: list[list[Alarm]] = []
        for alarm in self.alarms(budget):
            home = next((group for group in reversed(groups) if _is_same(group, alarm)), None)
            if home is None:
                groups.append([alarm])
            else:
                home.append(alarm)
        return [self._cause(group) for group in reversed(groups)]

    def _cause(self, group: Sequence[Alarm]) -> Cause:
        worst = max(group, key=lambda alarm: alarm.severity)
        # A whole tells more than its members, and what adds up more than a rate or a number of different things.
        wholes = [one for one in group if not one.watched.member and abs(one.day - worst.day) <= 1]
        lead = min(wholes, key=lambda one: (not one.watched.is_additive, -one.severity), default=worst)
        if lead.day != worst.day and lead.watched.metric == worst.watched.metric:
            # It was still open from the day before when the worst came.
            place = min(lead.place + worst.day - lead.day, lead.watched.series.size - 1)
            lead = _alarm(lead.watched, place)
        return Cause(lead=lead, alarms=tuple(group), shares=self._shares(lead))

    def _shares(self, lead: Alarm) -> tuple[Share, ...]:
        """The members' shares in the change of a whole that adds up, of the dimension with the largest single share."""
        if lead.watched.member or not lead.watched.is_additive or lead.usual is None or lead.value == lead.usual:
            return ()
        change = lead.value - lead.usual
        found: dict[str, list[Share]] = {}
        for one in self.watched:
            if one.metric != lead.watched.metric or not one.member:
                continue
            place = int(np.searchsorted(one.series.times, lead.watched.series.times[lead.place]))
            usual = usual_before(one.series.values, place)
            if usual is None or place >= one.series.size or one.series.times[place] // _DAY_US != lead.day:
                continue
            moved = float(one.series.values[place]) - usual
            found.setdefault(one.dimension, []).append(
                Share(dimension=one.dimension, member=one.member, change=moved, share=moved / change)
            )
        told = max(found.values(), key=lambda shares: max(one.share for one in shares), default=[])
        return tuple(sorted(told, key=lambda one: -abs(one.share)))


def usual_before(values: Floats, place: int) -> float | None:
    """The median of the same weekday in the eight weeks before; of all values of those weeks where there are few."""
    same = values[max(place - 7 * _WEEKS, place % 7) : place : 7]
    same = same[~np.isnan(same)]
    if same.size < 3:
        same = values[max(place - 7 * _WEEKS, 0) : place]
        same = same[~np.isnan(same)]
    return float(np.median(same)) if same.size >= 3 else None


def _alarm(watched: Watched, place: int) -> Alarm:
    values = watched.series.values
    usual = usual_before(values, place)
    before = values[max(place - 7 * _WEEKS, 0) : place]
    before = before[~np.isnan(before)]
    value = float(values[place])
    gap = 0.0 if usual is None else abs(value - usual)
    return Alarm(watched=watched, place=place, value=value, usual=usual, severity=gap / _spread(before))


def _spread(before: Floats) -> float:
    """The usual deviation: robust where most days differ, else that of all of them, at least 1 where none does."""
    if not before.size:
        return 1.0
    robust = float(np.median(np.abs(before - np.median(before)))) * 1.4826
    return max(robust, float(before.std()) / 3) or 1.0


def _is_same(group: Sequence[Alarm], alarm: Alarm) -> bool:
    is_related = any(one.watched.group == alarm.watched.group for one in group)
    return alarm.day - group[0].day <= (_SAME_CAUSE_DAYS if is_related else 0)
