"""The points of a scatter plot: where each name lies between two measures, and which are named."""

from dataclasses import dataclass

from charts.domain import Domain, DomainKind
from charts.labels import shorten
from charts.periods import Tick
from charts.plan import Plan, finite
from charts.rules import require_distinct
from charts.spec import Chart, X
from charts.ticks import Scale, tick_texts, value_scale
from core.errors import InvalidError

# As many points are named as find room: all of a few, else those that stand out most.
MOST_NAMES = 12
_FEW = 12
_STANDING_OUT = 5
_NAME_LENGTH = 18
# The share of the plot a name takes, so that names do not cover each other.
_NAME_WIDTH, _NAME_HEIGHT = 0.2, 0.09


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A name at its two values."""

    x: X
    across: float
    up: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """The points, the scale across, and which points carry their name."""

    plan: Plan
    scale: Scale
    points: tuple[Point, ...]
    named: tuple[Point, ...]

    def is_right(self, point: Point) -> bool:
        """Whether a point's name stands left of it, because it lies at the right edge."""
        return self.scale.share(point.across) > 0.75


def points_of(chart: Chart) -> tuple[Point, ...]:
    """The names whose two values are known."""
    if len(chart.series) != 2:
        return ()
    first, second = chart.series
    found = zip(first.x, map(finite, first.y), map(finite, second.y), strict=True)
    return tuple(Point(x=x, across=across, up=up) for x, across, up in found if across is not None and up is not None)


def require_points(chart: Chart) -> None:
    """Raises InvalidError where the specification is no scatter plot."""
    if chart.series and (len(chart.series) != 2 or chart.series[0].x != chart.series[1].x):
        raise InvalidError(
            f"A scatter chart sets two series of the same names against each other; {chart.title!r} has "
            f"{len(chart.series)} series."
        )
    require_distinct(chart)


def point_name(point: Point) -> str:
    """The name beside a point."""
    return shorten(str(point.x), _NAME_LENGTH)


def plan_points(chart: Chart) -> Cloud:
    """The plan of the plot. Neither axis need begin at zero: a place is no length."""
    points = points_of(chart)
    across, up = chart.series
    below = value_scale([point.across for point in points], is_from_zero=False)
    beside = value_scale([point.up for point in points], is_from_zero=False)
    texts = tick_texts(below, chart.unit_of(across))
    domain = Domain(
        kind=DomainKind.NUMBER, points=(), positions=(below.low, below.high), step=below.step,
        own_ticks=tuple(Tick(at=tick, text=text) for tick, text in zip(below.ticks, texts, strict=True)),
    )  # fmt: skip
    plan = Plan(
        chart=chart, domain=domain, scale=beside, value_ticks=tick_texts(beside, chart.unit_of(up)), runs=(), band=None
    )
    cloud = Cloud(plan=plan, scale=below, points=points, named=())
    return Cloud(plan=plan, scale=below, points=points, named=_named(cloud))


def _named(cloud: Cloud) -> tuple[Point, ...]:
    """The points farthest from the middle first, each only where its name covers no other."""

    def place(point: Point) -> tuple[float, float]:
        return cloud.scale.share(point.across), cloud.plan.scale.share(point.up)

    if not cloud.points:
        return ()
    places = [place(point) for point in cloud.points]
    middle = [sorted(axis)[len(places) // 2] for axis in zip(*places, strict=True)]
    ranked = sorted(
        zip(places, cloud.points, strict=True),
        key=lambda pair: -max(abs(pair[0][0] - middle[0]), abs(pair[0][1] - middle[1])),
    )
    wanted = len(ranked) if len(ranked) <= _FEW else _STANDING_OUT
    taken: list[tuple[float, float]] = []
    chosen: list[Point] = []
    for (left, height), point in ranked[: MOST_NAMES * 4]:
        start = left - _NAME_WIDTH if cloud.is_right(point) else left
        if len(chosen) < wanted and all(
            abs(start - x) > _NAME_WIDTH or abs(height - y) > _NAME_HEIGHT for x, y in taken
        ):
            taken.append((start, height))
            chosen.append(point)
    return tuple(chosen)
