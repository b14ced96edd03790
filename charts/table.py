"""The table view of a chart: the same values in words, for readers who cannot or do not want to look at marks."""

from typing import cast

from charts.domain import Domain, DomainKind, domain_of
from charts.plan import finite
from charts.renderers import chart_kinds
from charts.spec import Chart, X
from core.numbers import UNDEFINED, full

Table = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]

SO_FAR = " (so far)"


def as_table(chart: Chart) -> Table:
    """Headers and rows as texts: the x first, then each series; a missing value is an em dash.

    Periods still running are marked "(so far)".
    """
    own = getattr(chart_kinds()[chart.kind], "to_table", None)
    if own is not None:
        return cast(Table, own(chart))
    domain = domain_of(chart, is_category=chart.kind.is_by_name)
    heading = chart.x_label or ("Period" if domain.grain is not None else "")
    headers = (heading, *(series.name for series in chart.series))
    columns = [dict(zip(series.x, series.y, strict=True)) for series in chart.series]
    start = chart.incomplete_from
    began = domain.position(start) if start is not None and _is_known(start, domain.points, domain.kind) else None
    rows = []
    for x, position in zip(domain.points, domain.positions, strict=True):
        name = name_of(chart, domain, x) + (SO_FAR if began is not None and position >= began else "")
        cells = (
            full(finite(column[x]), chart.unit_of(series)) if x in column else UNDEFINED
            for series, column in zip(chart.series, columns, strict=True)
        )
        rows.append((name, *cells))
    return headers, tuple(rows)


def name_of(chart: Chart, domain: Domain, x: X) -> str:
    """An x in words, as the kind of chart names it."""
    own = getattr(chart_kinds()[chart.kind], "name_of", None)
    return domain.text(x) if own is None else str(own(chart, x))


def _is_known(start: X, points: tuple[X, ...], kind: DomainKind) -> bool:
    return start in points if kind is DomainKind.CATEGORY else True
