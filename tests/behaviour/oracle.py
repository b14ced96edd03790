"""The counting rules of docs/counting.md once more, as nested loops over one entity's events: slow and plain."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from metrics.behaviour import Exclusion, FunnelSpec, Order

Event = tuple[int, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Steps reached (-1 taken out); seconds since the first step at each; the file row that began the chain.

    `rows` are those of each step of the chain.
    """

    level: int
    since_first: tuple[int, ...]
    first_row: int | None
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Placed:
    time: int
    event: str | None
    row: int


def find_outcome(log: Sequence[Event], spec: FunnelSpec) -> Outcome:
    """What one entity contributes to a funnel. `log` is in the order of the file."""
    window = float("inf") if spec.window is None else spec.window.total_seconds()
    placed = [_Placed(time, event, row) for row, (time, event) in enumerate(log)]
    placed.sort(key=lambda one: (one.time, _rank(one, spec), one.row))
    chains = _chains(placed, spec, window)
    end = min((max(chain) for chain in chains if len(chain) == len(spec.steps)), default=len(placed))
    if spec.exclusion is Exclusion.DROP and spec.excluded:
        starters = [
            at for at, one in enumerate(placed)
            if _serves(one, spec, 0) or (spec.order is Order.ANY and _rank(one, spec) >= 0)
        ]  # fmt: skip
        for at, one in enumerate(placed[:end]):
            if one.event in spec.excluded and any(
                start < at and one.time - placed[start].time <= window for start in starters
            ):
                return Outcome(level=-1, since_first=(), first_row=None)
    level = max((len(chain) for chain in chains), default=0)
    since: list[int] = []
    first_row: int | None = None
    rows: tuple[int, ...] = ()
    for wanted in range(1, level + 1):
        is_chain = spec.order in (Order.ORDERED, Order.STRICT)
        reaching = [chain[:wanted] if is_chain else chain for chain in chains]
        reaching = [chain for chain in reaching if len(chain) == wanted]
        # The chain that gets there first, of those the one that began last, and of these the latest events.
        best = min(reaching, key=lambda chain: (max(chain), -min(chain), [-at for at in chain]))
        since.append(placed[max(best)].time - placed[min(best)].time)
        first_row, rows = placed[min(best)].row, tuple(placed[at].row for at in best)
    return Outcome(level=level, since_first=tuple(since), first_row=first_row, rows=rows)


def _serves(one: _Placed, spec: FunnelSpec, step: int) -> bool:
    return one.event in spec.steps[step].events


def _rank(one: _Placed, spec: FunnelSpec) -> int:
    return next((step for step in range(len(spec.steps)) if _serves(one, spec, step)), -1)


def _chains(placed: list[_Placed], spec: FunnelSpec, window: float) -> list[tuple[int, ...]]:
    """The places of the events of every chain, as far as it gets."""
    if spec.order in (Order.ANY, Order.ANCHORED):
        return _sets(placed, spec, window)
    chains = []
    for start, first in enumerate(placed):
        if not _serves(first, spec, 0):
            continue
        chain = [start]
        for step in range(1, len(spec.steps)):
            after = range(chain[-1] + 1, len(placed))
            if spec.order is Order.STRICT:
                after = after[:1]
            place = next((at for at in after if _serves(placed[at], spec, step)), None)
            if place is None or placed[place].time - first.time > window or _is_stopped(placed, spec, start, place):
                break
            chain.append(place)
        chains.append(tuple(chain))
    return chains


def _sets(placed: list[_Placed], spec: FunnelSpec, window: float) -> list[tuple[int, ...]]:
    """For the first step, the first two, and so on: every choice of one event for each within the window."""
    found = []
    for wanted in range(1, len(spec.steps) + 1):
        for places in permutations(range(len(placed)), wanted):
            if spec.order is Order.ANCHORED and min(places) < places[0]:
                continue
            if all(_serves(placed[at], spec, step) for step, at in enumerate(places)):
                low, high = min(places), max(places)
                if placed[high].time - placed[low].time <= window and not _is_stopped(placed, spec, low, high):
                    found.append(places)
    return found


def _is_stopped(placed: list[_Placed], spec: FunnelSpec, low: int, high: int) -> bool:
    return spec.exclusion is Exclusion.STOP and any(one.event in spec.excluded for one in placed[low + 1 : high])
