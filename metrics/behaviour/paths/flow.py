"""Flows from an anchor event: which events follow it, or came before it, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from core.errors import InvalidError
from metrics.behaviour.event_set import EventSet

Codes = npt.NDArray[np.int32]

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
    labels, walks = _shown_walks(events, spec)
    flows: list[Flow] = []
    for step in range(spec.depth):
        here, there = walks[:, step].astype(np.int64), walks[:, step + 1]
        pairs, counts = np.unique((here * len(labels) + there)[there >= 0], return_counts=True)
        found = [
            Flow(step=step, source=labels[pair // len(labels)], target=labels[pair % len(labels)], count=int(count))
            for pair, count in zip(pairs.tolist(), counts, strict=True)
        ]
        flows += sorted(found, key=lambda flow: (-flow.count, flow.source, flow.target))
    return tuple(flows)


def entities_through(events: EventSet, spec: FlowSpec, step: int, name: str) -> list[int]:
    """The numbers of the entities that come to an event, as it is shown, at a step of their flow."""
    labels, walks = _shown_walks(events, spec)
    if name not in labels or not 0 <= step <= spec.depth:
        return []
    return [int(entity) for entity in np.flatnonzero(walks[:, step] == labels.index(name))]


def _shown_walks(events: EventSet, spec: FlowSpec) -> tuple[list[str], Codes]:
    """The names, and the walk of each entity as places among them; what is too rare at its step is another."""
    from metrics.behaviour.kernels import walks as kernels

    named = [spec.groups.get(name, name) for name in events.events]
    labels = list(dict.fromkeys([*named, ENDED, OTHER, spec.anchor, *([spec.until] if spec.until is not None else [])]))
    place = {name: number for number, name in enumerate(labels)}
    # The last place is that of an event without a name.
    names = np.array([*(place[name] for name in named), -1], np.int32)[events.codes]
    walks = np.full((events.entity_count, spec.depth + 1), kernels.NOTHING, np.int32)
    kernels.fill_walks(
        events.starts, names, place[spec.anchor], -1 if spec.until is None else place[spec.until], place[ENDED],
        kernels.AFTER if spec.side is Side.AFTER else kernels.BEFORE,
        kernels.COLLAPSED if spec.is_collapsed else kernels.KEPT, walks,
    )  # fmt: skip
    least = spec.least_share * int((walks[:, 0] >= 0).sum())
    # The anchor is always shown.
    for step in range(1, spec.depth + 1):
        reached = np.bincount(walks[:, step] + 1, minlength=len(labels) + 1)
        is_rare = (reached[1:] < least)[walks[:, step]] & (walks[:, step] >= 0)
        walks[is_rare, step] = place[OTHER]
    return labels, walks
