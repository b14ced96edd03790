"""Sankey charts of a chart cell: how much of a metric lies between the members of two dimensions."""

from collections import defaultdict
from collections.abc import Sequence

from charts import Chart, Series
from core.numbers import Number, compact
from core.result import Result
from metrics import MetricQuery
from metrics.period import PeriodKind
from notebooks.ask import Ask, MetricFacts
from notebooks.kinds.chart.members import MAX_MEMBERS
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.chart.spec import ChartCell
from notebooks.scope import Scope
from notebooks.values import as_number, as_y, member_labels, total

OTHER = "Other"


def draw_sankey(cell: ChartCell, facts: Sequence[MetricFacts], ask: Ask, scope: Scope) -> ChartOutput:
    """The largest members of both dimensions, the rest of each added up as Other."""
    period = scope.period_for(cell.period or PeriodKind.QUARTER)
    fact = facts[0]
    result = ask.ask(
        MetricQuery(
            metrics=cell.metrics, by=cell.by, start=period.start, end=period.end, where=scope.filter(cell.where),
            order=(f"-{fact.name}",), limit=MAX_MEMBERS + 1,
        )
    )  # fmt: skip
    flows = _flows(result, fact, cell.limit)
    sources, targets = result.columns[0].label, result.columns[1].label
    when = period.label if period.is_complete else f"{period.label} to date"
    is_all = int(result.table.num_rows) <= MAX_MEMBERS
    title = cell.title or f"{fact.label} from {sources.lower()} to {targets.lower()}"
    largest = max(flows.items(), key=lambda flow: flow[1], default=None)
    told = "no data" if largest is None else f"most from {' to '.join(largest[0])}, {compact(largest[1], fact.unit)}"
    names = list(dict.fromkeys(source for source, _ in flows))
    # A member of both dimensions would be one node, and its flow a circle.
    both = set(names) & {target for _, target in flows}
    series = tuple(
        Series(
            name=source,
            x=tuple(f"{target} ({targets})" if target in both else target for one, target in flows if one == source),
            y=tuple(as_y(value) for (one, _), value in flows.items() if one == source),
        )
        for source in names
    )
    chart = Chart(
        kind=cell.chart, title=title, subtitle=when if is_all else f"{when}; the largest {MAX_MEMBERS:,} pairs",
        description=f"{title}, {when}: {told}.", series=series, unit=fact.unit, x_label=targets,
    )  # fmt: skip
    return ChartOutput(chart=chart, result=result, is_additive=fact.is_additive)


def _flows(result: Result, fact: MetricFacts, limit: int) -> dict[tuple[str, str], Number]:
    """The amounts by names, those of small members under Other."""
    sides = [member_labels(list(result.values(column.name))) for column in result.columns[:2]]
    values = [as_number(value) for value in result.values(fact.name)]
    rows = [(source, target, value) for source, target, value in zip(*sides, values, strict=True) if value is not None]
    kept = [_largest(rows, side, limit) for side in (0, 1)]
    summed: dict[tuple[str, str], list[Number]] = defaultdict(list)
    for source, target, value in rows:
        names = (source if source in kept[0] else OTHER, target if target in kept[1] else OTHER)
        summed[names].append(value)
    added = {names: total(parts) for names, parts in summed.items()}
    return {names: value for names, value in added.items() if value is not None}


def _largest(rows: Sequence[tuple[str, str, Number]], side: int, limit: int) -> set[str]:
    """The names of one side that are shown: all where they are few, else the largest and room for the rest."""
    sizes: dict[str, float] = defaultdict(float)
    for source, target, value in rows:
        sizes[target if side else source] += float(value)
    ranked = sorted(sizes, key=lambda name: (-sizes[name], name))
    return set(ranked if len(ranked) <= limit else ranked[: max(1, limit - 1)])
