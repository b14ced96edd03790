"""The awkward charts of `samples`, made to fit the kinds that need a certain shape."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from charts import Chart, ChartKind, Series
from charts.plan import finite
from tests.charts.samples import awkward_charts


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
    series = tuple(replace(one, x=tuple(x for x, _ in kept), y=tuple(y for _, y in kept)) for one in chart.series[:1])
    return replace(chart, series=series, between=None)


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


_FITS: Mapping[ChartKind, Callable[[Chart], Chart]] = {
    ChartKind.HISTOGRAM: _bins,
    ChartKind.WATERFALL: _steps,
}
