"""The awkward charts of `samples`, made to fit the kinds that need a certain shape."""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

from charts import Chart, ChartKind, Series
from charts.boxes import NAMES
from charts.geography import countries
from charts.plan import finite
from charts.spec import Y
from tests.charts.samples import awkward_charts


@cache
def suited_charts(kind: ChartKind) -> Mapping[str, Chart]:
    """The awkward charts as a kind can take them, by what is awkward about them."""
    fit = _FITS.get(kind)
    return {name: chart if fit is None else fit(chart) for name, chart in awkward_charts(kind).items()}


def suited(chart: Chart) -> Chart:
    """One chart as its kind can take it."""
    fit = _FITS.get(chart.kind)
    return chart if fit is None else fit(chart)


def _one_series(chart: Chart) -> Chart:
    """The first series, with each name once."""
    names: set[object] = set()
    kept = []
    for series in chart.series[:1]:
        for x, y in zip(series.x, series.y, strict=True):
            if x not in names:
                names.add(x)
                kept.append((x, y))
    first = tuple(replace(one, x=tuple(x for x, _ in kept), y=tuple(y for _, y in kept)) for one in chart.series[:1])
    return replace(chart, series=first, between=None)


def _steps(chart: Chart) -> Chart:
    """The values as changes, closed by the total they come to where that is a number."""
    one = _one_series(chart)
    if not one.series or not one.series[0].x:
        return one
    only = one.series[0]
    total = sum(value for y in only.y if (value := finite(y)) is not None)
    return replace(
        one, series=(replace(only, x=(*only.x, "In all"), y=(*only.y, total)),), totals=(len(only.x),)
    )  # fmt: skip


def _bins(chart: Chart) -> Chart:
    """The sizes of the values as counts of bins 10 wide."""
    series = tuple(
        Series(
            name=one.name,
            x=tuple(float(10 * place) for place in range(len(one.x))),
            y=tuple(y if y is None or math.isnan(y) else abs(y) for y in one.y),
            role=one.role,
        )
        for one in chart.series[:1]
    )
    return replace(chart, series=series, bin_width=10.0, x_unit="USD", incomplete_from=None, between=None)


def _boxes(chart: Chart) -> Chart:
    """Each value as the middle of five numbers."""
    one = _one_series(chart)
    if not one.series:
        return one
    only = one.series[0]
    shifts = (-2.0, -1.0, 0.0, 1.0, 2.0)
    series = tuple(
        Series(name=name, x=only.x, y=tuple(_shifted(y, shift) for y in only.y))
        for name, shift in zip(NAMES, shifts, strict=True)
    )
    return replace(one, series=series)


def _shifted(y: Y, shift: float) -> Y:
    value = finite(y)
    # The largest and smallest floats cannot be shifted by two; a tenth of them can.
    return None if value is None else value + shift * max(1.0, abs(value) * 0.1)


def _points(chart: Chart) -> Chart:
    """The values against their places, in a unit of their own."""
    one = _one_series(chart)
    if not one.series:
        return one
    only = one.series[0]
    places = Series(name="Place", x=only.x, y=tuple(map(float, range(len(only.x)))), unit="deals")
    return replace(one, series=(places, only))


def _gauges(chart: Chart) -> Chart:
    """The values against targets of ten, the first of them without one."""
    one = _one_series(chart)
    if not one.series:
        return one
    only = one.series[0]
    targets = (None, *((10.0,) * len(only.x)))[: len(only.x)]
    return replace(one, series=(only, Series(name="Target", x=only.x, y=targets)))


def _flows(chart: Chart) -> Chart:
    """A source for each series; no name is both source and target."""
    made = []
    for one in chart.series:
        flows = {f"to {x}": y for x, y in zip(one.x, one.y, strict=True)}
        made.append(replace(one, x=tuple(flows), y=tuple(flows.values())))
    return replace(chart, series=tuple(made), between=None)


def _days(chart: Chart) -> Chart:
    """The values as those of one day after the other."""
    series = tuple(
        replace(one, x=tuple(dt.date(2025, 1, 1) + dt.timedelta(place) for place in range(len(one.x))))
        for one in chart.series[:1]
    )
    return replace(chart, series=series, incomplete_from=None, between=None)


def _countries(chart: Chart) -> Chart:
    """The first names become countries; those that remain are on no map."""
    one = _one_series(chart)
    if not one.series:
        return one
    only, codes = one.series[0], sorted(countries())
    return replace(
        one, series=(replace(only, x=(*codes, *map(str, only.x[len(codes) :]))[: len(only.x)]),), incomplete_from=None
    )  # fmt: skip


_FITS: Mapping[ChartKind, Callable[[Chart], Chart]] = {
    ChartKind.BOX: _boxes,
    ChartKind.CALENDAR: _days,
    ChartKind.GAUGE: _gauges,
    ChartKind.HISTOGRAM: _bins,
    ChartKind.MAP: _countries,
    ChartKind.SANKEY: _flows,
    ChartKind.SCATTER: _points,
    ChartKind.TREEMAP: _one_series,
    ChartKind.WATERFALL: _steps,
}
