"""Why a cohort is weaker or stronger than the others: the dimension that tells most, by members, adding up exactly."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.behaviour import find_visits, period_edges
from metrics.behaviour.cohort_comparison import CohortGap
from metrics.movement import Movement, Pair, explain_ratio, rank_movements
from services.behaviour.event_sets import read_members
from services.behaviour.retention import RetentionAnswer
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal

_MOST_MEMBERS = 50
_MOST_DIMENSIONS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class GapReason:
    """A dimension's movement from the others' share to the cohort's, and what the cohort's members are.

    `members` has, by member, how many of the cohort there are and how many of them came back.
    """

    label: str
    movement: Movement
    members: Mapping[str | None, tuple[int, int]]


@permitted(Permission.METRIC_QUERY)
def explain_gap(platform: Platform, principal: Principal, answer: RetentionAnswer, gap: CohortGap) -> GapReason | None:
    """The dimension of at most fifty members that tells most about a gap; None where there is none."""
    names = list(answer.choices.dimensions)[:_MOST_DIMENSIONS]
    if not names:
        return None
    question = answer.question
    table = read_members(platform, principal, question.model, question.entity, names, question.where)
    keys = answer.events.entities.to_pylist()
    place = {key: number for number, key in enumerate(table.column("entity").to_pylist())}
    sides = _sides(answer, gap)
    found: list[GapReason] = []
    for number, name in enumerate(names):
        column = table.column(str(number)).to_pylist()
        values = [column[place[key]] if key in place else None for key in keys]
        reason = _reason(answer.choices.dimensions[name], values, sides)
        found += [] if reason is None else [reason]
    ranked = rank_movements([reason.movement for reason in found])
    return next((reason for reason in found if reason.movement is ranked[0]), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """The entities of one side of the comparison, and which of them came back."""

    entities: Sequence[int]
    came: Sequence[bool]


def _sides(answer: RetentionAnswer, gap: CohortGap) -> tuple[_Side, _Side]:
    """All other cohorts of that age, and the cohort."""
    edges = period_edges(answer.events, answer.spec, answer.choices.until_us)
    visits = find_visits(answer.events, answer.spec, edges)
    came = visits.present(gap.period)
    own = edges.days.index(gap.cohort.begins)
    others = [edges.days.index(one.begins) for one in answer.result.cohorts if one.complete > gap.period]
    is_own = visits.cohorts == own
    is_other = np.isin(visits.cohorts, others) & ~is_own

    def side(chosen: npt.NDArray[np.bool_]) -> _Side:
        return _Side(entities=visits.entities[chosen].tolist(), came=came[chosen].tolist())

    return side(is_other), side(is_own)


def _reason(label: str, values: Sequence[str | None], sides: tuple[_Side, _Side]) -> GapReason | None:
    sizes: dict[str | None, list[int]] = defaultdict(lambda: [0, 0])
    counts: dict[str | None, list[int]] = defaultdict(lambda: [0, 0])
    for number, side in enumerate(sides):
        for entity, has_come in zip(side.entities, side.came, strict=True):
            sizes[values[entity]][number] += 1
            counts[values[entity]][number] += has_come
    if not 2 <= len(sizes) <= _MOST_MEMBERS:
        return None
    movement = explain_ratio(
        label,
        {member: Pair(before=counts[member][0], after=counts[member][1]) for member in sizes},
        {member: Pair(before=pair[0], after=pair[1]) for member, pair in sizes.items()},
    )
    if movement is None:
        return None
    members = {member: (pair[1], counts[member][1]) for member, pair in sizes.items() if pair[1]}
    return GapReason(label=label, movement=movement, members=members)
