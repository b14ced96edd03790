"""Runs a table cell."""

from dataclasses import replace

from metrics import MetricQuery
from notebooks.ask import Ask
from notebooks.kinds.table.output import TableOutput
from notebooks.kinds.table.spec import TableCell
from notebooks.scope import Scope

# Rows are counted up to here, so that a table can say "10 of 37".
MAX_COUNTED = 10_000


def run(cell: TableCell, ask: Ask, scope: Scope) -> TableOutput:
    """The first rows of the answer. Raises UserError where a metric, dimension or filter is refused."""
    period = scope.period_for(cell.period)
    query = MetricQuery(
        metrics=cell.metrics,
        by=cell.by,
        start=period.start,
        end=period.end,
        where=scope.filter(cell.where),
        order=cell.order,
        limit=MAX_COUNTED + 1,
    )
    result = ask.ask(query)
    rows = int(result.table.num_rows)
    labels = [column.label for column in result.columns if column.name in cell.metrics]
    return TableOutput(
        title=cell.title or ", ".join(labels),
        subtitle=period.label if period.is_complete else f"{period.label} to date",
        result=replace(result, table=result.table.slice(0, cell.limit)),
        total_rows=min(rows, MAX_COUNTED),
        is_total_exact=rows <= MAX_COUNTED,
    )
