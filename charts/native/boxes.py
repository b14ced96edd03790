"""Box plots in a workbook: the boxes are piled columns, the whiskers are error bars of the medians."""

import math
from typing import TYPE_CHECKING

from charts.boxes import boxes_of, plan_boxes
from charts.native.cells import Cells
from charts.native.chart import Shape, dress, opaque
from charts.native.pieces import BASE, base, part
from charts.spec import Chart, Role, Series
from charts.stack import Stacking
from charts.theme import Theme

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

_MEDIAN = 2
BOX_ALPHA = 0.35


def helper_columns(chart: Chart) -> tuple[Series, ...]:
    """What the box stands on, its parts above and below zero, and the lengths of the whiskers."""
    boxes = boxes_of(chart)
    names = tuple(box.x for box in boxes)
    if not boxes:
        return ()

    def column(name: str, values: list[float], role: Role) -> Series:
        return Series(name=name, x=names, y=tuple(values), role=role)

    ends = [(box.values[1], box.values[3]) for box in boxes]
    return (
        column(BASE, [base(*one) for one in ends], Role.CONTEXT),
        column("Box above zero", [part(*one, 1) or 0.0 for one in ends], Role.MAIN),
        column("Box below zero", [part(*one, -1) or 0.0 for one in ends], Role.MAIN),
        column("Median to highest", [box.values[4] - box.values[2] for box in boxes], Role.CONTEXT),
        column("Lowest to median", [box.values[2] - box.values[0] for box in boxes], Role.CONTEXT),
    )


def native_boxes(chart: Chart, workbook: "Workbook", cells: Cells, theme: Theme) -> "NativeChart":
    """The chart over its five columns and their helpers."""
    plan, _ = plan_boxes(chart)
    colour = theme.colour(Role.MAIN)
    light = opaque(theme.colour(Role.MAIN, BOX_ALPHA), theme.background)
    made = workbook.add_chart({"type": "column", "subtype": "stacked"})
    first = len(chart.series)
    for place in range(3):
        look: dict[str, object] = {"none": True} if place == 0 else {"color": light}
        made.add_series(
            {
                "name": cells.name(first + place), "categories": cells.x(), "values": cells.y(first + place),
                "gap": 60, "fill": look, "border": {"none": True} if place == 0 else {"color": colour},
            }
        )  # fmt: skip
    over = workbook.add_chart({"type": "line"})
    whisker = {
        "type": "custom", "plus_values": cells.range_of(first + 3), "minus_values": cells.range_of(first + 4),
        "end_style": 0, "line": {"color": colour, "width": 1},
    }  # fmt: skip
    over.add_series(
        {
            "name": cells.name(_MEDIAN), "categories": cells.x(), "values": cells.y(_MEDIAN), "line": {"none": True},
            "marker": {"type": "long_dash", "size": 16, "fill": {"color": colour}, "border": {"color": colour}},
            "y_error_bars": whisker,
        }
    )  # fmt: skip
    made.combine(over)
    # Programs do not count whiskers when they choose the end of an axis.
    top = math.ceil(plan.scale.high / plan.scale.step) * plan.scale.step
    dress(made, plan, cells, theme, Shape(type="column", is_filled=True, stacking=Stacking.PILED, top=top))
    made.set_legend({"none": True})
    return made
