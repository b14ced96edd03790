"""What a kind of chart needs of its specification, said before anything is drawn."""

from charts.plan import finite
from charts.spec import Chart, Series
from core.errors import InvalidError


def require_single(chart: Chart) -> None:
    """Raises InvalidError where a chart of one series has several."""
    if len(chart.series) > 1:
        names = ", ".join(series.name for series in chart.series[:4])
        raise InvalidError(
            f"A {chart.kind} chart shows one series, not the {len(chart.series)} of {chart.title!r} ({names}, …); "
            "make one chart for each."
        )


def require_distinct(chart: Chart) -> None:
    """Raises InvalidError where a name stands twice in a series."""
    for series in chart.series:
        if len(set(series.x)) < len(series.x):
            twice = next(x for place, x in enumerate(series.x) if x in series.x[:place])
            raise InvalidError(
                f"A {chart.kind} chart has each name once, but {twice!r} stands twice in {series.name!r}."
            )


def known_values(series: Series) -> list[float]:
    """The values that can be drawn."""
    return [number for value in series.y if (number := finite(value)) is not None]
