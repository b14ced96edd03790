"""What the cells of a notebook leave out, as sentences for the foot of a report."""

from collections.abc import Iterable
from itertools import chain

from metrics import Catalog, MetricQuery, write_filter
from notebooks import CellRun, ChartOutput, SqlCell, TableOutput, TileOutput
from notebooks.sql_filters import sql_filter


def filter_sentences(runs: Iterable[CellRun], catalog: Catalog | None) -> str:
    """A sentence for each filter, with the parts of the report it holds for; empty where nothing is filtered."""
    found: dict[str, list[str]] = {}
    for run in runs:
        words = sql_filter(run.cell.sql) if isinstance(run.cell, SqlCell) else _words(run, catalog)
        if words:
            found.setdefault(words, []).append(_title(run))
    return " ".join(f"{', '.join(dict.fromkeys(titles))}: only where {words}." for words, titles in found.items())


def _words(run: CellRun, catalog: Catalog | None) -> str:
    """The filter that every question of a cell had; a question with less would have counted more rows."""
    queries = [asked.query for asked in run.asked if asked.query is not None]
    if catalog is None or not queries or any(not (query.where or "").strip() for query in queries):
        return ""
    query = min(queries, key=lambda one: len(one.where or ""))
    return write_filter(query.where or "", catalog, _labels(query, catalog))


def _labels(query: MetricQuery, catalog: Catalog) -> dict[str, str]:
    dimensions = catalog.dimensions_of(query.metrics)
    return dict(chain.from_iterable(((one.qualified_name, one.label), (one.name, one.label)) for one in dimensions))


def _title(run: CellRun) -> str:
    match run.output:
        case TileOutput():
            return run.output.heading
        case TableOutput():
            return run.output.title or run.cell.name
        case ChartOutput():
            return run.output.chart.title or run.cell.name
        case _:
            return run.cell.name
