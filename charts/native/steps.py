"""Waterfalls in a workbook: piled columns, of which the lowest has no colour, over helper columns beside the values."""

from typing import TYPE_CHECKING

from charts.native.cells import Cells
from charts.native.chart import FONT, Shape, dress
from charts.native.number_format import change_format, number_format
from charts.native.pieces import BASE, base, part
from charts.spec import Chart, Role, Series
from charts.stack import Stacking
from charts.steps import DECREASE, INCREASE, Step, plan_steps, steps_of
from charts.theme import Theme

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

# Where a bar crosses zero it has a part on each side of it, and a pile keeps the two apart.
_PARTS = {"Total": Role.TOTAL, "Increase": INCREASE, "Decrease": DECREASE}


def helper_columns(chart: Chart) -> tuple[Series, ...]:
    """The base, then for totals, increases and decreases the parts above and below zero; empty ones are left out."""
    steps = steps_of(chart)
    if not steps:
        return ()
    names = tuple(step.x for step in steps)
    made = [Series(name=BASE, x=names, y=tuple(base(step.start, step.end) for step in steps), role=Role.CONTEXT)]
    for kind, role in _PARTS.items():
        for side, side_name in ((1, "above zero"), (-1, "below zero")):
            values = tuple(part(step.start, step.end, side) if _part_of(step) == kind else None for step in steps)
            if any(values):
                made.append(Series(name=f"{kind} {side_name}", x=names, y=values, role=role))
    return tuple(made)


def native_waterfall(chart: Chart, workbook: "Workbook", cells: Cells, theme: Theme) -> "NativeChart":
    """The chart over its helper columns, which stand right of the values."""
    plan, steps = plan_steps(chart)
    made = workbook.add_chart({"type": "column", "subtype": "stacked"})
    for place, helper in enumerate(helper_columns(chart), start=len(chart.series)):
        kind = helper.name.split(" ")[0]
        is_base = helper.role is Role.CONTEXT
        look: dict[str, object] = {"none": True} if is_base else {"color": theme.colour(helper.role)}
        series: dict[str, object] = {
            "name": cells.name(place), "categories": cells.x(), "values": cells.y(place), "gap": 48,
            "fill": look, "border": {"none": True},
        }  # fmt: skip
        if not is_base:
            code = number_format(chart.unit) if kind == "Total" else change_format(chart.unit)
            if kind == "Decrease" and helper.name.endswith("above zero"):
                # The part is as high as the change is deep.
                code = code.split(";")[1]
            label = {"value": True, "num_format": code, "font": {**FONT, "color": theme.background}}
            series["data_labels"] = label if len(steps) <= 12 and chart.unit != "ratio" else {"value": False}
        made.add_series(series)
    dress(made, plan, cells, theme, Shape(type="column", is_filled=True, stacking=Stacking.PILED))
    made.set_legend({"none": True})
    return made


def _part_of(step: Step) -> str:
    return "Total" if step.is_total else "Increase" if step.value >= 0 else "Decrease"
