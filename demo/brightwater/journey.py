"""One deal's way through the stages: how long it stays in each, where it is lost, and when it is won.

Losing takes longer than winning, because a deal that goes quiet is closed weeks later. Wins gather at quarter ends.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from demo.brightwater import plan
from demo.days import LAST, last_working_day, month_of, month_start, quarter_end, quarter_start, working_day

# The chance to leave each open stage for the next one, and the median days it takes.
_PASS = ((0.66, 0.64, 0.65, 0.69, 0.70), (0.76, 0.73, 0.72, 0.75, 0.74))
_DWELL = (9.0, 14.0, 14.0, 17.0, 13.0)
_SEGMENT_PACE = (0.84, 1.06, 1.36)
_TYPE_PACE = (1.0, 0.72, 1.0)

Step = tuple[int, int]  # day, stage entered


class Draws:
    """The random numbers set aside for one deal, taken one after the other."""

    __slots__ = ("_normals", "_points")

    def __init__(self, points: Sequence[float], normals: Sequence[float]) -> None:
        self._points = iter(points)
        self._normals = iter(normals)

    def point(self) -> float:
        """A number in [0, 1)."""
        return next(self._points)

    def happens(self, chance: float) -> bool:
        """True with that chance."""
        return next(self._points) < chance

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(next(self._points) * (high - low + 1))

    def factor(self, sigma: float) -> float:
        """A factor around 1 whose logarithm has the deviation `sigma`."""
        return math.exp(sigma * next(self._normals))


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What decides a deal's way. `chance` multiplies the probability of winning, `pace` the days in each stage."""

    created: int
    type: int
    segment: int
    region: int
    chance: float
    pace: float = 1.0
    is_slipping: bool = False
    is_offer: bool = False


@dataclass(slots=True, kw_only=True)
class Journey:
    """The stages entered, by day; the last may be won or lost, also after today."""

    steps: list[Step]
    reason: int | None = None

    @property
    def win_day(self) -> int | None:
        """The day the deal is won, or None."""
        day, stage = self.steps[-1]
        return day if stage == plan.WON else None

    @property
    def close_day(self) -> int | None:
        """The day the deal was won or lost, or None when it is open on the demo's last day."""
        day, stage = next(step for step in reversed(self.steps) if step[0] <= LAST)
        return day if stage in (plan.WON, plan.LOST) else None


def walk(situation: Situation, draws: Draws) -> Journey:
    """The way of a new or expansion deal."""
    pace = situation.pace * _SEGMENT_PACE[situation.segment] * _TYPE_PACE[situation.type]
    odds = _PASS[situation.type]
    lift = situation.chance ** (1 / len(odds))
    day, steps, seen = situation.created, list[Step](), set[int]()
    for stage in _route(draws):
        steps.append((day, stage))
        dwell = _DWELL[stage] * pace * draws.factor(0.5) * _season(situation, day)
        if stage in seen or draws.happens(min(0.98, odds[stage] * lift)):
            seen.add(stage)
            day = _after(day, 0.86 * dwell)
            continue
        # The rep keeps a quiet deal open for a while before giving it up.
        day = _after(day, dwell + 96.0 * situation.pace * draws.point())
        journey = Journey(steps=[*steps, (day, plan.LOST)], reason=_reason(draws))
        return _reopened(journey, draws) if len(steps) > 2 and draws.happens(0.025) else journey
    won = _settled(day, steps[-1][0], situation, draws)
    if draws.happens(_undercut(situation, won)):
        lost = _after(won, 6.0 * draws.point())
        return Journey(steps=[*steps, (lost, plan.LOST)], reason=plan.COMPETITOR if draws.happens(0.8) else plan.PRICE)
    return Journey(steps=[*steps, (won, plan.WON)])


def renew(created: int, due: int, draws: Draws, *, is_kept: bool) -> Journey:
    """The way of a renewal that is due on a day: it starts with the offer and is decided before the term ends."""
    room = due - created
    offered = working_day(created + max(2, int(room * 0.4)))
    agreed = working_day(offered + max(2, int(room * 0.25)))
    closed = last_working_day(max(agreed + 1, due - draws.between(1, 18)))
    closed = max(closed, agreed + 1)
    steps = [(created, plan.QUALIFIED), (offered, plan.PROPOSAL), (agreed, plan.NEGOTIATION)]
    if is_kept:
        return Journey(steps=[*steps, (closed, plan.WON)])
    return Journey(steps=[*steps, (closed, plan.LOST)], reason=_reason(draws))


def _route(draws: Draws) -> list[int]:
    """The open stages in the order they are entered: usually all five, some skipped, some entered twice."""
    route = [plan.QUALIFIED, plan.DISCOVERY, plan.DEMO, plan.PROPOSAL, plan.NEGOTIATION]
    turn = draws.point()
    if turn < 0.09:
        route.remove(plan.DEMO)
    elif turn < 0.13:
        route.remove(plan.DISCOVERY)
    elif turn < 0.18:
        return [*route, plan.PROPOSAL, plan.NEGOTIATION]
    elif turn < 0.22:
        return [*route[:4], plan.DEMO, *route[3:]]
    return route


def _after(day: int, wait: float) -> int:
    return working_day(day + max(1, round(wait)))


def _season(situation: Situation, day: int) -> float:
    month = month_of(day)
    if month == 8 or (month == 7 and situation.region == plan.EMEA):
        return 1.3 if situation.region == plan.EMEA else 1.12
    return 1.2 if month == 12 else 1.0


def _undercut(situation: Situation, day: int) -> float:
    """The chance that a deal about to be won is lost to the competitor in EMEA after all."""
    if situation.region != plan.EMEA or situation.is_offer or day < plan.EMEA_FALL:
        return 0.0
    return 1.0 - (plan.EMEA_KEPT if day < plan.EMEA_RECOVERY else plan.EMEA_KEPT_AFTER)


def _settled(day: int, entered: int, situation: Situation, draws: Draws) -> int:
    """The day of signature: reps pull deals into the last days of a quarter; the slipping rep pushes them out."""
    end, passed = quarter_end(day), quarter_start(day) - 1
    if situation.is_offer:
        return working_day(max(day, month_start(plan.OFFER_TO)))
    if situation.is_slipping:
        return working_day(end + draws.between(9, 40)) if end - day < 24 and draws.happens(0.85) else day
    if end - day < 26 and draws.happens(0.42):
        return max(last_working_day(end - int(8 * draws.point() ** 2)), day)
    if day - passed < 24 and entered < passed - 6 and draws.happens(0.45):
        return last_working_day(passed - int(6 * draws.point() ** 2))
    return day


def _reason(draws: Draws) -> int:
    point, reason = draws.point(), 0
    for share in plan.LOST_REASON_SHARE:
        if point < share:
            break
        point -= share
        reason += 1
    return min(reason, len(plan.LOST_REASON_SHARE) - 1)


def _reopened(journey: Journey, draws: Draws) -> Journey:
    """A lost deal that came back: proposal again, then decided once more."""
    back = _after(journey.steps[-1][0], 10 + 40 * draws.point())
    decided = _after(back, 12 + 30 * draws.point())
    is_won = draws.happens(0.4)
    steps = [*journey.steps, (back, plan.PROPOSAL), (decided, plan.WON if is_won else plan.LOST)]
    return Journey(steps=steps, reason=None if is_won else journey.reason)
