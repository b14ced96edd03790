"""The share of one conversion that each of its touches gets, by its place and its time."""

import datetime as dt
from collections.abc import Sequence
from typing import assert_never

from metrics.behaviour.attribution.spec import AttributionSpec, Model, Touch

_U = (0.4, 0.2, 0.4)
_KEY = 0.3


def touch_shares(touches: Sequence[Touch], converted_at: dt.datetime, spec: AttributionSpec) -> list[float]:
    """Shares that add up to 1, one for each touch. Not for models that look at all journeys together.

    >>> moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    >>> three = [Touch(channel=name, at=moment) for name in "abc"]
    >>> touch_shares(three, moment, AttributionSpec(model=Model.U_SHAPED))
    [0.4, 0.2, 0.4]
    """
    count = len(touches)
    match spec.model:
        case Model.FIRST:
            raw = [1.0] + [0.0] * (count - 1)
        case Model.LAST:
            raw = [0.0] * (count - 1) + [1.0]
        case Model.LINEAR:
            raw = [1.0] * count
        case Model.U_SHAPED:
            raw = _by_place(count, _U)
        case Model.POSITION:
            raw = _by_place(count, spec.weights)
        case Model.TIME_DECAY:
            raw = [0.5 ** ((converted_at - touch.at) / spec.half_life) for touch in touches]
        case Model.W_SHAPED:
            raw = _with_milestone(touches)
        case Model.MARKOV | Model.SHAPLEY:
            raise ValueError(f"{spec.model} shares out all journeys together")
        case _:
            assert_never(spec.model)
    total = sum(raw)
    # A half-life so short that nothing is left of any touch leaves the last one.
    return [one / total for one in raw] if total > 0 else [0.0] * (count - 1) + [1.0]


def _by_place(count: int, weights: tuple[float, float, float]) -> list[float]:
    first, between, last = weights
    if count == 1:
        return [1.0]
    if count == 2:
        # Nobody is between; where neither end has a weight, both are alike.
        return [first, last] if first + last > 0 else [1.0, 1.0]
    return [first, *([between / (count - 2)] * (count - 2)), last]


def _with_milestone(touches: Sequence[Touch]) -> list[float]:
    """30 % each to the first touch, the milestone and the last; the rest to the others. A touch may be two of them."""
    count = len(touches)
    milestone = next((place for place, touch in enumerate(touches) if touch.is_milestone), None)
    keys = [0, count - 1] if milestone is None else [0, milestone, count - 1]
    raw = [0.0] * count
    for key in keys:
        raw[key] += _KEY
    others = [place for place in range(count) if place not in keys]
    for place in others:
        raw[place] = (1 - _KEY * len(keys)) / len(others)
    return raw
