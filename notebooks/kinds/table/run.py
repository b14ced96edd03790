"""Runs a table cell."""

from dataclasses import replace

from core.result import Quotient, Result
from metrics import MetricQuery
from notebooks.ask import Ask, MetricFacts
from notebooks.kinds.table.output import TableOutput
from notebooks.kinds.table.spec import TableCell
from notebooks.scope import Scope

# Rows are counted up to here, so that a table can say "10 of 37".
MAX_COUNTED = 10_000


def run(cell: TableCell, ask: Ask, scope: Scope) -> TableOutput:
    """The first rows of the answer. Raises UserError where a metric, dimension or filter is refused."""
    period = scope.period_for(cell.period)
    facts = [ask.metric(name) for name in cell.metrics]
    quotients = {one.name: quotient for one in facts if (quotient := _quotient(one)) is not None}
    inputs = [name for quotient in quotients.values() for name in (quotient.numerator, quotient.denominator)]
    parts = tuple(dict.fromkeys(name for name in inputs if name not in cell.metrics))
    facts += [ask.metric(name) for name in parts]
    query = MetricQuery(
        metrics=cell.metrics + parts,
        by=cell.by,
        start=period.start,
        end=period.end,
        where=scope.filter(cell.where),
        order=cell.order,
        limit=MAX_COUNTED + 1,
    )
    answer = ask.ask(query)
    rows = int(answer.table.num_rows)
    shown = replace(answer, table=answer.table.slice(0, cell.limit))
    labels = [column.label for column in answer.columns if column.name in cell.metrics]
    return TableOutput(
        title=cell.title or ", ".join(labels),
        subtitle=period.label if period.is_complete else f"{period.label} to date",
        result=_select(shown, cell.by + cell.metrics),
        parts=_select(shown, parts),
        # A total is asked for as such: what is no plain sum has no other total.
        totals=ask.ask(replace(query, by=(), order=(), limit=None)) if cell.by and rows > 1 else None,
        additive=frozenset(one.name for one in facts if one.is_additive),
        quotients=quotients,
        total_rows=min(rows, MAX_COUNTED),
        is_total_exact=rows <= MAX_COUNTED,
        answer=_select(answer, cell.by + cell.metrics),
        heat=frozenset(cell.heat),
    )


def _quotient(facts: MetricFacts) -> Quotient | None:
    if facts.numerator is None or facts.denominator is None:
        return None
    return Quotient(numerator=facts.numerator, denominator=facts.denominator)


def _select(result: Result, names: tuple[str, ...]) -> Result:
    columns = tuple(result.column(name) for name in names)
    return replace(result, columns=columns, table=result.table.select(list(names)))
