"""What cohorts are worth: revenue retention, averages and lifetime value."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.errors import InvalidError
from metrics.behaviour.amount_column import AmountColumn
from metrics.behaviour.event_set import EventSet
from metrics.behaviour.result import Cohort
from metrics.behaviour.retention import latest_of, period_edges, result_of_counts
from metrics.behaviour.spec import RetentionSpec
from metrics.behaviour.visits import find_visits


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortValue:
    """The returns of a cohort in money. Of a period that had not begun nothing is known: None."""

    cohort: Cohort
    sums: tuple[Decimal | None, ...]

    @property
    def of_first(self) -> tuple[float | None, ...]:
        """Revenue retention: each sum as a share of that of the first period; None where there was none."""
        first = self.sums[0]
        return tuple(float(one / first) if one is not None and first else None for one in self.sums)

    @property
    def per_entity(self) -> tuple[float | None, ...]:
        """Each sum over all entities of the cohort."""
        return tuple(None if one is None else float(one / self.cohort.size) for one in self.sums)

    @property
    def per_returned(self) -> tuple[float | None, ...]:
        """Each sum over those who came back in that period; None where nobody did."""
        pairs = zip(self.sums, self.cohort.counts, strict=True)
        return tuple(float(one / count) if one is not None and count else None for one, count in pairs)

    @property
    def lifetime(self) -> tuple[float | None, ...]:
        """Lifetime value so far: what an entity of the cohort has brought up to the end of each period, on average."""
        found: list[float | None] = []
        total = Decimal(0)
        for one in self.sums:
            total += one or 0
            found.append(None if one is None else float(total / self.cohort.size))
        return tuple(found)


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


def weighted_lifetime(values: Sequence[CohortValue]) -> tuple[float | None, ...]:
    """Lifetime value over all cohorts that are through with a period, each weighing as many entities as it has."""
    columns = max((len(one.sums) for one in values), default=0)
    found: list[float | None] = []
    for period in range(columns):
        through = [one for one in values if period < one.cohort.complete]
        total = sum((one.lifetime[period] or 0) * one.cohort.size for one in through)
        found.append(total / sum(one.cohort.size for one in through) if through else None)
    return tuple(found)


def _known(units: Sequence[int], cohort: Cohort, amounts: AmountColumn) -> tuple[Decimal | None, ...]:
    return tuple(
        None if count is None else amounts.amount(one) for one, count in zip(units, cohort.counts, strict=True)
    )
