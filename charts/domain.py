"""The x of a chart: what kind of values it has, where each lies, and the labels below them."""

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from charts.labels import shorten, wrap
from charts.periods import Tick, day_number, infer_grain, moment_at, period_text, short_period_text, time_ticks
from charts.spec import Chart, Grain, X
from charts.ticks import nice_step
from core.numbers import full

# As many labels as fit beside each other on a phone.
TICK_LIMIT = 8


class DomainKind(StrEnum):
    """How x values are placed."""

    CATEGORY = "category"
    NUMBER = "number"
    TIME = "time"


@dataclass(frozen=True, kw_only=True)
class Domain:
    """Distinct x values, in drawing order, with their positions: days, numbers, or 0, 1, 2 for categories.

    `step` is the smallest distance of two neighbours; 1 where there are none. `own_ticks` are drawn instead of those
    that follow from the positions.
    """

    kind: DomainKind
    points: tuple[X, ...]
    positions: tuple[float, ...]
    step: float
    grain: Grain | None = None
    own_ticks: tuple[Tick, ...] | None = None

    @cached_property
    def _by_point(self) -> dict[X, float]:
        return dict(zip(self.points, self.positions, strict=True))

    def position(self, x: X) -> float:
        """Where an x of this chart lies."""
        if self.kind is DomainKind.CATEGORY:
            return self._by_point[x]
        return _number(x)

    def extent(self, share: float) -> tuple[float, float]:
        """The first and last position, each moved outwards by a share of the step.

        A single point gets free room on both sides, or its column would fill the whole plot.
        """
        if not self.positions:
            return 0.0, 1.0
        low, high = self.positions[0] - share * self.step, self.positions[-1] + share * self.step
        missing = max(0.0, (2 * share + 1.4) * self.step - (high - low)) if share else 0.0
        if low == high:
            missing = 2 * self.step
        return low - missing / 2, high + missing / 2

    def text(self, x: X) -> str:
        """The full label of an x, as hover texts and tables show it."""
        if isinstance(x, dt.date):
            return period_text(x, self.grain or Grain.DAY)
        return x if isinstance(x, str) else full(x)

    def short_text(self, x: X) -> str:
        """A label of at most fourteen characters, as beside a mark."""
        if isinstance(x, dt.date):
            return short_period_text(x, self.grain or Grain.DAY)
        return shorten(self.text(x), 14)

    def ticks(self, limit: int = TICK_LIMIT) -> tuple[Tick, ...]:
        """At most `limit` labelled places."""
        if self.own_ticks is not None:
            return self.own_ticks[:: max(1, -(-len(self.own_ticks) // limit))]
        if self.kind is DomainKind.TIME:
            return time_ticks(self.positions, self.grain or Grain.DAY, limit)
        if self.kind is DomainKind.NUMBER:
            return _number_ticks(self.positions, limit)
        every = -(-len(self.points) // limit) if self.points else 1
        width = max(7, min(14, 60 // min(limit, max(1, len(self.points)))))
        return tuple(
            Tick(at=position, text=lines[0], second=lines[1])
            for position, lines in (
                (self.positions[index], wrap(self.text(self.points[index]), width))
                for index in range(0, len(self.points), every)
            )
        )


def domain_of(chart: Chart, *, is_category: bool = False) -> Domain:
    """The domain of all series together; `is_category` gives each x a slot of its own whatever its type."""
    distinct = dict.fromkeys(x for series in chart.series for x in series.x)
    kind = DomainKind.CATEGORY if is_category else _kind(distinct)
    if kind is DomainKind.CATEGORY:
        points = tuple(distinct)
        grain = chart.grain or _category_grain(points)
        return Domain(kind=kind, points=points, positions=tuple(map(float, range(len(points)))), step=1.0, grain=grain)
    points = tuple(sorted(distinct, key=_number))
    positions = tuple(map(_number, points))
    gaps = [later - earlier for earlier, later in itertools.pairwise(positions) if later > earlier]
    grain = (chart.grain or infer_grain(positions)) if kind is DomainKind.TIME else None
    step = min(gaps, default=_LENGTHS[grain] if grain else 1.0)
    return Domain(kind=kind, points=points, positions=positions, step=step, grain=grain)


_LENGTHS = {
    Grain.HOUR: 1 / 24,
    Grain.DAY: 1.0,
    Grain.WEEK: 7.0,
    Grain.MONTH: 30.0,
    Grain.QUARTER: 91.0,
    Grain.YEAR: 365.0,
}


def _kind(points: Iterable[X]) -> DomainKind:
    kinds = {_kind_of(x) for x in points}
    # Mixed types have no common axis, so each value gets its own slot.
    return kinds.pop() if len(kinds) == 1 else DomainKind.CATEGORY


def _kind_of(x: X) -> DomainKind:
    if isinstance(x, dt.date):
        return DomainKind.TIME
    if isinstance(x, int | float) and x - x == 0:
        return DomainKind.NUMBER
    return DomainKind.CATEGORY


def _category_grain(points: tuple[X, ...]) -> Grain | None:
    moments = sorted({day_number(x) for x in points if isinstance(x, dt.date)})
    return infer_grain(moments) if moments else None


def _number(x: X) -> float:
    return day_number(x) if isinstance(x, dt.date) else float(x)


def _number_ticks(positions: tuple[float, ...], limit: int) -> tuple[Tick, ...]:
    if not positions:
        return ()
    low, high = positions[0], positions[-1]
    if low == high or len(positions) <= limit:
        return tuple(Tick(at=position, text=full(_whole(position))) for position in positions)
    step = nice_step(high - low, limit - 1)
    first, last = -(-low // step), high // step
    return tuple(
        Tick(at=index * step, text=full(_whole(round(index * step, 10)))) for index in range(int(first), int(last) + 1)
    )


def _whole(number: float) -> int | float:
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def time_value(position: float) -> str:
    """A position on a time axis as Plotly reads it: ISO 8601 without a zone."""
    return moment_at(position).isoformat()
