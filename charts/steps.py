"""The steps of a waterfall: where each change begins and ends, and the levels between which they lead."""

import math
from dataclasses import dataclass, replace

from charts.labels import LONG_NUMBER, value_text
from charts.plan import Plan, finite, make_plan
from charts.rules import require_distinct, require_single
from charts.spec import Chart, Role, X
from charts.ticks import tick_texts, value_scale
from core.errors import InvalidError
from core.numbers import compact, full, is_currency

INCREASE, DECREASE = Role.MAIN, Role.SERIES_2


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A bar from `start` to `end`; `place` is its row. A total starts at zero."""

    place: int
    x: X
    value: float
    start: float
    end: float
    is_total: bool

    @property
    def role(self) -> Role:
        """Its colour: levels are neutral, an increase and a decrease differ."""
        return Role.TOTAL if self.is_total else INCREASE if self.value >= 0 else DECREASE


def steps_of(chart: Chart) -> tuple[Step, ...]:
    """The steps that have a value, in their order."""
    steps: list[Step] = []
    level = 0.0
    for series in chart.series[:1]:
        for place, (x, y) in enumerate(zip(series.x, series.y, strict=True)):
            value = finite(y)
            if value is None:
                continue
            is_total = place in chart.totals
            start = 0.0 if is_total else level
            level = start + value
            steps.append(Step(place=place, x=x, value=value, start=start, end=level, is_total=is_total))
    return tuple(steps)


def require_steps(chart: Chart) -> None:
    """Raises InvalidError where the specification is no waterfall, or its steps do not lead to its totals."""
    require_single(chart)
    require_distinct(chart)
    level: float | None = None
    largest = max((abs(one) for step in steps_of(chart) for one in (step.start, step.end)), default=0.0)
    for step in steps_of(chart):
        if step.is_total and level is not None and not math.isclose(level, step.value, abs_tol=largest * 1e-6):
            raise InvalidError(
                f"The total {step.x!r} of {chart.title!r} is {full(step.value, chart.unit)}, but the steps before it "
                f"come to {full(level, chart.unit)}; add the step that is missing, or leave the total out."
            )
        level = step.end


def step_text(step: Step, unit: str | None) -> str:
    """The value beside a bar: a level as it is, a change with its sign."""
    if step.is_total or abs(step.value) >= LONG_NUMBER:
        return value_text(step.value, unit)
    return str(compact(step.value, unit if unit == "ratio" or is_currency(unit) else None, sign=True))


def plan_steps(chart: Chart) -> tuple[Plan, tuple[Step, ...]]:
    """The plan of horizontal rows with a scale that holds every level, and the steps."""
    steps = steps_of(chart)
    plan = make_plan(chart, is_from_zero=True, is_category=True, padding=0.0)
    scale = value_scale([end for step in steps for end in (step.start, step.end)], is_from_zero=True, padding=0.0)
    return replace(plan, scale=scale, value_ticks=tick_texts(scale, chart.unit)), steps
