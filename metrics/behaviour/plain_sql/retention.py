"""A retention table as one SQL statement over the same calendar periods that the kernels count by."""

from collections.abc import Iterable, Sequence

import numpy as np
from sqlglot import exp

from core.errors import InvalidError
from metrics.behaviour.calendar_periods import PeriodEdges
from metrics.behaviour.plain_sql.relation import EventRelation, column_of, flag, is_one_of
from metrics.behaviour.result import RetentionResult
from metrics.behaviour.retention import result_of_counts
from metrics.behaviour.spec import Mode, RetentionSpec

_RUNS = "ROW_NUMBER() OVER (PARTITION BY entity, cohort ORDER BY passed) AS nth"


def retention_sql(spec: RetentionSpec, events: EventRelation, edges: PeriodEdges) -> exp.Select:
    """The statement that answers with rows (cohort, period, entries); those of period -1 are the size of the cohort.

    `edges` are `build_edges` from the first event to the last; a cohort is a place among them. What is counted in a
    period depends on the mode, and `retention_of_rows` knows. Raises InvalidError for rolling periods and brackets.
    """
    if spec.is_rolling or spec.brackets:
        raise InvalidError("Plain SQL counts calendar periods one by one; let the kernels count this table.")
    event = column_of(events.event)
    columns = [
        column_of(events.entity).as_("entity"),
        column_of(events.time).as_("time"),
        flag(is_one_of(event.copy(), spec.start)).as_("starts"),
        flag(is_one_of(event.copy(), spec.returns)).as_("comes"),
    ]
    bounds = [
        (place, int(one), int(other))
        for place, (one, other) in enumerate(zip(edges.moments, edges.moments[1:], strict=False))
    ]
    periods = exp.values(bounds, alias="p", columns=["period", "begins", "ends"])
    in_period = "m.time >= p.begins AND m.time < p.ends"
    tree = exp.select().with_("marked", events.select(columns))
    dated = exp.select("m.entity", "m.time", "m.starts", "m.comes", "p.period").from_("marked AS m")
    tree = tree.with_("dated", dated.join(periods, on=in_period))
    group = ["entity", "period"] if spec.is_recurring else ["entity"]
    entries = exp.select("entity", "MIN(time) AS began", "MIN(period) AS cohort").from_("dated").where("starts = 1")
    tree = tree.with_("entries", entries.group_by(*group))
    visits = exp.select("e.entity", "e.cohort", "d.period - e.cohort AS passed").distinct()
    visits = visits.from_("entries AS e").join("dated AS d", on="d.entity = e.entity AND d.time >= e.began")
    tree = tree.with_("visits", visits.where("d.comes = 1"))
    sizes = exp.select("cohort", "-1 AS period", "COUNT(*) AS entries").from_("entries").group_by("cohort")
    counted = _counted(spec.mode)
    tree = tree.with_("counted", exp.union(sizes, counted, distinct=False))
    return tree.select("cohort", "period", "entries").from_("counted")


def retention_of_rows(
    rows: Iterable[Sequence[object]], spec: RetentionSpec, edges: PeriodEdges, latest: int
) -> RetentionResult:
    """The table that an engine answered with; `latest` is the last event, in microseconds since 1970 (UTC)."""
    cohorts = len(edges.days)
    sizes, counts = np.zeros(cohorts, np.int64), np.zeros((cohorts, cohorts + spec.columns), np.int64)
    for cohort, period, entries in ((int(str(one)) for one in row) for row in rows):
        if period < 0:
            sizes[cohort] = entries
        else:
            counts[cohort, period] += entries
    if spec.mode is Mode.UNBOUNDED:
        counts = counts[:, ::-1].cumsum(axis=1)[:, ::-1]
    elif spec.mode is Mode.ON_OR_BEFORE:
        counts[:, 1:] = counts[:, 1:].cumsum(axis=1)
    return result_of_counts(sizes, counts[:, : spec.columns], edges, latest, spec)


def _counted(mode: Mode) -> exp.Select:
    """Entries by the period they came back in: every one, the last, the first after their own, or an unbroken row."""
    whole = exp.select("cohort", "passed AS period", "COUNT(*) AS entries").group_by("cohort", "passed")
    if mode is Mode.BOUNDED:
        return whole.from_("visits")
    if mode is Mode.UNBOUNDED:
        last = exp.select("entity", "cohort", "MAX(passed) AS passed").from_("visits").group_by("entity", "cohort")
        return whole.from_(last.subquery("last"))
    if mode is Mode.ON_OR_BEFORE:
        first = exp.select("entity", "cohort", "MIN(passed) AS passed").from_("visits")
        # Period 0 counts for itself, and the first of the others for all after it.
        return whole.from_(
            first.group_by("entity", "cohort", "CASE WHEN passed = 0 THEN 0 ELSE 1 END").subquery("first")
        )
    numbered = exp.select("entity", "cohort", "passed", _RUNS).from_("visits").where("passed > 0").subquery("numbered")
    row = exp.select("entity", "cohort", "passed").from_(numbered).where("passed = nth")
    own = exp.select("entity", "cohort", "passed").from_("visits").where("passed = 0")
    return whole.from_(exp.union(row, own, distinct=False).subquery("row"))
