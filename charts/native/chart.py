"""A chart's marks, axes and words as XlsxWriter takes them; the values stay in the cells they point to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from charts.domain import DomainKind
from charts.native.cells import Cells
from charts.native.number_format import axis_format, number_format
from charts.plan import NAMED_BARS, Plan, Run, make_plan
from charts.spec import Chart
from charts.stack import Stacking
from charts.theme import Theme, ink

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart as NativeChart
    from xlsxwriter.workbook import Workbook

WIDTH_PX = 720
HEIGHT_PX = 320
BAR_ROW_PX = 26
FONT = {"name": "Arial", "size": 9}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What distinguishes the kinds: XlsxWriter's type, and whether marks are filled areas from zero.

    `top` is where the axis of values ends, where programs would end it too early.
    """

    type: str
    is_filled: bool
    is_horizontal: bool = False
    has_axes: bool = True
    stacking: Stacking = Stacking.BESIDE
    gap: int = 48
    top: float | None = None


def native_chart(chart: Chart, workbook: "Workbook", cells: Cells, theme: Theme, shape: Shape) -> "NativeChart":
    """The chart, ready to be inserted into a sheet."""
    plan = make_plan(chart, is_from_zero=shape.is_filled, is_category=shape.is_horizontal, stacking=shape.stacking)
    is_scatter = plan.domain.kind is DomainKind.NUMBER and shape.type == "line"
    options = {"type": "scatter", "subtype": "straight"} if is_scatter else {"type": shape.type}
    if shape.stacking is not Stacking.BESIDE:
        options["subtype"] = "stacked" if shape.stacking is Stacking.PILED else "percent_stacked"
    made = workbook.add_chart(options)
    overlays = plan.overlays if shape.type == "column" else ()
    over = workbook.add_chart({"type": "line"}) if overlays else None
    for index, run in enumerate(plan.runs):
        if over is not None and run in overlays:
            over.add_series(_series(index, run, plan, cells, theme, Shape(type="line", is_filled=False)))
        else:
            made.add_series(_series(index, run, plan, cells, theme, shape))
    if over is not None:
        made.combine(over)
    dress(made, plan, cells, theme, shape)
    return made


def _series(index: int, run: Run, plan: Plan, cells: Cells, theme: Theme, shape: Shape) -> dict[str, object]:
    colour = opaque(theme.colour(run.role), theme.background)
    series: dict[str, object] = {
        "name": cells.name(index),
        "categories": cells.x(),
        "values": cells.y(index),
        "gap": shape.gap,
        "points": _points(run, plan, colour, shape),
    }
    line: dict[str, object] = {"color": colour, "width": 2.0 if shape.type != "area" else 1.0}
    if run.is_dashed:
        line["dash_type"] = "dash"
    if shape.is_filled:
        series["fill"] = {"color": colour, "transparency": 70 if shape.type == "area" else 0}
        series["border"] = line if shape.type == "area" else {"none": True}
    else:
        series["line"] = line
        series["marker"] = {"type": "none"}
    if shape.is_horizontal and len(plan.domain.points) * len(plan.runs) <= NAMED_BARS:
        series["data_labels"] = {
            "value": True,
            "num_format": number_format(plan.chart.unit),
            "font": {**FONT, "color": theme.ink},
        }
    return series


def _points(run: Run, plan: Plan, colour: str, shape: Shape) -> list[dict[str, object] | None] | None:
    """Marks of a period still running look unfinished: dotted, or hatched where they are filled."""
    unfinished = set(run.points[run.complete :])
    if not unfinished or shape.type == "area":
        return None
    look: dict[str, object] = {"line": {"color": colour, "width": 2.0, "dash_type": "round_dot"}}
    if shape.is_filled:
        look = {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": colour, "bg_color": "#ffffff"}}
    return [look if point in unfinished else None for point in plan.domain.points]


def dress(made: "NativeChart", plan: Plan, cells: Cells, theme: Theme, shape: Shape) -> None:
    """Axes, title, legend and size."""
    chart = plan.chart
    words = {**FONT, "color": opaque(theme.shade(ink("tick")), theme.background)}
    grid = {"visible": shape.has_axes, "line": {"color": opaque(theme.shade(ink("grid")), theme.background)}}
    categories: dict[str, object] = {
        "num_font": words,
        "line": {"none": True},
        "visible": shape.has_axes,
        "label_position": "low",
        "major_gridlines": {"visible": False},
    }
    categories |= {"date_axis": True, "num_format": cells.date_format} if cells.date_format else {"text_axis": True}
    values: dict[str, object] = {
        "num_font": words,
        "num_format": "0%" if shape.stacking is Stacking.SHARES else axis_format(chart.unit),
        "line": {"none": True},
        "major_gridlines": grid,
        "visible": shape.has_axes,
    }
    if shape.is_filled and plan.scale.low >= 0:
        values["min"] = 0
    if shape.top is not None:
        values["max"] = shape.top
    if shape.is_horizontal:
        # The first bar stands on top, the axis of values stays below the last one.
        made.set_x_axis(values)
        made.set_y_axis({**categories, "reverse": True, "crossing": "max"})
    else:
        made.set_x_axis(categories)
        made.set_y_axis(values)
    title: Mapping[str, object] = {"none": True}
    if chart.title:
        font = {**FONT, "size": 11, "bold": True, "color": theme.ink}
        title = {"name": chart.title, "name_font": font, "overlay": False}
    made.set_title(dict(title))
    made.set_legend({"position": "bottom", "font": words} if len(plan.runs) > 1 else {"none": True})
    made.set_chartarea({"border": {"none": True}})
    made.set_size({"width": WIDTH_PX, "height": _height(plan, shape)})
    made.show_blanks_as("gap")


def _height(plan: Plan, shape: Shape) -> int:
    if not shape.is_horizontal:
        return HEIGHT_PX
    return max(200, min(900, 90 + BAR_ROW_PX * len(plan.domain.points) * max(1, len(plan.runs))))


def opaque(colour: str, background: str) -> str:
    """A translucent colour as it looks on its background: a workbook knows no alpha in lines and words.

    >>> opaque("#00000080", "#ffffff")
    '#7f7f7f'
    """
    if len(colour) == 7:
        return colour
    alpha = int(colour[7:], 16) / 255
    parts = [(int(colour[at : at + 2], 16), int(background[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{int(over * alpha + under * (1 - alpha)):02x}" for over, under in parts)
