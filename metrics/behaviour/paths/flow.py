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
    walks = Counter(walk for walk in (_walk(events, spec, entity) for entity in range(events.entity_count)) if walk)
    least = spec.least_share * sum(walks.values())
    counts: dict[tuple[int, str, str], int] = defaultdict(int)
    reached: dict[tuple[int, str], int] = defaultdict(int)
    for walk, count in walks.items():
        for step, name in enumerate(walk):
            reached[step, name] += count
    for walk, count in walks.items():
        # The anchor is always shown; an event too rare at its step is one of the others.
        names = [name if step == 0 or reached[step, name] >= least else OTHER for step, name in enumerate(walk)]
        for step in range(len(walk) - 1):
            counts[step, names[step], names[step + 1]] += count
    ranked = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0]))
    return tuple(Flow(step=step, source=one, target=other, count=count) for (step, one, other), count in ranked)


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
