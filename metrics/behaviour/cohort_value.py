"""What cohorts are worth: revenue retention, averages and lifetime value; and retention split by a property."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from core.column_file import require_column
from core.errors import InvalidError
from metrics.behaviour.amount_column import AmountColumn
from metrics.behaviour.event_set import EventSet
from metrics.behaviour.funnel import NO_VALUE, OTHER_VALUES, free_label
from metrics.behaviour.result import Cohort, RetentionResult
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


def split_retention(
    events: EventSet, spec: RetentionSpec, name: str, *, top: int = 8, until: int | None = None
) -> dict[str, RetentionResult]:
    """A retention table for each of the values with the most entries, and one for the rest; the parts add up.

    An entry has the value of its start event. Raises InvalidError for an unknown column.
    """
    require_column(name, events.properties)
    if top < 1:
        raise InvalidError(f"At least one value must be shown; {top} was asked for.")
    if events.row_count == 0:
        return {}
    edges, latest = period_edges(events, spec, until), latest_of(events, until)
    visits = find_visits(events, spec, edges)
    column = events.properties[name]
    values = column.codes[visits.starts]
    nameless = free_label(NO_VALUE, column.labels)
    codes, sizes = (one.tolist() for one in np.unique(values, return_counts=True))
    labels = {code: column.labels[code] if code >= 0 else nameless for code in codes}
    entries = dict(zip(codes, sizes, strict=True))
    ranked = sorted(labels, key=lambda code: (-entries[code], labels[code]))
    groups = [(labels[code], values == code) for code in ranked[:top]]
    if len(ranked) > top:
        groups.append((free_label(OTHER_VALUES, (*column.labels, nameless)), ~np.isin(values, ranked[:top])))
    found: dict[str, RetentionResult] = {}
    for label, is_in in groups:
        cells = visits.count(len(edges.days), spec.columns, is_in)
        found[label] = result_of_counts(*cells, edges, latest, spec, is_dated=events.is_dated)
    return found


def _known(units: Sequence[int], cohort: Cohort, amounts: AmountColumn) -> tuple[Decimal | None, ...]:
    return tuple(
        None if count is None else amounts.amount(one) for one, count in zip(units, cohort.counts, strict=True)
    )
