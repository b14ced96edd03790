"""The gauges of a chart: how far each value has come to its target, which may be unknown."""

from dataclasses import dataclass, replace

from charts.labels import value_text
from charts.plan import Plan, finite, make_plan
from charts.rules import require_distinct
from charts.spec import Chart, X
from charts.ticks import tick_texts, value_scale
from core.errors import InvalidError
from core.numbers import full

# How strong the track is, as a share of ink.
TRACK_INK = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """A value and its target, either of which may be unknown; `place` is its row."""

    place: int
    x: X
    value: float | None
    target: float | None

    @property
    def share(self) -> float | None:
        """How much of the target is reached; None where there is no target above zero."""
        if self.value is None or self.target is None or self.target <= 0:
            return None
        share = self.value / self.target
        return share if abs(share) < 1e4 else None


def gauges_of(chart: Chart) -> tuple[Gauge, ...]:
    """A gauge for each name, in order; one without value and target is left out."""
    if not chart.series:
        return ()
    targets = chart.series[1].y if len(chart.series) > 1 else (None,) * len(chart.series[0].y)
    rows = zip(chart.series[0].x, map(finite, chart.series[0].y), map(finite, targets), strict=True)
    gauges = [Gauge(place=place, x=x, value=value, target=target) for place, (x, value, target) in enumerate(rows)]
    return tuple(one for one in gauges if one.value is not None or one.target is not None)


def require_gauges(chart: Chart) -> None:
    """Raises InvalidError where the specification is no chart of gauges."""
    if len(chart.series) > 2 or (len(chart.series) == 2 and chart.series[0].x != chart.series[1].x):
        raise InvalidError(
            f"A gauge chart has the values and, in a second series of the same names, their targets; {chart.title!r} "
            f"has {len(chart.series)} series."
        )
    require_distinct(chart)


def gauge_text(gauge: Gauge, unit: str | None) -> str:
    """The value, and its share of the target: "$4.32 M, 86 %"."""
    value = value_text(gauge.value, unit)
    return value if gauge.share is None else f"{value}, {full(gauge.share, 'ratio', decimals=0)}"


def plan_gauges(chart: Chart) -> tuple[Plan, tuple[Gauge, ...]]:
    """The plan of horizontal rows from zero, wide enough for every value and target."""
    gauges = gauges_of(chart)
    plan = make_plan(chart, is_from_zero=True, is_category=True, padding=0.0)
    ends = [end for one in gauges for end in (one.value, one.target) if end is not None]
    scale = value_scale(ends, is_from_zero=True, padding=0.02)
    return replace(plan, scale=scale, value_ticks=tick_texts(scale, chart.unit)), gauges
