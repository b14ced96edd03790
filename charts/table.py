"""The table view of a chart: the same values in words, for readers who cannot or do not want to look at marks."""

from charts.domain import DomainKind, domain_of
from charts.plan import finite
from charts.spec import Chart, ChartKind, X
from core.numbers import UNDEFINED, full

SO_FAR = " (so far)"


def as_table(chart: Chart) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headers and rows as texts: the x first, then each series; a missing value is an em dash.

    Periods still running are marked "(so far)".
    """
    domain = domain_of(chart, is_category=chart.kind is ChartKind.BAR)
    heading = chart.x_label or ("Period" if domain.grain is not None else "")
    headers = (heading, *(series.name for series in chart.series))
    columns = [dict(zip(series.x, series.y, strict=True)) for series in chart.series]
    start = chart.incomplete_from
    began = domain.position(start) if start is not None and _is_known(start, domain.points, domain.kind) else None
    rows = []
    for x, position in zip(domain.points, domain.positions, strict=True):
        name = domain.text(x) + (SO_FAR if began is not None and position >= began else "")
        cells = (full(finite(column[x]), chart.unit) if x in column else UNDEFINED for column in columns)
        rows.append((name, *cells))
    return headers, tuple(rows)


def _is_known(start: X, points: tuple[X, ...], kind: DomainKind) -> bool:
    return start in points if kind is DomainKind.CATEGORY else True
