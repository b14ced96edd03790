"""Scatter plots in a workbook."""

from typing import TYPE_CHECKING

from charts.native.cells import Cells
from charts.native.chart import FONT, HEIGHT_PX, WIDTH_PX, opaque
from charts.native.number_format import axis_format
from charts.spec import Chart, Role
from charts.theme import Theme, ink

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook


def native_scatter(chart: Chart, workbook: "Workbook", cells: Cells, theme: Theme) -> "NativeChart":
    """The second column over the first; the axes are named, because both are measures."""
    made = workbook.add_chart({"type": "scatter"})
    colour = opaque(theme.colour(Role.MAIN, 0.75), theme.background)
    marker = {"type": "circle", "size": 7, "fill": {"color": colour}, "border": {"none": True}}
    made.add_series({"name": cells.name(1), "categories": cells.y(0), "values": cells.y(1), "marker": marker})
    words = {**FONT, "color": opaque(theme.shade(ink("tick")), theme.background)}
    grid = {"visible": True, "line": {"color": opaque(theme.shade(ink("grid")), theme.background)}}
    for series, set_axis in zip(chart.series, (made.set_x_axis, made.set_y_axis), strict=True):
        set_axis(
            {
                "name": series.name, "name_font": {**words, "bold": False}, "num_font": words, "line": {"none": True},
                "num_format": axis_format(chart.unit_of(series)), "major_gridlines": grid, "label_position": "low",
            }
        )  # fmt: skip
    made.set_title(
        {"name": chart.title, "name_font": {**FONT, "size": 11, "bold": True, "color": theme.ink}, "overlay": False}
        if chart.title
        else {"none": True}
    )
    made.set_legend({"none": True})
    made.set_chartarea({"border": {"none": True}})
    made.set_size({"width": WIDTH_PX, "height": HEIGHT_PX})
    return made
