"""Flows from an anchor event: which events follow it, or came before it, step by step."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import InvalidError
from metrics.behaviour.event_set import EventSet

OTHER = "(other)"
ENDED = "(end)"
MOST_DEPTH = 20


class Side(StrEnum):
    """Whether events after the anchor are followed, or those before it are traced back."""

    AFTER = "after"
    BEFORE = "before"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowSpec:
    """Flows of up to `depth` steps from each entity's first (after) or last (before) anchor event.

    `groups` gives events one name together. Repeats of an event in a row are one step when `is_collapsed`. Flows with
    less than `least_share` of all entities with an anchor are shown as "(other)". `until` ends a flow at an event.
    """

    anchor: str
    side: Side = Side.AFTER
    until: str | None = None
    depth: int = 5
    least_share: float = 0.0
    groups: Mapping[str, str] = field(default_factory=dict)
    is_collapsed: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.depth <= MOST_DEPTH:
            raise InvalidError(f"A flow has 1 to {MOST_DEPTH} steps; {self.depth} were asked for.")
        if not 0 <= self.least_share < 1:
            raise InvalidError(f"The least share lies between 0 and 1; {self.least_share} came.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How many entities went from one event to another between step `step` and the next; step 0 is the anchor."""

    step: int
    source: str
    target: str
    count: int


def find_flows(events: EventSet, spec: FlowSpec) -> tuple[Flow, ...]:
    """The flows, in order of step and then of size. Each entity walks once, and those whose log ends come to "(end)".

    With `until`, only entities that get to that event within the depth are followed.
    """
    walks = Counter(_shown_walks(events, spec).values())
    counts: dict[tuple[int, str, str], int] = defaultdict(int)
    for names, count in walks.items():
        for step in range(len(names) - 1):
            counts[step, names[step], names[step + 1]] += count
    ranked = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0]))
    return tuple(Flow(step=step, source=one, target=other, count=count) for (step, one, other), count in ranked)


def entities_through(events: EventSet, spec: FlowSpec, step: int, name: str) -> list[int]:
    """The numbers of the entities that come to an event, as it is shown, at a step of their flow."""
    walks = _shown_walks(events, spec)
    return [entity for entity, walk in walks.items() if step < len(walk) and walk[step] == name]


def _shown_walks(events: EventSet, spec: FlowSpec) -> dict[int, tuple[str, ...]]:
    """The walk of each entity that has one, with what is too rare at its step as one of the others."""
    walks = {entity: walk for entity in range(events.entity_count) if (walk := _walk(events, spec, entity))}
    least = spec.least_share * len(walks)
    reached = Counter((step, name) for walk in walks.values() for step, name in enumerate(walk))
    # The anchor is always shown.
    return {
        entity: tuple(name if step == 0 or reached[step, name] >= least else OTHER for step, name in enumerate(walk))
        for entity, walk in walks.items()
    }


def _walk(events: EventSet, spec: FlowSpec, entity: int) -> tuple[str, ...]:
    """The events from the anchor on, the end of the log included; empty without an anchor (or the end asked for)."""
    names = [
        spec.groups.get(events.events[code], events.events[code])
        for code in events.codes[events.starts[entity] : events.starts[entity + 1]].tolist()
        if code >= 0
    ]
    if spec.side is Side.BEFORE:
        names.reverse()
    if spec.anchor not in names:
        return ()
    walk: list[str] = []
    for name in names[names.index(spec.anchor) :]:
        if spec.is_collapsed and walk and walk[-1] == name:
            continue
        walk.append(name)
        if len(walk) > spec.depth or (name == spec.until and len(walk) > 1):
            break
    if spec.until is not None and walk[-1] != spec.until:
        return ()
    is_cut = len(walk) > spec.depth or spec.until is not None
    return tuple(walk) if is_cut else (*walk, ENDED)
