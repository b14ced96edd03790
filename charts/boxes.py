"""The boxes of a box plot: where the middle half of the values lies, and how far the others reach."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from charts.plan import Plan, finite, make_plan
from charts.rules import require_distinct
from charts.spec import Chart, Series, X
from charts.ticks import tick_texts, value_scale
from core.errors import InvalidError
from core.numbers import full

NAMES = ("Lowest", "Lower quartile", "Median", "Upper quartile", "Highest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The five numbers of one name; `place` is its row."""

    place: int
    x: X
    values: tuple[float, float, float, float, float]


def five_numbers(values: Sequence[float]) -> tuple[float, ...] | None:
    """Lowest, lower quartile, median, upper quartile, highest (Tukey 1977); None where there are no values.

    The quartiles are interpolated linearly between neighbours (type 7 of Hyndman and Fan 1996), as DuckDB's
    `quantile_cont` and spreadsheet programs have them.

    >>> five_numbers([1.0, 2.0, 3.0, 10.0])
    (1.0, 1.75, 2.5, 4.75, 10.0)
    """
    known = sorted(values)
    if not known:
        return None
    return tuple(_at(known, share / 4 * (len(known) - 1)) for share in range(5))


def _at(known: Sequence[float], place: float) -> float:
    below = int(place)
    above = min(below + 1, len(known) - 1)
    return known[below] + (known[above] - known[below]) * (place - below)


def box_series(groups: Sequence[tuple[X, Sequence[float]]]) -> tuple[Series, ...]:
    """The five series of named groups of values; a group without values has none."""
    numbers = [(name, five_numbers(values) or (None,) * 5) for name, values in groups]
    names = tuple(name for name, _ in numbers)
    return tuple(
        Series(name=name, x=names, y=tuple(one[place] for _, one in numbers)) for place, name in enumerate(NAMES)
    )


def boxes_of(chart: Chart) -> tuple[Box, ...]:
    """The boxes whose five numbers are all known."""
    if len(chart.series) != len(NAMES):
        return ()
    boxes = []
    for place, x in enumerate(chart.series[0].x):
        low, lower, middle, upper, high = (finite(series.y[place]) for series in chart.series)
        if low is None or lower is None or middle is None or upper is None or high is None:
            continue
        boxes.append(Box(place=place, x=x, values=(low, lower, middle, upper, high)))
    return tuple(boxes)


def require_boxes(chart: Chart) -> None:
    """Raises InvalidError where the specification is no box plot."""
    if not chart.series:
        return
    if len(chart.series) != len(NAMES) or any(one.x != chart.series[0].x for one in chart.series):
        raise InvalidError(
            f"A box chart has five series over the same names ({', '.join(NAMES).lower()}), not {len(chart.series)}."
        )
    require_distinct(chart)
    for box in boxes_of(chart):
        if list(box.values) != sorted(box.values):
            told = ", ".join(full(value, chart.unit) for value in box.values)
            raise InvalidError(f"The five numbers of {box.x!r} in a box chart must rise, but are {told}.")


def plan_boxes(chart: Chart) -> tuple[Plan, tuple[Box, ...]]:
    """The plan of horizontal rows, and the boxes. Their length is no amount, so the scale need not begin at zero."""
    boxes = boxes_of(chart)
    plan = make_plan(chart, is_from_zero=False, is_category=True, padding=0.0)
    scale = value_scale([value for box in boxes for value in box.values], is_from_zero=False, padding=0.03)
    return replace(plan, scale=scale, value_ticks=tick_texts(scale, chart.unit)), boxes
