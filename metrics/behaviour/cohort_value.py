"""What cohorts are worth: revenue retention, averages and lifetime value."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.errors import InvalidError
from metrics.behaviour.amount_column import AmountColumn
from metrics.behaviour.event_set import EventSet
from metrics.behaviour.result import Cohort
from metrics.behaviour.retention import latest_of, period_edges, result_of_counts
from metrics.behaviour.spec import RetentionSpec
from metrics.behaviour.visits import find_visits


class Worth(StrEnum):
    """How the amounts of a cohort's returns are told: added up, for each that started or is back, or up to the period
    for each that started (lifetime value); or as a share of those of the first period (revenue retention)."""

    AMOUNT = "amount"
    EACH = "each"
    OF_FIRST = "of_first"
    RETURNED = "returned"
    TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortValue:
    """The returns of a cohort in money. Of a period that had not begun nothing is known: None."""

    cohort: Cohort
    sums: tuple[Decimal | None, ...]


def worth(values: Sequence[CohortValue], period: int, how: Worth) -> Decimal | None:
    """What cohorts are worth together in a period, each weighing as many entities as it has.

    None where one of them had not begun it, without any cohort, and where the share or mean has nothing to divide by.
    """
    first = 0 if how is Worth.TOTAL else period
    parts = [part for one in values for part in one.sums[first : period + 1]]
    known = [part for part in parts if part is not None]
    if not parts or len(known) < len(parts):
        return None
    amount = sum(known, Decimal(0))
    match how:
        case Worth.AMOUNT:
            return amount
        case Worth.EACH | Worth.TOTAL:
            base: Decimal | int = sum(one.cohort.size for one in values)
        case Worth.RETURNED:
            base = sum(one.cohort.counts[period] or 0 for one in values)
        case Worth.OF_FIRST:
            base = sum((one.sums[0] or Decimal(0) for one in values), Decimal(0))
    return amount / base if base else None


def value_cohorts(events: EventSet, spec: RetentionSpec, *, until: int | None = None) -> tuple[CohortValue, ...]:
    """The amounts of the returns of each cohort, period by period whatever the mode; exact to the last digit.

    The events need amounts, else InvalidError. `until` is as in `compute_retention`.
    """
    if events.amounts is None:
        raise InvalidError("These events have no amounts to add up; say which column holds them.")
    if events.row_count == 0:
        return ()
    edges = period_edges(events, spec, until)
    visits = find_visits(events, spec, edges)
    sizes, counts = visits.count(len(edges.days), spec.columns)
    table = result_of_counts(sizes, counts, edges, latest_of(events, until), spec, is_dated=events.is_dated)
    sums = visits.add_up(events.amounts.units, len(edges.days), spec.columns)
    place = {day: number for number, day in enumerate(edges.days)}
    return tuple(
        CohortValue(cohort=cohort, sums=_known(sums[place[cohort.begins]].tolist(), cohort, events.amounts))
        for cohort in table.cohorts
    )


def overall_worth(values: Sequence[CohortValue], period: int, how: Worth) -> Decimal | None:
    """The same of all cohorts that are through with the period."""
    return worth([one for one in values if period < one.cohort.complete], period, how)


def _known(units: Sequence[int], cohort: Cohort, amounts: AmountColumn) -> tuple[Decimal | None, ...]:
    return tuple(
        None if count is None else amounts.amount(one) for one, count in zip(units, cohort.counts, strict=True)
    )
