"""What was found: counts of a funnel, cohorts of a retention table. Undefined shares are None."""

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa

from metrics.behaviour.interval import Interval
from metrics.behaviour.spec import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCount:
    """How many entities reached a step.

    `rate` is of the first step, `step_rate` of the step before; the intervals are theirs (Wilson, 95 %). Times are
    seconds from the first step and from the step before, None when not asked for, unreached or not defined.
    """

    name: str
    count: int
    rate: float | None
    step_rate: float | None
    interval: Interval | None
    step_interval: Interval | None
    median_s: float | None = None
    p90_s: float | None = None
    step_median_s: float | None = None
    step_p90_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The funnel of the entities with one value of the breakdown; `label` is unique among the segments."""

    label: str
    steps: tuple[StepCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelResult:
    """A funnel's counts. `dropped` entities were taken out by an exclusion; `notes` are sentences for the reader."""

    steps: tuple[StepCount, ...]
    segments: tuple[Segment, ...]
    dropped: int
    notes: tuple[str, ...]

    def table(self) -> pa.Table:
        """One row for each segment and step; the segment of the whole is null."""
        rows = [(None, self.steps), *((segment.label, segment.steps) for segment in self.segments)]
        return pa.Table.from_pylist(
            [
                {
                    "segment": label, "step": step.name, "count": step.count,
                    "rate": step.rate, "step_rate": step.step_rate,
                }
                for label, steps in rows
                for step in steps
            ],
            schema=pa.schema(
                [
                    ("segment", pa.string()), ("step", pa.string()), ("count", pa.int64()),
                    ("rate", pa.float64()), ("step_rate", pa.float64()),
                ]
            ),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The entities whose first start event lies in the period that begins on `begins`.

    `counts[k]` is how many came back in period k, None when that period had not begun at the last event. The first
    `complete` of them are of periods that had ended by then; the others may still grow.
    """

    begins: dt.date
    label: str
    size: int
    counts: tuple[int | None, ...]
    complete: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionResult:
    """The cohorts with at least one entity, in order of time; `notes` are sentences for the reader."""

    period: Period
    cohorts: tuple[Cohort, ...]
    notes: tuple[str, ...]

    def table(self) -> pa.Table:
        """One row for each cohort and period that has begun."""
        return pa.Table.from_pylist(
            [
                {
                    "cohort": cohort.begins, "size": cohort.size, "period": period, "count": count,
                    "rate": count / cohort.size, "is_complete": period < cohort.complete,
                }
                for cohort in self.cohorts
                for period, count in enumerate(cohort.counts)
                if count is not None
            ],
            schema=pa.schema(
                [
                    ("cohort", pa.date32()), ("size", pa.int64()), ("period", pa.int64()), ("count", pa.int64()),
                    ("rate", pa.float64()), ("is_complete", pa.bool_()),
                ]
            ),
        )  # fmt: skip
