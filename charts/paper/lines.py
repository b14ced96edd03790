"""Lines on paper, with or without a filled area below."""

from collections.abc import Sequence

from reportlab.graphics.shapes import Path

from charts.fonts import REGULAR, SEMIBOLD, text_width
from charts.labels import spread
from charts.paper.drawing import (
    LABEL_SIZE,
    ChartDrawing,
    Mark,
    Point,
    dots,
    empty_drawing,
    hairline,
    solid,
    stroke,
    translucent,
    words,
)
from charts.paper.events import draw_events
from charts.paper.frame import (
    NOTE_HEIGHT,
    Frame,
    draw_band,
    draw_domain_labels,
    draw_grid,
    draw_note,
    make_frame,
)
from charts.plan import EndLabel, Run, interval_outline, line_extent, make_plan
from charts.spec import Chart, Role
from charts.theme import READABLE, Theme, ink

MAIN_WIDTH = 1.6
CONTEXT_WIDTH = 1.1
FORECAST_DASH = (3.2, 2.4)
ESTIMATE_DASH = (1.6, 2.2)
AREA_ALPHA = 0.14
LABEL_LINE = 10.5
DASH_WIDTH = 8.0


def line_drawing(chart: Chart, width: float, height: float, theme: Theme, *, is_filled: bool) -> ChartDrawing:
    """The drawing of a line chart, or of an area chart when `is_filled`."""
    if chart.is_empty:
        return empty_drawing(width, height, theme)
    plan = make_plan(chart, is_from_zero=is_filled)
    drawing = ChartDrawing(width, height)
    labels = plan.labels()
    room = max((_label_width(label) + 10 for label in labels), default=4.0)
    has_note = plan.band is not None and bool(chart.incomplete_note)
    frame = make_frame(
        drawing, plan, line_extent(plan), right_room=min(room, width * 0.4), top_room=NOTE_HEIGHT if has_note else 5
    )
    draw_grid(drawing, frame, theme)
    draw_band(drawing, frame, theme)
    _draw_interval(drawing, frame, theme)
    for run in sorted(plan.runs, key=lambda run: run.role is not Role.CONTEXT):
        draw_run(drawing, frame, run, theme, is_filled=is_filled)
    draw_domain_labels(drawing, frame, theme)
    draw_note(drawing, frame, theme)
    draw_events(drawing, frame, theme)
    _draw_whole_label(drawing, frame, theme)
    _draw_labels(drawing, frame, labels, theme)
    return drawing


def _draw_interval(drawing: ChartDrawing, frame: Frame, theme: Theme) -> None:
    """The shaded room between two lines."""
    outline = [(frame.across(position), frame.up(value)) for position, value in interval_outline(frame.plan)]
    if not outline:
        return
    fill = translucent(theme.colour(Role.MAIN, AREA_ALPHA))
    path = Path(fillColor=fill, strokeColor=None, strokeWidth=0, autoclose="pdf")
    path.moveTo(*outline[0])
    for point in outline[1:]:
        path.lineTo(*point)
    path.closePath()
    drawing.add(path)


def draw_run(drawing: ChartDrawing, frame: Frame, run: Run, theme: Theme, *, is_filled: bool) -> None:
    """One series: its area, its line, its dotted end, its dots."""
    points = [
        None if value is None else (frame.across(position), frame.up(value))
        for position, value in zip(run.positions, run.values, strict=True)
    ]
    colour = solid(theme.colour(run.role))
    width = CONTEXT_WIDTH if run.role is Role.CONTEXT else MAIN_WIDTH
    solid_part = segments(points[: run.complete])
    if is_filled and run.role is not Role.CONTEXT:
        drawing.add(_area(solid_part, frame, theme.colour(run.role, AREA_ALPHA)))
    drawing.add(stroke(solid_part, colour, width, FORECAST_DASH if run.is_dashed else None))
    if run.complete < len(points):
        tail = segments(points[max(run.complete - 1, 0) :])
        drawing.add(stroke(tail, colour, width, ESTIMATE_DASH))
    shown = set(run.alone())
    if run.role is not Role.CONTEXT and run.last is not None:
        shown.add(run.last)
    drawing_dots = [point for index, point in enumerate(points) if point is not None and index in shown]
    for dot in dots(drawing_dots, colour, 2.2):
        drawing.add(dot)
    drawing.remember(
        Mark(series=run.name, x=x, value=value, at=point)
        for x, value, point in zip(run.points, run.values, points, strict=True)
        if value is not None and point is not None
    )


def segments(points: Sequence[Point | None]) -> list[list[Point]]:
    """The runs of at least two neighbouring points; a gap starts a new one."""
    found: list[list[Point]] = [[]]
    for point in points:
        if point is not None:
            found[-1].append(point)
        else:
            found.append([])
    return [segment for segment in found if len(segment) > 1]


def _area(parts: Sequence[Sequence[Point]], frame: Frame, colour: str) -> Path:
    path = Path(fillColor=translucent(colour), strokeColor=None, strokeWidth=0, autoclose="pdf")
    floor = frame.up(0.0)
    for part in parts:
        path.moveTo(part[0][0], floor)
        for point in part:
            path.lineTo(*point)
        path.lineTo(part[-1][0], floor)
        path.closePath()
    return path


def _has_dash(label: EndLabel) -> bool:
    return label.is_bold and bool(label.name) and label.role not in READABLE


def _label_width(label: EndLabel) -> float:
    font = SEMIBOLD if label.is_bold else REGULAR
    return text_width(label.text, LABEL_SIZE, font) + (DASH_WIDTH + 3 if _has_dash(label) else 0)


def _draw_labels(drawing: ChartDrawing, frame: Frame, labels: Sequence[EndLabel], theme: Theme) -> None:
    wanted = [frame.up(label.value) for label in labels]
    for label, y in zip(labels, spread(wanted, LABEL_LINE, frame.bottom, frame.top), strict=True):
        x = frame.across(frame.plan.label_position()) + 7
        colour = solid(theme.ink if label.is_bold else theme.shade(ink("tick")))
        if _has_dash(label):
            drawing.add(hairline(x, y, x + DASH_WIDTH, y, solid(theme.colour(label.role)), MAIN_WIDTH))
            x += DASH_WIDTH + 3
        elif label.is_bold and label.name:
            colour = solid(theme.colour(label.role))
        font = SEMIBOLD if label.is_bold else REGULAR
        drawing.add(words(label.text, x, y - LABEL_SIZE * 0.35, colour=colour, size=LABEL_SIZE, font=font))


def _draw_whole_label(drawing: ChartDrawing, frame: Frame, theme: Theme) -> None:
    label = frame.plan.whole_label()
    if label is None:
        return
    x, y = frame.across(label.position) - 1, frame.up(label.value)
    y += 5 if label.is_above else -5 - LABEL_SIZE * 0.7
    colour = solid(theme.ink)
    period = f" {label.period}"
    edge = x - text_width(period, LABEL_SIZE)
    drawing.add(words(label.value_text, edge, y, colour=colour, size=LABEL_SIZE, font=SEMIBOLD, anchor="end"))
    drawing.add(words(period, x, y, colour=colour, size=LABEL_SIZE, anchor="end"))
