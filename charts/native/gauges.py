"""Gauges in a workbook: columns of what is reached, with a dash at each target."""

from typing import TYPE_CHECKING

from charts.gauges import plan_gauges
from charts.native.cells import Cells
from charts.native.chart import FONT, Shape, dress
from charts.native.number_format import number_format
from charts.spec import Chart, Role
from charts.theme import Theme

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook


def native_gauges(chart: Chart, workbook: "Workbook", cells: Cells, theme: Theme) -> "NativeChart":
    """The chart over its columns of values and targets."""
    plan, gauges = plan_gauges(chart)
    made = workbook.add_chart({"type": "column"})
    labels = {"value": True, "num_format": number_format(chart.unit), "font": {**FONT, "color": theme.ink}}
    series: dict[str, object] = {
        "name": cells.name(0), "categories": cells.x(), "values": cells.y(0), "gap": 60,
        "fill": {"color": theme.colour(Role.MAIN)}, "border": {"none": True},
    }  # fmt: skip
    if len(gauges) <= 12:
        series["data_labels"] = labels
    made.add_series(series)
    if len(chart.series) > 1:
        over = workbook.add_chart({"type": "line"})
        look = {"color": theme.ink}
        over.add_series(
            {
                "name": cells.name(1), "categories": cells.x(), "values": cells.y(1), "line": {"none": True},
                "marker": {"type": "long_dash", "size": 16, "fill": look, "border": look},
            }
        )  # fmt: skip
        made.combine(over)
    dress(made, plan, cells, theme, Shape(type="column", is_filled=True))
    return made
