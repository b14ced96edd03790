"""Funnels and retention tables as JSON for scripts and as tables for people."""

from typing import TYPE_CHECKING

from app.cli.output import show_table, show_text
from core.numbers import UNDEFINED, full

if TYPE_CHECKING:
    from metrics.behaviour import FunnelResult, RetentionResult, StepCount

Answer = dict[str, object]

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))
_OPEN = "*"


def funnel_json(result: "FunnelResult", elapsed_ms: float, *, with_details: bool) -> Answer:
    """`{"steps": [{"step", "count", "rate"}], "by": {value: [...]}, "elapsed_ms"}`; more in each step with details."""
    write = _detailed if with_details else _plain
    return {
        "steps": [write(step) for step in result.steps],
        "by": {segment.label: [write(step) for step in segment.steps] for segment in result.segments},
        "elapsed_ms": round(elapsed_ms, 3),
    }


def retention_json(result: "RetentionResult", elapsed_ms: float) -> Answer:
    """`{"cohorts": [{"cohort", "size", "counts": [...]}], "elapsed_ms"}`; null for a period not begun."""
    return {
        "cohorts": [
            {"cohort": cohort.label, "size": cohort.size, "counts": list(cohort.counts)} for cohort in result.cohorts
        ],
        "elapsed_ms": round(elapsed_ms, 3),
    }


def show_funnel(result: "FunnelResult", by: str | None, elapsed_ms: float) -> None:
    """The steps as a table, then the values of the breakdown."""
    rows = [
        [
            step.name, full(step.count), full(step.rate, "ratio"), _interval(step.interval),
            full(step.step_rate, "ratio"), _duration(step.median_s), _duration(step.p90_s),
        ]
        for step in result.steps
    ]  # fmt: skip
    show_table(
        ["Step", "Entities", "Of first", "95% interval", "Of previous", "Median time", "90% within"],
        rows,
        right=frozenset(range(1, 7)),
    )
    if by is not None:
        show_text("")
        show_table(
            [by, *(step.name for step in result.steps), "Of first"],
            [
                [segment.label, *(full(step.count) for step in segment.steps), full(segment.steps[-1].rate, "ratio")]
                for segment in result.segments
            ],
            right=frozenset(range(1, len(result.steps) + 2)),
        )
    dropped = f" {result.dropped:,} entities were taken out by the excluded event." if result.dropped else ""
    show_text(f"Counted in {elapsed_ms:,.1f} ms.{dropped}")


def show_retention(result: "RetentionResult", elapsed_ms: float) -> None:
    """A row for each cohort with the share that came back; periods that had not ended are marked."""
    periods = max((len(cohort.counts) for cohort in result.cohorts), default=0)
    rows = [
        [
            cohort.label,
            full(cohort.size),
            *(
                "" if count is None else f"{100 * count / cohort.size:.1f}%{'' if k < cohort.complete else _OPEN}"
                for k, count in enumerate(cohort.counts)
            ),
        ]
        for cohort in result.cohorts
    ]
    headers = ["Cohort", "Size", *(f"{result.period.value.capitalize()} {k}" for k in range(periods))]
    show_table(headers, rows, right=frozenset(range(1, len(headers))))
    is_open = any(cohort.complete < len(cohort.counts) for cohort in result.cohorts)
    ending = f" {_OPEN} That {result.period.value} had not ended at the last event." if is_open else ""
    show_text(f"Counted in {elapsed_ms:,.1f} ms.{ending}")


def _plain(step: "StepCount") -> Answer:
    return {"step": step.name, "count": step.count, "rate": step.rate}


def _detailed(step: "StepCount") -> Answer:
    return _plain(step) | {
        "step_rate": step.step_rate,
        "interval": step.interval,
        "step_interval": step.step_interval,
        "median_s": step.median_s,
        "p90_s": step.p90_s,
        "step_median_s": step.step_median_s,
        "step_p90_s": step.step_p90_s,
    }


def _interval(interval: tuple[float, float] | None) -> str:
    return UNDEFINED if interval is None else f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f}%"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return UNDEFINED
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"
