"""Charts over the members of a dimension: the largest first, the rest added up only where that is right."""

from collections.abc import Sequence
from dataclasses import dataclass

from charts import Chart, Role, Series
from core.numbers import Number
from core.result import Result
from metrics import MetricQuery
from metrics.period import PeriodKind
from notebooks.ask import Ask, MetricFacts
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.chart.spec import ChartCell
from notebooks.kinds.chart.words import default_title, describe_members
from notebooks.scope import Scope
from notebooks.values import as_number, as_y, member_labels, total

MAX_MEMBERS = 2_000

_ROLES = (Role.MAIN, Role.SERIES_2, Role.SERIES_3, Role.SERIES_4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A member and its value of each metric."""

    label: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The members asked for, the largest first; `is_all` says that there are no more. `when` is the period in words."""

    result: Result
    bars: list[Bar]
    is_all: bool
    when: str


def fetch_members(cell: ChartCell, facts: Sequence[MetricFacts], ask: Ask, scope: Scope) -> Members:
    """The members of a cell's dimension in its period."""
    period = scope.period_for(cell.period or PeriodKind.QUARTER)
    when = period.label if period.is_complete else f"{period.label} to date"
    query = MetricQuery(
        metrics=cell.metrics,
        by=cell.by,
        start=period.start,
        end=period.end,
        where=scope.filter(cell.where),
        order=(f"-{cell.metrics[0]}",),
        limit=MAX_MEMBERS + 1,
    )
    result = ask.ask(query)
    bars = _bars(result, facts)
    bars.sort(key=lambda bar: (bar.values[0] is None, -float(bar.values[0] or 0), bar.label))
    is_all = len(bars) <= MAX_MEMBERS
    return Members(result=result, bars=bars, is_all=is_all, when=when)


def draw_members(cell: ChartCell, facts: Sequence[MetricFacts], ask: Ask, scope: Scope) -> ChartOutput:
    """The chart of a cell that has no grain."""
    members = fetch_members(cell, facts, ask, scope)
    result, bars, is_all, when = members.result, members.bars, members.is_all, members.when
    shown, left_out = shorten_bars(bars, facts, cell.limit, is_all=is_all)
    title = cell.title or default_title(facts, result.columns[0].label.lower())
    series = tuple(
        Series(
            name=one.label,
            x=tuple(bar.label for bar in shown),
            y=tuple(as_y(bar.values[index]) for bar in shown),
            role=_ROLES[index % len(_ROLES)],
        )
        for index, one in enumerate(facts)
    )
    chart = Chart(
        kind=cell.chart,
        title=title,
        subtitle=f"{when}; {left_out}" if left_out else when,
        description=describe_members(
            title, when, [(bar.label, bar.values[0]) for bar in bars], facts[0].unit, is_all=is_all
        ),
        series=series,
        unit=facts[0].unit,
        x_label=result.columns[0].label,
    )
    is_additive = all(one.is_additive for one in facts)
    return ChartOutput(chart=chart, result=result, is_additive=is_additive)


def _bars(result: Result, facts: Sequence[MetricFacts]) -> list[Bar]:
    labels = member_labels(result.values(result.columns[0].name))
    columns = [[as_number(value) for value in result.values(one.name)] for one in facts]
    return [Bar(label=label, values=values) for label, values in zip(labels, zip(*columns, strict=True), strict=True)]


def shorten_bars(bars: list[Bar], facts: Sequence[MetricFacts], limit: int, *, is_all: bool) -> tuple[list[Bar], str]:
    """At most `limit` bars, and what is left out in words."""
    if len(bars) <= limit:
        return bars, ""
    count = f"{len(bars):,}" if is_all else f"more than {MAX_MEMBERS:,}"
    if limit < 2 or not is_all or not all(one.is_additive for one in facts):
        return bars[:limit], f"{limit} of {count} shown"
    shown, rest = bars[: limit - 1], bars[limit - 1 :]
    name = "Other" if all(bar.label != "Other" for bar in shown) else f"Other ({len(rest)})"
    others = Bar(label=name, values=tuple(total([bar.values[index] for bar in rest]) for index in range(len(facts))))
    return [*shown, others], f"{limit - 1} of {count} shown, the rest as {name}"
