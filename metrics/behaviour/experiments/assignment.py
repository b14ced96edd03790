"""What each variant of an experiment did: entities by the variant they met, and their outcomes after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from core.errors import InvalidError
from metrics.behaviour.event_set import EventSet
from metrics.behaviour.experiments.sample import Sample, adjusted_sample, mean_sample, proportion_sample

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

NO_LIMIT = 1 << 62


class Measure(StrEnum):
    """What is compared: who did the goal at all, how often, or for how much, each for one entity."""

    SHARE = "share"
    COUNT = "count"
    VALUE = "value"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assignment:
    """Entities with one variant: `variants` has the place of each in `labels`, `exposed_at` when it met it first.

    `mixed` entities met several variants and are left out.
    """

    labels: tuple[str, ...]
    entities: Integers
    variants: Integers
    exposed_at: Integers
    mixed: int


def assign(events: EventSet, exposure: Sequence[str], variant: str) -> Assignment:
    """Who met which variant. Exposures without one assign nobody. Raises InvalidError for less than two variants."""
    column = events.properties[variant]
    owner = events.entity_of_rows()
    rows = np.flatnonzero(events.are_of(exposure) & (column.codes >= 0))
    entities, first = np.unique(owner[rows], return_index=True)
    codes = column.codes[rows]
    lows = np.minimum.reduceat(codes, first) if rows.size else codes
    highs = np.maximum.reduceat(codes, first) if rows.size else codes
    is_one = lows == highs
    known = np.unique(lows[is_one])
    if known.size < 2:
        raise InvalidError(f"An experiment has at least two variants; {known.size} came. Choose another dimension.")
    named = sorted((column.labels[code], code) for code in known.tolist())
    place = {code: number for number, (_, code) in enumerate(named)}
    return Assignment(
        labels=tuple(label for label, _ in named),
        entities=entities[is_one],
        variants=np.array([place[code] for code in lows[is_one].tolist()], np.int64),
        exposed_at=events.times[rows[first[is_one]]],
        mixed=int((~is_one).sum()),
    )


def outcomes(
    events: EventSet, assignment: Assignment, goal: Sequence[str], measure: Measure, window_us: int, *, is_before: bool
) -> Floats:
    """For each entity what it did from its exposure on for as long as the window; or, before it, for as long."""
    owner = events.entity_of_rows()
    rows = np.flatnonzero(events.are_of(goal))
    place = np.full(events.entity_count, -1, np.int64)
    place[assignment.entities] = np.arange(assignment.entities.size)
    at = place[owner[rows]]
    rows, at = rows[at >= 0], at[at >= 0]
    passed = events.times[rows] - assignment.exposed_at[at]
    is_in = (passed < 0) & (passed >= -window_us) if is_before else (passed >= 0) & (passed <= window_us)
    rows, at = rows[is_in], at[is_in]
    weights = None
    if measure is Measure.VALUE:
        if events.amounts is None:
            raise InvalidError("These events have no `value` to compare.")
        weights = events.amounts.units[rows] / 10.0**events.amounts.scale
    found = np.bincount(at, weights=weights, minlength=assignment.entities.size).astype(np.float64)
    return np.minimum(found, 1.0) if measure is Measure.SHARE else found


def samples(
    assignment: Assignment, values: Floats, measure: Measure, before: Floats | None = None
) -> Mapping[str, Sample]:
    """The sample of each variant; with `before`, what was known of each entity is taken out (CUPED)."""
    found: dict[str, Sample] = {}
    theta = expected = 0.0
    if before is not None and float(before.var()) > 0:
        theta = float(np.cov(values, before)[0, 1] / before.var(ddof=1))
        expected = float(before.mean())
    for number, label in enumerate(assignment.labels):
        own = values[assignment.variants == number]
        if measure is Measure.SHARE:
            sample = proportion_sample(int(own.sum()), own.size)
        else:
            sample = mean_sample(float(own.sum()), float((own * own).sum()), own.size)
        if theta and before is not None:
            then = before[assignment.variants == number]
            covariance = float(np.cov(own, then)[0, 1]) if own.size > 1 else 0.0
            known = mean_sample(float(then.sum()), float((then * then).sum()), then.size)
            sample = adjusted_sample(sample, known, theta=theta, covariance=covariance, expected=expected)
        found[label] = sample
    return found
