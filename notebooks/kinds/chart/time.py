"""Charts over time: one line for each metric, or for each member of a dimension."""

from collections.abc import Sequence

import charts
from charts import Chart, Role, Series, X
from core.numbers import Number
from metrics import Grain
from notebooks.ask import Ask, MetricFacts
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.chart.spec import DEFAULT_LAST, ChartCell, read_event
from notebooks.kinds.chart.words import default_title, describe_marks, describe_time
from notebooks.scope import Scope
from notebooks.timeline import Timeline, fetch_timeline
from notebooks.values import as_y, member_labels, total

MAX_SERIES = 8
_ROLES = (
    Role.MAIN,
    Role.SERIES_2,
    Role.SERIES_3,
    Role.SERIES_4,
    Role.SERIES_5,
    Role.SERIES_6,
    Role.SERIES_7,
    Role.SERIES_8,
)


def draw_time(cell: ChartCell, facts: Sequence[MetricFacts], ask: Ask, scope: Scope) -> ChartOutput:
    """The chart of a cell that has a grain."""
    grain = cell.grain or Grain.MONTH
    timeline = fetch_timeline(
        ask,
        scope,
        metrics=cell.metrics,
        grain=grain,
        last=cell.last or DEFAULT_LAST[grain],
        by=cell.by[0] if cell.by else None,
        where=scope.filter(cell.where),
    )
    if timeline.is_split:
        series, left_out = _by_member(timeline, facts[0])
    else:
        series, left_out = _by_metric(timeline, facts), ""
    title = cell.title or default_title(facts, grain.value)
    running = timeline.periods[-1]
    # Today is still running although a period of one day is complete as dates go.
    is_running = not running.is_complete or grain is Grain.DAY
    unit = facts[0].unit
    events = tuple(event for text in cell.events if (event := read_event(text)) is not None)
    marks = describe_marks(cell.target, [one for one in events if one.day >= timeline.periods[0].start], unit)
    chart = Chart(
        kind=cell.chart,
        title=title,
        subtitle=left_out,
        description=describe_time(title, series, timeline.periods, unit) + marks,
        series=series if cell.target is None else (*series, _target(timeline, cell.target)),
        unit=unit,
        x_label=grain.value.capitalize(),
        grain=charts.Grain(grain.value),
        incomplete_from=running.start if is_running else None,
        incomplete_note=(f"{running.short_label}: so far" if grain is Grain.DAY else running.progress)
        if is_running
        else "",
        events=events,
    )
    is_additive = all(one.is_additive for one in facts)
    return ChartOutput(chart=chart, result=timeline.result, is_additive=is_additive)


def _target(timeline: Timeline, value: float) -> Series:
    starts: tuple[X, ...] = tuple(period.start for period in timeline.periods)
    return Series(name="Target", x=starts, y=(value,) * len(starts), role=Role.CONTEXT, is_dashed=True)


def _by_metric(timeline: Timeline, facts: Sequence[MetricFacts]) -> tuple[Series, ...]:
    lines = [(one.label, timeline.values(one)) for one in facts]
    return tuple(
        _series(label, timeline, values, _ROLES[index % len(_ROLES)]) for index, (label, values) in enumerate(lines)
    )


def _by_member(timeline: Timeline, facts: MetricFacts) -> tuple[tuple[Series, ...], str]:
    """A line for each of the largest members; the rest is added up where the metric can be, else left out by name."""
    members = timeline.members()
    labels = member_labels(members)
    lines = [(label, timeline.values(facts, member)) for label, member in zip(labels, members, strict=True)]
    lines.sort(key=lambda line: (-_size(line[1], facts), line[0]))
    if len(lines) <= MAX_SERIES:
        return _lines(timeline, lines), ""
    if not facts.is_additive:
        return _lines(timeline, lines[:MAX_SERIES]), f"{MAX_SERIES} of {len(lines)} shown"
    shown, rest = lines[: MAX_SERIES - 1], lines[MAX_SERIES - 1 :]
    others = tuple(total(values) for values in zip(*(values for _, values in rest), strict=True))
    name = "Other" if all(label != "Other" for label, _ in shown) else f"Other ({len(rest)})"
    left_out = f"{len(shown)} of {len(lines)} shown, the rest as {name}"
    return (*_lines(timeline, shown), _series(name, timeline, others, Role.CONTEXT)), left_out


def _lines(timeline: Timeline, lines: Sequence[tuple[str, tuple[Number | None, ...]]]) -> tuple[Series, ...]:
    return tuple(_series(label, timeline, values, role) for (label, values), role in zip(lines, _ROLES, strict=False))


def _series(name: str, timeline: Timeline, values: tuple[Number | None, ...], role: Role) -> Series:
    starts: tuple[X, ...] = tuple(period.start for period in timeline.periods)
    return Series(name=name, x=starts, y=tuple(as_y(value) for value in values), role=role)


def _size(values: tuple[Number | None, ...], facts: MetricFacts) -> float:
    """How large a member is: its total where the metric adds up, otherwise its last value."""
    known = [float(value) for value in values if value is not None]
    if not known:
        return float("-inf")
    return sum(known) if facts.is_additive else known[-1]
