"""A funnel of a tenant's events: the counts, how far they can be trusted yet, and the entities behind each bar."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.errors import InvalidError
from core.names import suggestion
from core.result import Watermark
from metrics.behaviour import EventSet, FunnelResult, FunnelSpec, FunnelWalk, count_walk, walk_funnel
from metrics.behaviour.maturity import Conversion, estimate_conversion
from metrics.event_rows import EventRows
from services.behaviour import choices
from services.behaviour.event_sets import EventChoices, days_of, find_choices, read_events
from services.behaviour.questions import FunnelQuestion
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal

_MOST_FREQUENT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelAnswer:
    """A funnel. `conversion` is that from the first step to the last; `days` are those of the first step.

    `events`, `spec` and `walk` are what the entities behind a bar are found in.
    """

    question: FunnelQuestion
    choices: EventChoices
    days: tuple[dt.date | None, dt.date | None]
    result: FunnelResult
    conversion: Conversion | None
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
    window = choices.window(question.window)
    first, last = days_of(platform, principal, question.range, question.first, question.last)
    if len(question.steps) < 2:
        raise InvalidError("A funnel has at least 2 steps. Choose another event.")
    read = read_events(
        platform,
        principal,
        question.model,
        EventRows(
            entity=question.entity,
            named=question.named(last),
            by=question.by or None,
            where=question.where,
            first=first,
            last=None if last is None or window is None else last + _whole_days(window),
            has_all=question.order.value == "strict",
        ),
    )
    spec = question.spec(read.events.events)
    walk = walk_funnel(read.events, spec)
    result = count_walk(read.events, spec, walk)
    conversion = None
    if result.steps[0].count:
        conversion = estimate_conversion(
            read.events, spec, walk, step=len(spec.steps) - 1, until=max(known.until_us, _latest(read.events))
        )
    return FunnelAnswer(
        question=question,
        choices=known,
        days=(first, last),
        result=result,
        conversion=conversion,
        events=read.events,
        spec=spec,
        walk=walk,
        notes=(*read.events.dropped_notes(), *unknown_events((*question.steps, *question.excluded), known)),
        sql=read.sql,
        watermark=read.watermark,
    )


def entities_at(answer: FunnelAnswer, step: int, *, has_left: bool = False) -> list[object]:
    """The keys of the entities that got to a step (counted from 0), or of those that got there and no further."""
    levels = answer.walk.levels
    places = np.flatnonzero(levels == step + 1 if has_left else levels > step)
    return list(answer.events.entities.take(places).to_pylist())


def unknown_events(texts: Sequence[str], known: EventChoices) -> tuple[str, ...]:
    """A sentence for each event that never happened: its step counts 0, and a reader should know why."""
    named = [event for text in texts for event in choices.parse_step(text).events or ()]
    return tuple(
        f"No event is called {event!r}. {suggestion(event, known.counts)}"
        for event in dict.fromkeys(named)
        if event not in known.counts
    )


def _whole_days(window: dt.timedelta) -> dt.timedelta:
    return dt.timedelta(days=min(window.days + (window > dt.timedelta(days=window.days)), 36_500))


def _latest(events: EventSet) -> int:
    return int(events.times.max()) if events.row_count else 0
