"""The charts of funnels and retention, for the screen, the report and the workbook alike."""

from collections.abc import Sequence

from charts import Chart, ChartKind, Role, Series
from core import numbers
from metrics.behaviour import FunnelResult, Period, RetentionResult
from metrics.behaviour.cohort_comparison import CohortGap
from metrics.behaviour.maturity import Conversion
from metrics.behaviour.retention_split import SplitRow

_MOST_POINTS = 60
_ROLES = (
    Role.MAIN, Role.SERIES_2, Role.SERIES_3, Role.SERIES_4, Role.SERIES_5, Role.SERIES_6, Role.SERIES_7, Role.SERIES_8,
    Role.CONTEXT,
)  # fmt: skip


def draw_funnel(result: FunnelResult, title: str) -> Chart:
    """A bar for each step, the first on top."""
    steps = result.steps
    told = ", ".join(
        f"{step.name} {step.count:,}" + ("" if step.rate is None else f" ({step.rate:.1%})") for step in steps
    )
    return Chart(
        kind=ChartKind.BAR,
        title=title,
        description=f"Funnel: {told}.",
        series=(Series(name="Reached", x=_distinct([s.name for s in steps]), y=tuple(step.count for step in steps)),),
        x_label="Step",
    )


def draw_conversion(conversion: Conversion, title: str) -> Chart:
    """The share converted by each age, with its band at 95 %."""
    curve = conversion.curve
    places = _spread(curve.ages.size)
    x = (0.0, *(float(curve.ages[place]) for place in places))
    lines = [
        ("Converted", curve.share, Role.MAIN), ("Lower bound", curve.low, Role.CONTEXT),
        ("Upper bound", curve.high, Role.CONTEXT),
    ]  # fmt: skip
    final = numbers.compact(float(curve.share[-1]) if curve.share.size else None, "ratio")
    return Chart(
        kind=ChartKind.LINE,
        title=title,
        description=f"Share converted by days since the first step; {final} at the end, with bounds at 95 %.",
        series=tuple(
            Series(
                name=name, x=x, y=(0.0, *(float(values[place]) for place in places)), role=role,
                is_dashed=role is Role.CONTEXT,
            )
            for name, values, role in lines
        ),
        x_label="Days",
        unit="ratio",
    )  # fmt: skip


def draw_retention(
    result: RetentionResult, overall: tuple[float | None, ...], weakest: CohortGap | None, title: str
) -> Chart:
    """The curve of all cohorts, and of the weakest beside it."""
    x = tuple(range(len(overall)))
    lines = [Series(name="All", x=x, y=overall, role=Role.MAIN if weakest is None else Role.TOTAL)]
    told = f"{numbers.compact(_last(overall), 'ratio')} at the end."
    if weakest is not None:
        own = weakest.cohort
        known = tuple((own.counts[place] or 0) / own.size if place < own.complete else None for place in x)
        lines.append(Series(name=own.label, x=x, y=known, role=Role.MAIN))
        told += f" {own.label}: {numbers.compact(_last(known), 'ratio')}."
    return Chart(
        kind=ChartKind.LINE,
        title=title,
        description=f"Share that comes back by {result.period}s since the start: {told}",
        series=tuple(lines),
        x_label=str(result.period).capitalize(),
        unit="ratio",
    )


def draw_split(rows: Sequence[SplitRow], period: Period, title: str) -> Chart:
    """A curve for each row of a split retention table."""
    x = tuple(range(len(rows[0].sizes)))
    shares = {row.label: tuple(row.share(place) for place in x) for row in rows}
    told = ", ".join(f"{label} {numbers.compact(_last(values), 'ratio')}" for label, values in shares.items())
    return Chart(
        kind=ChartKind.LINE,
        title=title,
        description=f"Share that comes back by {period}s since the start, at the end: {told}.",
        series=tuple(
            Series(name=label, x=x, y=values, role=_ROLES[number % len(_ROLES)])
            for number, (label, values) in enumerate(shares.items())
        ),
        x_label=str(period).capitalize(),
        unit="ratio",
    )


def _distinct(names: list[str]) -> tuple[str, ...]:
    """The names of steps, numbered where one comes twice: bars of one name would be one bar."""
    return tuple(name if names.count(name) == 1 else f"{number}. {name}" for number, name in enumerate(names, start=1))


def _spread(count: int) -> list[int]:
    """At most sixty places of a curve, its last one among them."""
    every = max(1, -(-count // _MOST_POINTS))
    return list(range(count - 1, -1, -every))[::-1]


def _last(values: tuple[float | None, ...]) -> float | None:
    return next((value for value in reversed(values) if value is not None), None)
