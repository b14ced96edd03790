"""A cohort that has not had time to finish: what is known of it, what is to come, and cohorts at the same age."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from metrics.behaviour.maturity.incidence import Floats, IncidenceCurve, Outcome, Outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortMaturity:
    """What a cohort shows and what is expected of it.

    `of_ended` is converted of those that ended, which flatters when losing takes longer than winning; `of_all` is
    converted of all that entered, which is too low while some are open. `projected` is the share expected by the
    horizon, `maturity` how much of that has been seen already. Undefined shares are None.
    """

    entered: int
    converted: int
    still_open: int
    of_ended: float | None
    of_all: float | None
    projected: float | None
    maturity: float | None


def project_cohort(ages: Floats, outcomes: Outcomes, history: IncidenceCurve, horizon: float) -> CohortMaturity:
    """A cohort's share converted by the age `horizon`, from what it did and what others did at greater age.

    An entity still open at age a converts later with (F(horizon) - F(a)) / S(a), F the share of `history` converted and
    S the share still open by an age. None where the history does not reach the horizon.
    """
    ages, outcomes = np.asarray(ages, np.float64), np.asarray(outcomes, np.int8)
    entered, converted = outcomes.size, int((outcomes == Outcome.CONVERTED).sum())
    ended = converted + int((outcomes == Outcome.LOST).sum())
    expected = _expected(ages[outcomes == Outcome.OPEN], history, horizon)
    projected = None if expected is None or entered == 0 else (converted + expected) / entered
    return CohortMaturity(
        entered=entered,
        converted=converted,
        still_open=entered - ended,
        of_ended=converted / ended if ended else None,
        of_all=converted / entered if entered else None,
        projected=projected,
        maturity=converted / (entered * projected) if projected else None,
    )


def compare_at_age(cohorts: Mapping[str, tuple[Floats, Outcomes, Floats]], age: float) -> dict[str, float | None]:
    """For each cohort the share converted by one age; None for a cohort with an entity that is not that old yet.

    A cohort is the age at the end (or now) of each entity, its outcome, and how long ago it entered.
    """
    found: dict[str, float | None] = {}
    for name, (ages, outcomes, since_entry) in cohorts.items():
        is_mature = since_entry.size > 0 and bool((since_entry >= age).all())
        found[name] = float(((outcomes == Outcome.CONVERTED) & (ages <= age)).mean()) if is_mature else None
    return found


def _expected(ages: Floats, history: IncidenceCurve, horizon: float) -> float | None:
    """How many of the entities open at these ages are expected to convert by the horizon."""
    if ages.size == 0 or (ages >= horizon).all():
        return 0.0
    final = history.share_at(horizon)
    if final is None:
        return None
    total = 0.0
    for age in ages[ages < horizon]:
        share, still_open = history.share_at(float(age)), history.open_at(float(age))
        # The curve reaches the horizon, so it reaches every younger age.
        if share is not None and still_open:
            total += (final - share) / still_open
    return total
