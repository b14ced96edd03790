"""Paths of a tenant's entities: what they do after an event, before it, or between two."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.errors import InvalidError
from core.result import Watermark
from metrics.behaviour import EventSet
from metrics.behaviour.paths import (
    Flow,
    FlowSpec,
    Side,
    count_transitions,
    entities_moving,
    entities_through,
    find_flows,
)
from metrics.event_rows import EventRows
from services.behaviour import choices
from services.behaviour.choices import Params, filled
from services.behaviour.event_sets import EventChoices, days_of, find_choices, read_events
from services.behaviour.funnel import unknown_events
from services.permitted import permitted
from services.platform import Platform
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal

MOST_DEPTH = 8
DEFAULT_RANGE = "last 90 days"
ALL_TIME = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathQuestion:
    """Flows from `anchor`, up to `until` where it is given. `least` is the least share shown, in per cent.

    `groups` are written as `name = a | b`. Only events of the range are looked at; `all` is every one.
    """

    model: str = ""
    entity: str = ""
    anchor: str = ""
    side: Side = Side.AFTER
    until: str = ""
    depth: int = 4
    least: int = 3
    keeps_repeats: bool = False
    groups: tuple[str, ...] = ()
    range: str = DEFAULT_RANGE
    first: dt.date | None = None
    last: dt.date | None = None
    where: str = ""

    def to_params(self) -> dict[str, list[str]]:
        """The choices for a URL; what is at its default is left out."""
        plain = PathQuestion()
        found = {
            "model": [self.model], "entity": [self.entity], "anchor": [self.anchor],
            "side": [str(self.side)] if self.side is not plain.side else [], "until": [self.until],
            "depth": [str(self.depth)] if self.depth != plain.depth else [],
            "least": [str(self.least)] if self.least != plain.least else [],
            "repeats": ["yes"] if self.keeps_repeats else [], "group": list(self.groups),
            "range": [self.range] if self.range != plain.range else [],
            "from": [choices.day_text(self.first)], "to": [choices.day_text(self.last)], "where": [self.where],
        }  # fmt: skip
        return filled(found)

    def spec(self) -> FlowSpec:
        """What is computed. Raises InvalidError."""
        groups: dict[str, str] = {}
        for written in self.groups:
            name, sign, events = written.partition("=")
            if not sign or not name.strip():
                raise InvalidError(f"{written!r} is no group; write it as `name = event | event`.")
            groups |= {event.strip(): name.strip() for event in events.split("|")}
        return FlowSpec(
            anchor=groups.get(self.anchor, self.anchor),
            side=self.side,
            until=groups.get(self.until, self.until) or None,
            depth=self.depth,
            least_share=self.least / 100,
            groups=groups,
            is_collapsed=not self.keeps_repeats,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PathAnswer:
    """Flows of `followed` entities, and how often each event came right after another."""

    question: PathQuestion
    choices: EventChoices
    flows: tuple[Flow, ...]
    followed: int
    transitions: Mapping[tuple[str, str], int]
    events: EventSet
    spec: FlowSpec
    notes: tuple[str, ...]
    sql: str
    watermark: Watermark

    @property
    def entity_label(self) -> str:
        """Whose paths they are."""
        return self.choices.entities[self.question.entity]


def parse_paths(params: Params) -> PathQuestion:
    """The paths of a URL. Raises InvalidError for what no choice is."""
    first, last = choices.day(params, "from"), choices.day(params, "to")
    return PathQuestion(
        model=choices.last(params, "model"),
        entity=choices.last(params, "entity"),
        anchor=choices.last(params, "anchor"),
        side=choices.choice(params, "side", Side, Side.AFTER),
        until=choices.last(params, "until"),
        depth=choices.whole(params, "depth", 4, high=MOST_DEPTH),
        least=choices.whole(params, "least", 3, high=50),
        keeps_repeats=choices.last(params, "repeats") == "yes",
        groups=choices.several(params, "group"),
        range=choices.last(params, "range", "" if first or last else DEFAULT_RANGE),
        first=first,
        last=last,
        where=choices.last(params, "where"),
    )


@permitted(Permission.METRIC_QUERY)
def answer_paths(platform: Platform, principal: Principal, question: PathQuestion) -> PathAnswer:
    """The paths of a question. Raises UserError where it has none."""
    known = find_choices(platform, principal, question.model, is_for_cohorts=True)
    anchor = question.anchor or next(iter(known.events.start), "") or next(iter(known.counts), "")
    entity = question.entity or next(iter(known.entities))
    question = replace(question, model=known.model.name, anchor=anchor, entity=entity)
    spec = question.spec()
    words = "" if question.range == ALL_TIME else question.range
    first, last = days_of(compile_context(platform, principal), words, question.first, question.last)
    asked = EventRows(entity=entity, where=question.where, first=first, last=last)
    read = read_events(platform, principal, known.model.name, asked)
    flows = find_flows(read.events, spec)
    named = [name for name in (question.anchor, question.until) if name and name not in spec.groups.values()]
    return PathAnswer(
        question=question,
        choices=known,
        flows=flows,
        followed=sum(flow.count for flow in flows if flow.step == 0),
        transitions=count_transitions(read.events),
        events=read.events,
        spec=spec,
        notes=(*read.events.dropped_notes(), *unknown_events(named, known)),
        sql=read.sql,
        watermark=read.watermark,
    )


def entities_on(answer: PathAnswer, step: int, name: str) -> list[object]:
    """The keys of the entities that come to an event at a step of their path."""
    places = np.array(entities_through(answer.events, answer.spec, step, name), np.int64)
    return list(answer.events.entities.take(places).to_pylist())


def entities_between(answer: PathAnswer, source: str, target: str) -> list[object]:
    """The keys of the entities for which an event came right after another, as the transitions count them."""
    places = entities_moving(answer.events, [(source, target)])
    return list(answer.events.entities.take(places).to_pylist())
