"""Charts over every member at once: maps and scatter plots, which have room for all of them."""

from collections.abc import Sequence

from charts import Chart, ChartKind, Series
from charts.places import unknown_names
from core.numbers import compact
from notebooks.ask import Ask, MetricFacts
from notebooks.kinds.chart.members import MAX_MEMBERS, Members, fetch_members
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.chart.spec import ChartCell
from notebooks.kinds.chart.words import default_title, describe_members
from notebooks.scope import Scope
from notebooks.values import as_y


def draw_scatter(cell: ChartCell, facts: Sequence[MetricFacts], ask: Ask, scope: Scope) -> ChartOutput:
    """Each member at its values of two metrics, which may have different units."""
    members = fetch_members(cell, facts, ask, scope)
    across, up = facts
    title = cell.title or default_title(facts, members.result.columns[0].label.lower())
    words = f"{title}, {members.when}: {len(members.bars):,} members, each at its {across.label} and its {up.label}."
    if members.bars:
        top = members.bars[0]
        words += (
            f" The largest by {across.label} is {top.label}: {compact(top.values[0], across.unit)}, {up.label} "
            f"{compact(top.values[1], up.unit)}."
        )
    return ChartOutput(chart=_chart(cell, facts, members, title, words), result=members.result)


def draw_map(cell: ChartCell, facts: Sequence[MetricFacts], ask: Ask, scope: Scope) -> ChartOutput:
    """Each country by its value; members that are none are named below the map."""
    members = fetch_members(cell, facts, ask, scope)
    title = cell.title or default_title(facts, members.result.columns[0].label.lower())
    points = [(bar.label, bar.values[0]) for bar in members.bars]
    words = describe_members(title, members.when, points, facts[0].unit, is_all=members.is_all)
    chart = _chart(cell, facts, members, title, words)
    unknown = unknown_names(chart)
    if unknown:
        words += (
            f" Not on the map: {', '.join(unknown[:3])}{f' and {len(unknown) - 3} more' if len(unknown) > 3 else ''}."
        )
        chart = _chart(cell, facts, members, title, words)
    return ChartOutput(chart=chart, result=members.result, is_additive=facts[0].is_additive)


def _chart(cell: ChartCell, facts: Sequence[MetricFacts], members: Members, title: str, words: str) -> Chart:
    bars = members.bars[:MAX_MEMBERS]
    names = tuple(bar.label for bar in bars)
    series = tuple(
        Series(name=fact.label, x=names, y=tuple(as_y(bar.values[index]) for bar in bars), unit=fact.unit)
        for index, fact in enumerate(facts)
    )
    return Chart(
        kind=ChartKind(cell.chart),
        title=title,
        subtitle=members.when if members.is_all else f"{members.when}; the largest {MAX_MEMBERS:,}",
        description=words,
        series=series if names else (),
        unit=facts[0].unit,
        x_label=members.result.columns[0].label,
    )
