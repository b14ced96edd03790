"""Charts of more points than can be seen: drawn from fewer that look the same, and saying so."""

import datetime as dt
from dataclasses import replace

from charts.periods import day_number
from charts.plan import finite
from charts.spec import Chart, ChartKind, Series, X

# Several times as many as a wide screen has columns of pixels.
MOST_POINTS = 20_000
_LINES = frozenset({ChartKind.LINE, ChartKind.AREA, ChartKind.SPARKLINE})
# These have limits of their own, and say them.
_OWN = frozenset({ChartKind.TREEMAP, ChartKind.SANKEY, ChartKind.CALENDAR, ChartKind.MAP})


def thin(chart: Chart) -> tuple[Chart, str]:
    """The chart with at most `MOST_POINTS` in each series, and what was done in words; empty where it is as it was.

    A line keeps of each stretch its first, lowest, highest and last value, which draws the same pixels (M4; Jugel,
    Jerzak, Hackenbroich and Markl 2014). A scatter plot keeps every so many of its points, others the first ones.
    """
    longest = max((len(series.x) for series in chart.series), default=0)
    if longest <= MOST_POINTS or chart.kind in _OWN:
        return chart, ""
    if chart.kind in _LINES and _runs_on(chart):
        count = MOST_POINTS // 4
        series = tuple(_stretches(one, count) for one in chart.series)
        words = f"{longest:,} points, of which the first, lowest, highest and last of each {-(-longest // count):,}"
    elif chart.kind is ChartKind.SCATTER:
        step = -(-longest // MOST_POINTS)
        series = tuple(replace(one, x=one.x[::step], y=one.y[::step]) for one in chart.series)
        words = f"every {step:,}th of {longest:,} points"
    else:
        series = tuple(replace(one, x=one.x[:MOST_POINTS], y=one.y[:MOST_POINTS]) for one in chart.series)
        words = f"the first {MOST_POINTS:,} of {longest:,}"
    kept = tuple(place for place in chart.totals if place < MOST_POINTS)
    return replace(chart, series=series, totals=kept), words


def _runs_on(chart: Chart) -> bool:
    """Whether every x is a number, or every one a moment, so that they have an order."""
    types = {type(x) for series in chart.series for x in series.x}
    return all(issubclass(one, dt.date) for one in types) or all(issubclass(one, int | float) for one in types)


def _number(x: X) -> float:
    return day_number(x) if isinstance(x, dt.date) else float(x)


def _stretches(series: Series, count: int) -> Series:
    """At most four points of each of `count` stretches of a series, in the order of its x."""
    length = len(series.x)
    if length <= 4 * count:
        return series
    at = [_number(x) for x in series.x]
    order = sorted(range(length), key=at.__getitem__)
    kept: list[int] = []
    for stretch in range(count):
        places = order[stretch * length // count : (stretch + 1) * length // count]
        known = [place for place in places if finite(series.y[place]) is not None]
        if not known:
            # A stretch without values stays a gap.
            kept.append(places[0])
            continue
        low = min(known, key=lambda place: finite(series.y[place]) or 0.0)
        high = max(known, key=lambda place: finite(series.y[place]) or 0.0)
        chosen = {known[0], low, high, known[-1]}
        kept += [place for place in places if place in chosen]
    return replace(series, x=tuple(series.x[place] for place in kept), y=tuple(series.y[place] for place in kept))
