"""Scatter plots on paper: a dot for each name, those that stand out with their names."""

from charts.fonts import text_width
from charts.labels import shorten
from charts.paper.drawing import TEXT_SIZE, ChartDrawing, Mark, dots, empty_drawing, hairline, solid, words
from charts.paper.frame import LINE_HEIGHT, Frame, draw_domain_labels, draw_grid, make_frame
from charts.plan import NAME_LIMIT
from charts.points import plan_points, point_name, points_of
from charts.spec import Chart, Role
from charts.theme import Theme, ink

DOT_ALPHA = 0.65


def scatter_drawing(chart: Chart, width: float, height: float, theme: Theme) -> ChartDrawing:
    """The vectors for paper."""
    if not points_of(chart):
        return empty_drawing(width, height, theme)
    cloud = plan_points(chart)
    plan = cloud.plan
    drawing = ChartDrawing(width, height)
    frame = make_frame(
        drawing, plan, (cloud.scale.low, cloud.scale.high), right_room=4, top_room=LINE_HEIGHT + 6,
        bottom_room=LINE_HEIGHT + 2,
    )  # fmt: skip
    draw_grid(drawing, frame, theme)
    grid = solid(theme.shade(ink("grid")))
    for tick in cloud.scale.ticks:
        drawing.add(hairline(frame.across(tick), frame.bottom, frame.across(tick), frame.top, grid))
    draw_domain_labels(drawing, frame, theme)
    _draw_names_of_axes(drawing, frame, theme)
    across, up = chart.series
    radius = 2.4 if len(cloud.points) <= 200 else 1.2
    places = [(frame.across(point.across), frame.up(point.up)) for point in cloud.points]
    for dot in dots(places, solid(theme.colour(Role.MAIN, DOT_ALPHA)), radius):
        drawing.add(dot)
    drawing.remember(
        Mark(series=series.name, x=point.x, value=value, at=place)
        for point, place in zip(cloud.points, places, strict=True)
        for series, value in ((across, point.across), (up, point.up))
    )
    for point in cloud.named:
        x, y = frame.across(point.across), frame.up(point.up) - TEXT_SIZE * 0.35
        text = point_name(point)
        is_left = cloud.is_right(point) and x - 5 - text_width(text, TEXT_SIZE) > 0
        shift, anchor = (-5, "end") if is_left else (5, "start")
        if is_left or x + 5 + text_width(text, TEXT_SIZE) <= drawing.width:
            drawing.add(words(text, x + shift, y, colour=solid(theme.ink), anchor=anchor))
    return drawing


def _draw_names_of_axes(drawing: ChartDrawing, frame: Frame, theme: Theme) -> None:
    across, up = frame.plan.chart.series
    grey = solid(theme.shade(ink("label")))
    drawing.add(words(shorten(f"↑ {up.name}", NAME_LIMIT), 0, drawing.height - TEXT_SIZE, colour=grey))
    middle = (frame.left + frame.right) / 2
    drawing.add(words(shorten(f"{across.name} →", NAME_LIMIT), middle, 1, colour=grey, anchor="middle"))
