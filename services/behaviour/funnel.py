"""A funnel of a tenant's events: the counts, how far they can be trusted yet, and the entities behind each bar."""

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from core.errors import InvalidError, RefusedError
from core.names import suggestion
from core.result import Watermark
from metrics.behaviour import (
    Entry,
    EventSet,
    FunnelResult,
    FunnelSpec,
    FunnelWalk,
    compute_funnel,
    count_walk,
    walk_funnel,
)
from metrics.behaviour.against_others import Difference, compare_parts
from metrics.behaviour.funnel import NO_VALUE, free_label
from metrics.behaviour.maturity import Conversion, estimate_conversion
from metrics.behaviour.paths import count_transitions, entities_moving
from metrics.behaviour.trend import (
    StepAmount,
    StepChange,
    TrendPeriod,
    chains_by_period,
    compare_funnels,
    count_money,
    count_trend,
)
from metrics.behaviour.window import say_length
from metrics.event_rows import BY, JOINT, EventRows, NamedEvents
from services.behaviour import choices
from services.behaviour.event_sets import EventChoices, ReadEvents, days_of, find_choices, read_events
from services.behaviour.questions import Counted, FunnelQuestion, weekday, with_part
from services.permitted import permitted
from services.platform import Platform
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal
from tenants.tenant import Tenant

_MOST_FREQUENT = 3
_ENDS = "ends"
_DAY = dt.timedelta(days=1)
Days = tuple[dt.date | None, dt.date | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelAnswer:
    """A funnel. `conversion` is that from the first step to the last; `days` are those of the first step.

    Where attempts or sessions are counted it is None, and what is told of entities is that of the best of each.
    `differences` are those of the segments' shares that convert to that of all other segments together. `events`,
    `spec` and `walk` are what the entities behind a bar are found in. `trend`, `money` and `changes` are
    empty where they are not asked for or not known. `transitions` has how often a step came right after another.
    """

    question: FunnelQuestion
    choices: EventChoices
    days: Days
    result: FunnelResult
    conversion: Conversion | None
    trend: tuple[TrendPeriod, ...]
    money: tuple[StepAmount, ...]
    changes: tuple[StepChange, ...]
    differences: tuple[Difference | None, ...]
    transitions: Mapping[tuple[str, str], int]
    events: EventSet
    spec: FunnelSpec
    walk: FunnelWalk
    notes: tuple[str, ...]
    sql: str
    watermark: Watermark

    @property
    def entity_label(self) -> str:
        """Whose funnel it is."""
        return self.choices.entities[self.question.entity]

    @property
    def counted_label(self) -> str:
        """What the funnel counts."""
        counted = self.question.counted
        return self.entity_label if counted is Counted.ENTITIES else counted.capitalize()

    @property
    def of_entities(self) -> str:
        """To go on the description of a part that is of entities, where the funnel counts something else."""
        counted = self.question.counted
        return "" if counted is Counted.ENTITIES else f"; of {self.entity_label.lower()}, not of {counted}"

    @property
    def rules(self) -> str:
        """What the funnel counts other than usual, to go on a sentence; nothing where it is as usual."""
        told = ""
        if self.question.counted is Counted.SESSIONS:
            told += f", a session ending where nothing happens for longer than {say_length(self.question.gap)}"
        if self.question.entry is Entry.FIRST:
            told += f", only the first {self.result.steps[0].name} of each counting as a start"
        if self.question.has_grace:
            told += f", events within {say_length(self.question.grace)} being of one moment"
        return told


def complete_funnel(question: FunnelQuestion, known: EventChoices) -> FunnelQuestion:
    """The question with what it leaves open filled in: the model's own steps, or what happens most."""
    steps = question.steps or known.events.steps or tuple(list(known.counts)[:_MOST_FREQUENT])
    entity = question.entity or next(iter(known.entities))
    is_new = not question.steps and question.window == FunnelQuestion().window
    return replace(
        question, model=known.model.name, steps=steps, entity=entity, window="none" if is_new else question.window
    )


@permitted(Permission.METRIC_QUERY)
def answer_funnel(platform: Platform, principal: Principal, question: FunnelQuestion) -> FunnelAnswer:
    """The funnel of a question. Raises UserError where it has none."""
    known = find_choices(platform, principal, question.model)
    question = complete_funnel(question, known)
    days = days_of(compile_context(platform, principal), question.range, question.first, question.last)
    if len(question.steps) < 2:
        raise InvalidError("A funnel has at least 2 steps. Choose another event.")
    read = _read(platform, principal, question, known, days)
    events, spec = read.events, question.spec(read.events.events)
    # Who is behind a bar is always told by entities, also where attempts or sessions are counted.
    walk = walk_funnel(events, replace(spec, counts_attempts=False))
    is_of_entities = question.counted is Counted.ENTITIES
    result = count_walk(events, spec, walk) if is_of_entities else compute_funnel(events, spec)
    until = max(known.until_us, int(events.times.max()) if events.row_count else 0)
    has_entered = bool((walk.levels >= 1).any())
    ends = with_part(_ENDS, events.events) if known.events.ends else ()
    return FunnelAnswer(
        question=question,
        choices=known,
        days=days,
        result=result,
        conversion=estimate_conversion(events, spec, walk, step=len(spec.steps) - 1, until=until, ends=ends)
        if has_entered and is_of_entities
        else None,
        trend=_trend(principal.tenant, events, spec, walk, question, until),
        money=count_money(events, spec, walk),
        changes=_changes(platform, principal, question, known, days, result) if question.is_compared else (),
        differences=tuple(compare_parts([(one.steps[-1].count, one.steps[0].count) for one in result.segments])),
        transitions=_step_transitions(events, question.steps),
        events=events,
        spec=spec,
        walk=walk,
        notes=(*events.dropped_notes(), *unknown_events((*question.steps, *question.excluded), known)),
        sql=read.sql,
        watermark=read.watermark,
    )


def entities_at(answer: FunnelAnswer, step: int, *, has_left: bool = False, segment: str | None = None) -> list[object]:
    """The keys of the entities that got to a step (counted from 0), or of those that got there and no further.

    With `segment` those of one value of the split.
    """
    levels = answer.walk.levels
    is_chosen = levels == step + 1 if has_left else levels > step
    if segment is not None:
        is_chosen &= _are_of(answer, segment)
    return _keys(answer, np.flatnonzero(is_chosen))


def entities_begun(answer: FunnelAnswer, begins: dt.date, tenant: Tenant, *, has_left: bool = False) -> list[object]:
    """The keys of the entities that began in a period of the trend and converted, or of those that did not."""
    period = answer.question.trend
    begun = None
    if period is not None:
        begun = chains_by_period(
            answer.events, answer.walk, period, zone=ZoneInfo(tenant.zone), week_start=weekday(tenant.week_start)
        )
    if begun is None or begins not in begun[0].days:
        return []
    edges, entered, places = begun
    has_converted = answer.walk.levels[entered] == len(answer.spec.steps)
    return _keys(answer, entered[(places == edges.days.index(begins)) & (has_converted != has_left)])


def entities_moved(answer: FunnelAnswer, source: str, target: str) -> list[object]:
    """The keys of the entities for which a step came right after another, by the names of the steps."""
    steps = answer.question.steps
    pairs = [
        (one, other)
        for one, other in itertools.product(answer.events.events, repeat=2)
        if (_step_of(one, steps), _step_of(other, steps)) == (source, target)
    ]
    return _keys(answer, entities_moving(answer.events, pairs))


def _are_of(answer: FunnelAnswer, segment: str) -> npt.NDArray[np.bool_]:
    """Which entities have a value of the split, as the funnel takes it: that of the first step of the chain."""
    column = answer.events.properties[BY]
    codes = column.by_entity if column.by_entity is not None else column.codes[answer.walk.anchors]
    named = [*column.labels, free_label(NO_VALUE, column.labels)]
    places = {label: place for place, label in enumerate(named)}
    places[named[-1]] = -1
    if segment in places:
        wanted = [places[segment]]
    elif segment in {one.label for one in answer.result.segments}:
        # The segment of all values that are not shown by themselves.
        shown = {places[one.label] for one in answer.result.segments if one.label in places}
        wanted = [place for place in places.values() if place not in shown]
    else:
        wanted = []
    return np.isin(codes, wanted)


def _keys(answer: FunnelAnswer, places: npt.NDArray[np.int64]) -> list[object]:
    return list(answer.events.entities.take(places).to_pylist())


def unknown_events(texts: Sequence[str], known: EventChoices) -> tuple[str, ...]:
    """A sentence for each event that never happened: its step counts 0, and a reader should know why."""
    named = [event for text in texts for event in choices.parse_step(text).events or ()]
    return tuple(
        f"No event is called {event!r}. {suggestion(event, known.counts)}"
        for event in dict.fromkeys(named)
        if event not in known.counts
    )


def _read(
    platform: Platform, principal: Principal, question: FunnelQuestion, known: EventChoices, days: Days
) -> ReadEvents:
    """The events of a funnel whose first step lies in these days; later steps may come a window after them."""
    first, last = days
    window = choices.window(question.window)
    ends = (NamedEvents(name=_ENDS, events=known.events.ends),) if known.events.ends else ()
    asked = EventRows(
        entity=question.entity,
        named=(*question.named(last), *ends),
        by=question.by or None,
        held=question.held,
        where=question.where,
        first=first,
        last=None if last is None or window is None else last + _whole_days(window),
        has_all=question.reads_all,
        has_value=known.events.value is not None,
    )
    return read_events(platform, principal, question.model, asked)


def _trend(
    tenant: Tenant, events: EventSet, spec: FunnelSpec, walk: FunnelWalk, question: FunnelQuestion, until: int
) -> tuple[TrendPeriod, ...]:
    if question.trend is None:
        return ()
    week_start = weekday(tenant.week_start)
    return count_trend(
        events, spec, walk, question.trend, until=until, zone=ZoneInfo(tenant.zone), week_start=week_start
    )


def _changes(
    platform: Platform, principal: Principal, question: FunnelQuestion, known: EventChoices, days: Days,
    now: FunnelResult,
) -> tuple[StepChange, ...]:  # fmt: skip
    """The funnel against that of as many days before."""
    first, last = days
    if first is None or last is None:
        raise RefusedError("Choose a range with a first and a last day to compare it with the one before.")
    length = last - first + _DAY
    read = _read(platform, principal, question, known, (first - length, first - _DAY))
    return compare_funnels(now, compute_funnel(read.events, question.spec(read.events.events)))


def _step_transitions(events: EventSet, steps: Sequence[str]) -> dict[tuple[str, str], int]:
    """How often a step came right after another, among the events of the funnel; those of two steps are the first."""
    found: dict[tuple[str, str], int] = {}
    for pair, count in count_transitions(events).items():
        source, target = (_step_of(label, steps) for label in pair)
        if source is not None and target is not None:
            found[source, target] = found.get((source, target), 0) + count
    return found


def _step_of(label: str, steps: Sequence[str]) -> str | None:
    """The name of the step that events of a joint name serve first; None for what is none."""
    number = next((part for part in label.split(JOINT) if part.isdigit()), None)
    return None if number is None else steps[int(number) - 1]


def _whole_days(window: dt.timedelta) -> dt.timedelta:
    return dt.timedelta(days=min(window.days + (window > dt.timedelta(days=window.days)), 36_500))
