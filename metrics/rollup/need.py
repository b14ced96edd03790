"""What a question needs of a rollup; nothing can be used where its aggregates cannot be made of those of its parts.

Counts, exact sums, minima and maxima can; distinct counts, averages, medians, first and last values cannot, and neither
can sums of floating-point numbers, which depend on the order they are added in.
"""

import datetime as dt

from metrics.aggregation import Aggregation
from metrics.frame import Reach
from metrics.plan import Part, Plan
from metrics.query import Grain
from metrics.rollup.spec import Rollup
from metrics.spec import Measure

_DAY = dt.timedelta(days=1)


def needs_of(plan: Plan) -> tuple[Rollup, ...] | None:
    """The rollups that a question could be answered from, one for each part; None where one of them has none."""
    parts = [*plan.parts, *(plan.top.parts if plan.top is not None else ())]
    needs = [need_of(plan, part) for part in parts]
    found = tuple(need for need in needs if need is not None)
    return found if len(found) == len(needs) else None


def need_of(plan: Plan, part: Part) -> Rollup | None:
    """The least rollup that a part could be made of, None where there is none."""
    is_plain = part.frame.reach is not Reach.SNAPSHOT and all(leaf.conversion is None for leaf in part.leaves)
    measures = dict.fromkeys(leaf.measure for leaf in part.leaves)
    if not is_plain or plan.query.grain is Grain.HOUR:
        return None
    if not all(can_be_split(part.model.measures[name]) for name in measures):
        return None
    days = _days(plan, part)
    if days is None:
        return None
    return Rollup(
        model=part.model.name,
        time=part.time.definition.name if part.time is not None else None,
        zone=plan.context.zone,
        start=days[0],
        end=days[1],
        is_daily=part.time is not None and (plan.query.grain is not None or part.windows is not None),
        dimensions=tuple(sorted({dimension.qualified_name for dimension in part.dimensions.values()})),
        measures=tuple(sorted(measures)),
    )


def can_be_split(measure: Measure) -> bool:
    """Whether the aggregate of all rows is exactly that of the aggregates of any parts of them."""
    if measure.aggregation is Aggregation.SUM:
        return measure.is_exact
    return measure.aggregation in {Aggregation.COUNT, Aggregation.MIN, Aggregation.MAX}


def _days(plan: Plan, part: Part) -> tuple[dt.date | None, dt.date | None] | None:
    """The days whose rows count; None where there are no periods to count them for."""
    if part.time is None:
        return None, None
    if part.windows is None:
        return plan.query.start, plan.query.end
    if not part.windows:
        return None
    first = min(since for _, since, _ in part.windows)
    return None if first == dt.date.min else first, max(until for _, _, until in part.windows) - _DAY
