"""Box plots on paper: a row for each name, its box, its whiskers, and its median in words."""

from reportlab.graphics.shapes import Rect

from charts.boxes import NAMES, plan_boxes
from charts.fonts import SEMIBOLD
from charts.labels import value_text
from charts.paper.bars import VALUE_SIZE, category_names, draw_value_axis, make_rows
from charts.paper.drawing import ChartDrawing, Mark, empty_drawing, hairline, solid, words
from charts.plan import GAP, has_value_labels
from charts.spec import Chart, Role
from charts.theme import Theme

BOX_ALPHA = 0.35


def box_drawing(chart: Chart, width: float, height: float, theme: Theme) -> ChartDrawing:
    """The vectors for paper."""
    plan, boxes = plan_boxes(chart)
    if not boxes:
        return empty_drawing(width, height, theme)
    drawing = ChartDrawing(width, height)
    rows = make_rows(drawing, plan, [value_text(box.values[2], chart.unit) + " " for box in boxes])
    draw_value_axis(drawing, rows, theme)
    labels = category_names(rows, theme)
    colour, light = solid(theme.colour(Role.MAIN)), solid(theme.colour(Role.MAIN, BOX_ALPHA))
    half = rows.row * (1 - GAP) / 2
    for box in boxes:
        low, lower, middle, upper, high = map(rows.across, box.values)
        y = rows.down(box.place)
        drawing.add(hairline(low, y, lower, y, colour, 1.0))
        drawing.add(hairline(upper, y, high, y, colour, 1.0))
        size = {"width": max(upper - lower, 0.1), "height": half * 2}
        drawing.add(Rect(lower, y - half, **size, rx=1, ry=1, fillColor=light, strokeColor=colour, strokeWidth=0.6))
        drawing.add(hairline(middle, y - half, middle, y + half, colour, 1.8))
        drawing.remember(
            Mark(series=name, x=box.x, value=value, at=(at, y))
            for name, value, at in zip(NAMES, box.values, (low, lower, middle, upper, high), strict=True)
        )
        if has_value_labels(plan):
            size_pt = min(VALUE_SIZE, max(5.0, half * 2))
            text = value_text(box.values[2], chart.unit)
            label = words(text, high + 4, y - size_pt * 0.35, colour=solid(theme.ink), size=size_pt, font=SEMIBOLD)
            labels.append((box.place, label))
    for _, label in sorted(labels, key=lambda pair: pair[0]):
        drawing.add(label)
    return drawing
