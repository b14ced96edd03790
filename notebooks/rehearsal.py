"""Which questions cells will ask, found by running them over empty answers: nothing is read, and little is computed."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from core.errors import AppError, RefusedError
from core.result import Column, ColumnType, Result, Watermark
from metrics import MetricQuery
from metrics.period import previous
from metrics.plan import key_columns
from notebooks.ask import Ask, MetricFacts, SqlQuestion
from notebooks.cell import Cell
from notebooks.kinds.metric.spec import MetricCell
from notebooks.paged import PageAnswer, PageQuestion
from notebooks.registry import cell_kinds, kind_name
from notebooks.scope import Scope

_NO_DATA = Watermark(version=0, loaded_at=None)


def rehearse(cells: Iterable[Cell], ask: Ask, scope: Scope) -> tuple[MetricQuery, ...]:
    """The questions to the metrics layer that these cells begin with; what a cell asks for next may be missing.

    Only facts about metrics are asked of `ask`. A cell that cannot be run asks nothing here, and tells why when it is.
    """
    listening = _Listening(ask)
    for cell in cells:
        try:
            cell_kinds()[kind_name(cell)].run(cell, listening, scope)
            listening.asked += _explaining(cell, ask, scope)
        except (AppError, LookupError, ValueError):
            continue
    return tuple(dict.fromkeys(listening.asked))


def _explaining(cell: Cell, ask: Ask, scope: Scope) -> list[MetricQuery]:
    """What a tile asks only once it knows that its figure has changed."""
    from notebooks.kinds.metric.run import explaining

    if not isinstance(cell, MetricCell) or not cell.explain:
        return []
    period = scope.period_for(cell.period)
    query = explaining(ask.metric(cell.metric), cell.explain, scope.filter(cell.where))
    return [replace(query, start=one.start, end=one.end) for one in (period, previous(period))] if query else []


@dataclass(slots=True)
class _Listening:
    """Answers every question with no rows, and remembers it."""

    ask_: Ask
    asked: list[MetricQuery] = field(default_factory=list)

    def ask(self, query: MetricQuery) -> Result:
        import pyarrow as pa

        self.asked.append(query)
        names = (*key_columns(query), *query.metrics)
        columns = tuple(Column(name=name, label=name, type=ColumnType.TEXT) for name in names)
        table = pa.table({name: pa.array([], pa.string()) for name in names})
        return Result(columns=columns, table=table, watermark=_NO_DATA)

    def metric(self, name: str) -> MetricFacts:
        return self.ask_.metric(name)

    def select(self, question: SqlQuestion) -> Result:  # noqa: ARG002
        raise RefusedError("SQL is not rehearsed.")

    def page(self, question: PageQuestion) -> PageAnswer:  # noqa: ARG002
        raise RefusedError("What pages show is not rehearsed.")

    def members(self, dimension: str) -> tuple[str, ...]:  # noqa: ARG002
        raise RefusedError("Members are not rehearsed.")
