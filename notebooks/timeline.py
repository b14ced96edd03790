"""Metrics period by period: asked for in one go, laid on a spine of periods without gaps.

A period without rows is 0 only where that is known to be true: the metric adds up, and the period lies inside the days
its data cover. Everything else that is missing is None.
"""

import datetime as dt
from dataclasses import dataclass, replace

import pyarrow as pa

from core.errors import RefusedError
from core.numbers import Number
from core.result import Column, ColumnType, Result
from metrics import Grain, MetricQuery
from metrics.period import Period, PeriodKind, period_to_date, periods_back
from notebooks.ask import Ask, MetricFacts
from notebooks.scope import Scope
from notebooks.values import as_date, as_number

MAX_SEPARATE_QUESTIONS = 60

_WHOLE = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """`result` as it was answered, its first column the first day of each period, and the spine it lies on.

    `is_split` says whether its second column is a dimension.
    """

    grain: Grain
    periods: tuple[Period, ...]
    result: Result
    is_split: bool

    def members(self) -> list[object]:
        """The different members of the dimension, in the order of the answer."""
        return list(dict.fromkeys(self.result.values(self.result.columns[1].name)))

    def values(self, facts: MetricFacts, member: object = _WHOLE) -> tuple[Number | None, ...]:
        """A metric's value in each period of the spine, of one member where the timeline is split."""
        starts = [as_date(value) for value in self.result.values(self.result.columns[0].name)]
        numbers = [as_number(value) for value in self.result.values(facts.name)]
        rows = list(zip(starts, numbers, strict=True))
        if self.is_split:
            keys = self.result.values(self.result.columns[1].name)
            rows = [row for row, key in zip(rows, keys, strict=True) if key == member]
        by_start = dict(rows)
        first, last = data_range(facts, min(starts, default=None), max(starts, default=None))
        return tuple(
            settle(by_start.get(period.start), facts, is_covered=_overlaps(period, first, last))
            for period in self.periods
        )


def fetch_timeline(
    ask: Ask,
    scope: Scope,
    *,
    metrics: tuple[str, ...],
    grain: Grain,
    last: int,
    by: str | None = None,
    where: str | None = None,
) -> Timeline:
    """The `last` periods of length `grain` up to today, the running one included; `where` has the scope's filter in it.

    The metrics layer groups by calendar quarters and years; fiscal ones that begin elsewhere are asked one by one.
    Raises RefusedError where those are too many, and where an answer has periods that are not the scope's.
    """
    running = period_to_date(PeriodKind(grain.value), scope.today, scope.fiscal_start_month, scope.week_start)
    periods = periods_back(running, last)
    dimensions = (by,) if by else ()
    query = MetricQuery(
        metrics=metrics, by=dimensions, grain=grain, start=periods[0].start, end=running.end, where=where
    )
    result = ask.ask(query) if _is_calendar(grain, scope) else _ask_one_by_one(ask, query, periods)
    _require_spine(result, periods)
    return Timeline(grain=grain, periods=periods, result=result, is_split=by is not None)


def data_range(
    facts: MetricFacts, first_seen: dt.date | None, last_seen: dt.date | None
) -> tuple[dt.date | None, dt.date | None]:
    """The days a metric's data cover: as known, otherwise as far as rows were seen."""
    return facts.data_from or first_seen, facts.data_to or last_seen


def settle(value: Number | None, facts: MetricFacts, *, is_covered: bool) -> Number | None:
    """A period's value once it is known whether the data cover it: empty is not zero, and nothing sold is zero."""
    if not value and not is_covered:
        return None
    return 0 if value is None and facts.is_additive else value


def _overlaps(period: Period, first: dt.date | None, last: dt.date | None) -> bool:
    return first is not None and last is not None and period.full_end >= first and period.start <= last


def _is_calendar(grain: Grain, scope: Scope) -> bool:
    """Whether the quarters and years of the scope begin where the calendar's do."""
    match grain:
        case Grain.QUARTER:
            return scope.fiscal_start_month % 3 == 1
        case Grain.YEAR:
            return scope.fiscal_start_month == 1
        case _:
            return True


def _require_spine(result: Result, periods: tuple[Period, ...]) -> None:
    """A row beside the spine would be lost without a word, as with a week that begins on another day."""
    starts = {period.start for period in periods}
    for value in result.values(result.columns[0].name):
        if as_date(value) not in starts:
            raise RefusedError(
                f"The answer has a period that begins on {as_date(value)}, where none of the calendar's does; "
                "the first day of the week and of the fiscal year must be the same for both."
            )


def _ask_one_by_one(ask: Ask, query: MetricQuery, periods: tuple[Period, ...]) -> Result:
    if len(periods) > MAX_SEPARATE_QUESTIONS:
        raise RefusedError(
            f"{len(periods)} fiscal periods that do not begin with the calendar's would be asked for one by one; "
            f"show at most {MAX_SEPARATE_QUESTIONS}."
        )
    answers = [ask.ask(replace(query, grain=None, start=period.start, end=period.end)) for period in periods]
    tables = [
        _with_period(_with_values(answer, query), period.start) for answer, period in zip(answers, periods, strict=True)
    ]
    column = Column(name="period", label="Period", type=ColumnType.DATE)
    return replace(
        answers[-1],
        columns=(column, *answers[-1].columns),
        table=pa.concat_tables(tables, promote_options="permissive"),
    )


def _with_values(answer: Result, query: MetricQuery) -> pa.Table:
    """The rows that say something: one total is answered even where there are no rows at all."""
    columns = [answer.values(metric) for metric in query.metrics]
    return answer.table.filter(pa.array([any(row) for row in zip(*columns, strict=True)], pa.bool_()))


def _with_period(table: pa.Table, start: dt.date) -> pa.Table:
    return table.add_column(0, pa.field("period", pa.date32()), [pa.array([start] * table.num_rows, pa.date32())])
