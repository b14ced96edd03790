"""The charts of funnels and retention, for the screen, the report and the workbook alike."""

from collections.abc import Sequence
from decimal import Decimal

from charts import Chart, ChartKind, Grain, Role, Series
from core import numbers
from metrics.behaviour import FunnelResult, Period, RetentionResult
from metrics.behaviour.cohort_comparison import CohortGap
from metrics.behaviour.lifecycle import Standing
from metrics.behaviour.maturity import Conversion
from metrics.behaviour.retention_split import SplitRow
from services.behaviour.lifecycle import SegmentFigures, StandingPeriod, StickinessBar

GRAINS = {Period.DAY: Grain.DAY, Period.WEEK: Grain.WEEK, Period.MONTH: Grain.MONTH, Period.QUARTER: Grain.QUARTER}
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


def draw_conversions(result: FunnelResult, title: str) -> Chart:
    """The share of each segment that gets to the last step."""
    shares = [(segment.label, segment.steps[-1].rate) for segment in result.segments]
    told = ", ".join(f"{label} {numbers.compact(share, 'ratio')}" for label, share in shares)
    return Chart(
        kind=ChartKind.BAR,
        title=title,
        description=f"Share that gets to {result.steps[-1].name}: {told}.",
        series=(
            Series(name="Converted", x=tuple(label for label, _ in shares), y=tuple(share for _, share in shares)),
        ),
        x_label="Segment",
        unit="ratio",
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


def draw_lifecycle(periods: Sequence[StandingPeriod], period: Period, title: str) -> Chart:
    """Those that were there piled up by how they stand, and below zero those that came no more."""
    x = tuple(one.counts.begins for one in periods)
    parts = (
        (Standing.RETURNING, Role.MAIN), (Standing.NEW, Role.SERIES_3), (Standing.RESURRECTED, Role.SERIES_2),
        (Standing.DORMANT, Role.CONTEXT),
    )  # fmt: skip
    open_ = next((one for one in periods if not one.is_complete), None)
    told = ", ".join(f"{one.label} {one.counts.active:,} ({one.counts.dormant:,} gone)" for one in periods[-4:])
    return Chart(
        kind=ChartKind.STACKED,
        title=title,
        description=f"Active by {period}, and below zero those that came the {period} before and no more: {told}.",
        series=tuple(
            Series(
                name=standing.capitalize(), x=x, role=role,
                y=tuple((-1 if standing is Standing.DORMANT else 1) * one.counts.count(standing) for one in periods),
            )
            for standing, role in parts
        ),
        x_label=str(period).capitalize(),
        grain=GRAINS[period],
        incomplete_from=None if open_ is None else open_.counts.begins,
        incomplete_note="" if open_ is None else f"the {period} is not over",
    )  # fmt: skip


def draw_stickiness(bars: Sequence[StickinessBar], period: Period, title: str) -> Chart:
    """How many came in exactly so many periods."""
    told = ", ".join(f"{bar.count:,} in {bar.periods}" for bar in sorted(bars, key=lambda bar: -bar.count)[:3])
    return Chart(
        kind=ChartKind.COLUMN,
        title=title,
        description=f"How many came in how many {period}s; most of them: {told}.",
        series=(Series(name="Came", x=tuple(str(bar.periods) for bar in bars), y=tuple(bar.count for bar in bars)),),
        x_label=f"Number of {period}s",
    )


def draw_segments(segments: Sequence[SegmentFigures], title: str) -> Chart:
    """How many each segment has."""
    told = ", ".join(f"{one.segment} {one.count:,}" for one in segments)
    return Chart(
        kind=ChartKind.BAR,
        title=title,
        description=f"RFM segments: {told}.",
        series=(
            Series(
                name="Entities",
                x=tuple(one.segment.capitalize() for one in segments),
                y=tuple(one.count for one in segments),
            ),
        ),
        x_label="Segment",
    )


def draw_amounts(amounts: Sequence[Decimal | None], period: Period, unit: str, title: str) -> Chart:
    """The amounts of all cohorts together, or what they are divided by, by the periods since the start."""
    values = tuple(None if one is None else float(one) for one in amounts)
    return Chart(
        kind=ChartKind.LINE,
        title=title,
        description=f"Amounts by {period}s since the start: {numbers.compact(_last(values), unit)} at the end.",
        series=(Series(name="All", x=tuple(range(len(values))), y=values),),
        x_label=str(period).capitalize(),
        unit=unit,
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
