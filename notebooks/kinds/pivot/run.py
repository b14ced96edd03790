"""Runs a pivot cell. Every subtotal and total is a question of its own: what is no plain sum has no other total."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from core.errors import RefusedError
from core.numbers import Number
from core.result import Column, ColumnType, Result
from metrics import MetricQuery
from notebooks.ask import Ask
from notebooks.kinds.pivot.spec import PivotCell
from notebooks.kinds.table.output import TableOutput
from notebooks.scope import Scope
from notebooks.values import as_number, member_labels

MAX_CELLS = 50_000
MAX_COLUMNS = 30
_TOTAL = "Total"

Key = tuple[object, ...]
Values = Mapping[Key, Number | None]


class _Answers:
    """What a pivot asked, each answer by its key."""

    def __init__(self, cell: PivotCell, ask: Ask, query: MetricQuery) -> None:
        self._cell, self._ask, self._query = cell, ask, query
        self.first: Result | None = None

    def by(self, *dimensions: str) -> Values:
        """The metric by these dimensions. Raises RefusedError where there are too many members."""
        result = self._ask.ask(replace(self._query, by=dimensions, limit=MAX_CELLS + 1 if dimensions else None))
        self.first = self.first or result
        if result.table.num_rows > MAX_CELLS:
            raise RefusedError(f"This pivot has more than {MAX_CELLS:,} cells. Take dimensions with fewer members.")
        keys = zip(*(result.values(name) for name in dimensions), strict=True) if dimensions else [()]
        values = [as_number(value) for value in result.values(self._cell.metric)]
        return dict(zip(keys, values, strict=False))


def run(cell: PivotCell, ask: Ask, scope: Scope) -> TableOutput:
    """The rows with their subtotals. Raises UserError where a metric, dimension or filter is refused."""
    period = scope.period_for(cell.period)
    facts = ask.metric(cell.metric)
    query = MetricQuery(metrics=(cell.metric,), start=period.start, end=period.end, where=scope.filter(cell.where))
    answers = _Answers(cell, ask, query)
    cells, rows = answers.by(*cell.rows, cell.columns), answers.by(*cell.rows)
    across, whole = answers.by(cell.columns), answers.by()
    if len(cell.rows) > 1:
        cells = {**cells, **answers.by(cell.rows[0], cell.columns)}
        rows = {**rows, **answers.by(cell.rows[0])}
    answer = answers.first
    if answer is None:
        raise RefusedError("The pivot was not answered.")
    members = _largest(across)[:MAX_COLUMNS]
    ordered = list(_ordered(rows, len(cell.rows)))
    shown = ordered[: cell.limit]
    columns = _columns(cell, answer, [member for (member,) in members])
    names = [_names([key[place] for key in rows if len(key) > place]) for place in range(len(cell.rows))]
    body = [(*_labels(key, names), *_values(cells, rows, key, members)) for key in shown]
    foot = [*_values(across, whole, (), members)]
    left_out = f"; {len(members)} of {len(across)} columns" if len(members) < len(across) else ""
    return TableOutput(
        title=cell.title or facts.label,
        subtitle=(period.label if period.is_complete else f"{period.label} to date") + left_out,
        result=_result(answer, columns, body),
        parts=_result(answer, (), []),
        totals=_result(answer, columns[len(cell.rows) :], [tuple(foot)]) if len(shown) > 1 else None,
        additive=frozenset(),
        quotients={},
        total_rows=len(ordered),
        subtotals=frozenset(place for place, key in enumerate(shown) if len(key) < len(cell.rows)),
    )


def _ordered(rows: Values, depth: int) -> Iterator[Key]:
    """The keys of the rows, the largest first; with two dimensions down each group stands above its subtotal."""
    if depth == 1:
        yield from _largest(rows)
        return
    groups: dict[object, dict[Key, Number | None]] = defaultdict(dict)
    for key, value in rows.items():
        if len(key) == depth:
            groups[key[0]][key] = value
    for group in _largest({key: value for key, value in rows.items() if len(key) == 1}):
        yield from _largest(groups[group[0]])
        yield group


def _largest(values: Values) -> list[Key]:
    return sorted(values, key=lambda key: (values[key] is None, -float(values[key] or 0), str(key)))


def _values(cells: Values, rows: Values, key: Key, members: Sequence[Key]) -> Iterator[Number | None]:
    """What stands in a row: its cells, then its total."""
    yield from (cells.get((*key, *member)) for member in members)
    yield rows.get(key)


def _labels(key: Key, names: Sequence[Mapping[object, str]]) -> tuple[str, ...]:
    """The members of a row; a subtotal has none of the second dimension."""
    known = [named[member] for named, member in zip(names, key, strict=False)]
    return (*known, *[_TOTAL] * (len(names) - len(known)))


def _names(members: Sequence[object]) -> Mapping[object, str]:
    found = list(dict.fromkeys(members))
    return dict(zip(found, member_labels(found), strict=True))


def _columns(cell: PivotCell, answer: Result, members: Sequence[object]) -> tuple[Column, ...]:
    """The columns: dimensions down, a column for each member across, and their total."""
    down = [replace(answer.column(name), type=ColumnType.TEXT) for name in cell.rows]
    metric = replace(answer.column(cell.metric), is_metric=True)
    labels = member_labels(members)
    total = _TOTAL if _TOTAL not in labels else "Total of all"
    across = [replace(metric, name=f"column_{place}", label=label) for place, label in enumerate([*labels, total])]
    return (*down, *across)


def _result(answer: Result, columns: Sequence[Column], rows: Sequence[Key]) -> Result:
    import pyarrow as pa

    lists = list(zip(*rows, strict=True)) or [()] * len(columns)
    table = pa.table({column.name: pa.array(values) for column, values in zip(columns, lists, strict=True)})
    return replace(answer, columns=tuple(columns), table=table)
