"""The bins of a histogram: chosen for values, named as ranges, and made ready for drawing."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

from charts.domain import Domain, DomainKind
from charts.periods import Tick
from charts.plan import COLUMN_PADDING, Plan, finite, make_plan
from charts.rules import known_values, require_single
from charts.spec import Chart, ChartKind, Series, X, Y
from charts.ticks import Scale, nice_step, tick_texts
from core.errors import InvalidError

MOST_BINS = 40
# Up to this many columns carry their count.
LABELLED_BINS = 16


def count_in_bins(name: str, values: Sequence[float]) -> tuple[Series, float]:
    """A series of counts over the lower bounds of equal bins, and their width.

    The width follows Freedman and Diaconis (1981), twice the interquartile range over the cube root of the count,
    rounded up to a number people count in. A bin holds its lower bound and not its upper one.

    >>> count_in_bins("Deals", [1, 2, 2, 3, 11])[0].y
    (4, 0, 1)
    """
    known = sorted(value for one in values if (value := finite(one)) is not None)
    if not known:
        return Series(name=name, x=(), y=()), 1.0
    width = _bin_width(known)
    first = math.floor(known[0] / width)
    counts = [0] * (math.floor(known[-1] / width) - first + 1)
    for value in known:
        counts[math.floor(value / width) - first] += 1
    bounds = tuple(_tidy((first + place) * width) for place in range(len(counts)))
    return Series(name=name, x=bounds, y=tuple(counts)), width


def _bin_width(known: Sequence[float]) -> float:
    span = known[-1] - known[0]
    if span <= 0:
        return nice_step(abs(known[0]) or 1.0, 10)
    quartiles = known[(len(known) * 3) // 4] - known[len(known) // 4]
    wanted = 2 * quartiles / len(known) ** (1 / 3) or span / 10
    return nice_step(span, max(1, min(MOST_BINS, math.ceil(span / wanted))))


def _tidy(bound: float) -> float:
    return float(f"{bound:.12g}")


def bin_width(chart: Chart) -> float:
    """The width of the bins: as given, else the distance of the first two bounds."""
    if chart.bin_width is not None or not chart.series:
        return chart.bin_width or 1.0
    bounds = [float(x) for x in chart.series[0].x if isinstance(x, int | float)]
    return min((later - earlier for earlier, later in itertools.pairwise(bounds)), default=1.0)


def bin_name(chart: Chart, x: X) -> str:
    """The range of a bin, such as "$10k to $20k"."""
    low = float(x) if isinstance(x, int | float) else 0.0
    width = bin_width(chart)
    high = _tidy(low + width)
    first, last = tick_texts(Scale(low=low, high=high, step=width, ticks=(low, high)), chart.x_unit)
    return f"{first} to {last}"


def require_bins(chart: Chart) -> None:
    """Raises InvalidError where the specification is no histogram."""
    require_single(chart)
    for series in chart.series:
        bounds = [float(x) for x in series.x if isinstance(x, int | float) and math.isfinite(x)]
        if len(bounds) < len(series.x):
            other = next(x for x in series.x if not isinstance(x, int | float) or not math.isfinite(x))
            raise InvalidError(f"The x of a histogram are the lower bounds of its bins, so numbers, not {other!r}.")
        if any(later <= earlier for earlier, later in itertools.pairwise(bounds)):
            raise InvalidError("The bins of a histogram must be in rising order, each lower bound once.")
        if any(value < 0 for value in known_values(series)):
            raise InvalidError(f"A histogram counts, and {series.name!r} has a count below zero; use columns instead.")


def histogram_chart(values: Sequence[Y], *, title: str, what: str, unit: str | None) -> Chart:
    """The histogram of values, with the fullest bin named in its description."""
    known = [float(value) for value in values if value is not None]
    series, width = count_in_bins(what, known)
    chart = Chart(
        kind=ChartKind.HISTOGRAM,
        title=title,
        description=f"{title}: no data.",
        series=(series,) if known else (),
        bin_width=width,
        x_unit=unit,
    )
    if not known:
        return chart
    most = max(range(len(series.x)), key=lambda place: series.y[place] or 0)
    words = f"{title}: {len(known):,} in all, most of them, {series.y[most]:,}, from {bin_name(chart, series.x[most])}."
    return replace(chart, description=words)


def plan_bins(chart: Chart) -> Plan:
    """The plan of columns that touch; its ticks are bounds of bins."""
    plan = make_plan(chart, is_from_zero=True, padding=COLUMN_PADDING)
    width, bounds = bin_width(chart), plan.domain.positions
    edges = [*bounds, _tidy(bounds[-1] + width)]
    texts = tick_texts(Scale(low=edges[0], high=edges[-1], step=width, ticks=tuple(edges)), chart.x_unit)
    domain = Domain(
        kind=DomainKind.NUMBER, points=plan.domain.points, positions=bounds, step=width,
        own_ticks=tuple(Tick(at=edge, text=text) for edge, text in zip(edges, texts, strict=True)),
    )  # fmt: skip
    return replace(plan, domain=domain)


def bins_extent(plan: Plan) -> tuple[float, float]:
    """From the first bound to the end of the last bin."""
    return plan.domain.positions[0], plan.domain.positions[-1] + plan.domain.step
