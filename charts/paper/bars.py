"""Bars on paper: upright columns, and horizontal bars with names and values."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.graphics.shapes import Path, String
from reportlab.lib.colors import Color

from charts.fonts import SEMIBOLD, text_width
from charts.labels import shorten, value_text
from charts.paper.drawing import (
    LABEL_SIZE,
    TEXT_SIZE,
    ChartDrawing,
    Mark,
    empty_drawing,
    hairline,
    hatch,
    solid,
    stroke,
    words,
)
from charts.paper.events import draw_events
from charts.paper.frame import (
    LINE_HEIGHT,
    NOTE_HEIGHT,
    Frame,
    draw_domain_labels,
    draw_grid,
    draw_key,
    draw_note,
    key_lines,
    make_frame,
)
from charts.paper.lines import draw_run
from charts.plan import CATEGORY_LIMIT, COLUMN_PADDING, GAP, NAMED_BARS, Plan, Run, has_value_labels, make_plan
from charts.spec import Chart
from charts.stack import Stacking
from charts.theme import Theme, ink

RADIUS = 2.0
VALUE_SIZE = 8.0
HATCH_WIDTH = 1.1


# A word and the position of the row it belongs to.
RowLabel = tuple[float, String]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A bar's rectangle; `start` and `end` run from zero to the value, so `end` may be the smaller."""

    start: float
    end: float
    low: float
    high: float
    radius: float = RADIUS


def column_drawing(
    chart: Chart, width: float, height: float, theme: Theme, stacking: Stacking = Stacking.BESIDE
) -> ChartDrawing:
    """Upright columns; several series stand side by side or piled up, dashed ones are lines over them."""
    if chart.is_empty:
        return empty_drawing(width, height, theme)
    padding = 0.0 if stacking is Stacking.SHARES else COLUMN_PADDING
    plan = make_plan(chart, is_from_zero=True, padding=padding, stacking=stacking)
    drawing = ChartDrawing(width, height)
    top = len(key_lines(plan, width)) * (LINE_HEIGHT + 2) + 4
    has_note = plan.band is not None and bool(chart.incomplete_note)
    top += NOTE_HEIGHT if has_note else 2
    frame = make_frame(drawing, plan, plan.domain.extent(0.5), right_room=2, top_room=top)
    draw_grid(drawing, frame, theme)
    slot = (frame.across(plan.domain.step) - frame.across(0)) * (1 - GAP)
    if stacking is Stacking.BESIDE:
        for index, run in enumerate(plan.columns):
            _draw_columns(drawing, frame, run, (index, slot), theme)
    else:
        _draw_piles(drawing, frame, slot, theme)
    for run in plan.overlays:
        draw_run(drawing, frame, run, theme, is_filled=False)
    draw_events(drawing, frame, theme)
    draw_domain_labels(drawing, frame, theme)
    draw_key(drawing, plan, theme)
    draw_note(drawing, frame, theme)
    return drawing


def _draw_columns(drawing: ChartDrawing, frame: Frame, run: Run, place: tuple[int, float], theme: Theme) -> None:
    """The columns of one series, which is at `place`: its index, and the width of a slot."""
    index, slot = place
    width = slot / len(frame.plan.columns)
    zero = frame.up(0.0)
    boxes: list[Box | None] = []
    for position, value in zip(run.positions, run.values, strict=True):
        left = frame.across(position) - slot / 2 + index * width
        boxes.append(None if value is None else Box(start=zero, end=frame.up(value), low=left, high=left + width))
    draw_boxes(drawing, boxes, run, theme, is_upright=True)
    marks = []
    labelled = frame.plan.labelled(run)
    for which, (x, value, box) in enumerate(zip(run.points, run.values, boxes, strict=True)):
        if value is None or box is None:
            continue
        middle = (box.low + box.high) / 2
        marks.append(Mark(series=run.name, x=x, value=value, at=(middle, box.end)))
        if which in labelled:
            y = box.end + 3 if value >= 0 else box.end - 3 - VALUE_SIZE * 0.7
            text = value_text(value, frame.plan.chart.unit)
            half = text_width(text, VALUE_SIZE, SEMIBOLD) / 2
            # The label of a narrow column at the edge moves inwards.
            middle = min(middle, drawing.width - half)
            drawing.add(
                words(text, middle, y, colour=solid(theme.ink), size=VALUE_SIZE, font=SEMIBOLD, anchor="middle")
            )
    drawing.remember(marks)


def _draw_piles(drawing: ChartDrawing, frame: Frame, slot: float, theme: Theme) -> None:
    """Piled columns, with the sums on them where there is room."""
    for run, pieces in zip(frame.plan.columns, frame.plan.pieces(), strict=True):
        boxes: list[Box | None] = []
        marks = []
        for x, position, value, piece in zip(run.points, run.positions, run.values, pieces, strict=True):
            if value is None or piece is None:
                boxes.append(None)
                continue
            middle, end = frame.across(position), frame.up(piece.end)
            boxes.append(
                Box(start=frame.up(piece.start), end=end, low=middle - slot / 2, high=middle + slot / 2, radius=0.0)
            )
            marks.append(Mark(series=run.name, x=x, value=value, at=(middle, end)))
        draw_boxes(drawing, boxes, run, theme, is_upright=True)
        drawing.remember(marks)
    for position, total, text in frame.plan.totals():
        half = text_width(text, VALUE_SIZE, SEMIBOLD) / 2
        middle = max(half, min(frame.across(position), drawing.width - half))
        y = frame.up(total) + 3
        drawing.add(words(text, middle, y, colour=solid(theme.ink), size=VALUE_SIZE, font=SEMIBOLD, anchor="middle"))


def bar_drawing(chart: Chart, width: float, height: float, theme: Theme) -> ChartDrawing:
    """Horizontal bars, the first category on top, each with its value at its end."""
    if chart.is_empty:
        return empty_drawing(width, height, theme)
    plan = make_plan(chart, is_from_zero=True, is_category=True, padding=0.0)
    drawing = ChartDrawing(width, height)
    rows = make_rows(drawing, plan)
    draw_value_axis(drawing, rows, theme)
    labels = category_names(rows, theme)
    for index, run in enumerate(plan.runs):
        labels += _draw_bars(drawing, rows, run, index, theme)
    # Row by row, so that in the text of the page each value follows its name.
    for _, label in sorted(labels, key=lambda pair: pair[0]):
        drawing.add(label)
    draw_key(drawing, plan, theme)
    return drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The plot of horizontal bars: one row for each category, from the top down."""

    names_end: float
    left: float
    right: float
    bottom: float
    top: float
    row: float
    plan: Plan

    def across(self, value: float) -> float:
        """Where a value lies."""
        return self.left + self.plan.scale.share(value) * (self.right - self.left)

    def down(self, position: float) -> float:
        """The middle of a category's row."""
        return self.top - (position + 0.5) * self.row


def make_rows(drawing: ChartDrawing, plan: Plan, texts: Sequence[str] | None = None) -> Rows:
    """The rows of a drawing; `texts` are the words right of the marks where they are not the values."""
    named = _named(plan)
    names = max((text_width(_name(plan, index), LABEL_SIZE) for index in named), default=0.0)
    if texts is None:
        texts = [value_text(value, plan.chart.unit) for run in plan.runs for value in run.values if value]
        left_room = texts if plan.scale.low < 0 else ()
    else:
        left_room = ()
    room = max((text_width(text, VALUE_SIZE) for text in texts), default=0.0) + 6 if has_value_labels(plan) else 4.0
    names = min(names, drawing.width * 0.4)
    left = names + 8
    right = drawing.width - room
    if left_room:
        # The values of negative bars stand left of them.
        left += room
    top = drawing.height - len(key_lines(plan, drawing.width)) * (LINE_HEIGHT + 2) - 4
    bottom = min(LINE_HEIGHT + 6, drawing.height * 0.3)
    top = max(top, bottom + drawing.height * 0.3)
    right = max(right, left + drawing.width * 0.2)
    row = (top - bottom) / max(len(plan.domain.points), 1)
    return Rows(names_end=names, left=left, right=right, bottom=bottom, top=top, row=row, plan=plan)


def _named(plan: Plan) -> range:
    count = len(plan.domain.points)
    return range(0, count, max(1, -(-count // NAMED_BARS)))


def _name(plan: Plan, index: int) -> str:
    return shorten(plan.domain.text(plan.domain.points[index]), CATEGORY_LIMIT)


def draw_value_axis(drawing: ChartDrawing, rows: Rows, theme: Theme) -> None:
    """Vertical lines at the value ticks, with their labels below."""
    grid, grey = solid(theme.shade(ink("grid"))), solid(theme.shade(ink("tick")))
    edge = float("-inf")
    for tick, text in zip(rows.plan.scale.ticks, rows.plan.value_ticks, strict=True):
        x, half = rows.across(tick), text_width(text, TEXT_SIZE) / 2
        drawing.add(hairline(x, rows.bottom, x, rows.top, grid))
        middle = max(half, min(x, drawing.width - half))
        if middle - half > edge:
            drawing.add(words(text, middle, rows.bottom - 6 - TEXT_SIZE * 0.75, colour=grey, anchor="middle"))
            edge = middle + half + 4


def category_names(rows: Rows, theme: Theme) -> list[RowLabel]:
    """The names left of the rows, as many as find room."""
    named = _named(rows.plan)
    size = min(LABEL_SIZE, max(5.0, rows.row * len(rows.plan.domain.points) / max(len(named), 1) * 0.9))
    labels: list[RowLabel] = []
    for index in named:
        position = rows.plan.domain.positions[index]
        y = rows.down(position) - size * 0.35
        name = words(_name(rows.plan, index), rows.names_end, y, colour=solid(theme.ink), size=size, anchor="end")
        labels.append((position, name))
    return labels


def _draw_bars(drawing: ChartDrawing, rows: Rows, run: Run, index: int, theme: Theme) -> list[RowLabel]:
    """The bars of one series; returns the values to be written beside them."""
    slot = rows.row * (1 - GAP)
    width = slot / len(rows.plan.runs)
    zero = rows.across(0.0)
    boxes: list[Box | None] = []
    for position, value in zip(run.positions, run.values, strict=True):
        high = rows.down(position) + slot / 2 - index * width
        boxes.append(None if value is None else Box(start=zero, end=rows.across(value), low=high - width, high=high))
    draw_boxes(drawing, boxes, run, theme, is_upright=False)
    marks: list[Mark] = []
    labels: list[RowLabel] = []
    for place, (value, box) in enumerate(zip(run.values, boxes, strict=True)):
        if value is None or box is None:
            continue
        marks.append(Mark(series=run.name, x=run.points[place], value=value, at=(box.end, (box.low + box.high) / 2)))
        if has_value_labels(rows.plan):
            labels.append((run.positions[place], _value_label(value, box, rows.plan.chart.unit, theme)))
    drawing.remember(marks)
    return labels


def _value_label(value: float, box: Box, unit: str | None, theme: Theme) -> String:
    size = min(VALUE_SIZE, max(5.0, box.high - box.low))
    x, anchor = (box.end + 4, "start") if value >= 0 else (box.end - 4, "end")
    y = (box.low + box.high) / 2 - size * 0.35
    return words(value_text(value, unit), x, y, colour=solid(theme.ink), size=size, anchor=anchor)


def draw_boxes(drawing: ChartDrawing, boxes: Sequence[Box | None], run: Run, theme: Theme, *, is_upright: bool) -> None:
    """All bars of a series as one path; those of an incomplete period hatched with an outline."""
    colour = solid(theme.colour(run.role))
    whole = [box for box in boxes[: run.complete] if box is not None]
    drawing.add(boxes_path(whole, colour, is_upright=is_upright))
    for box in boxes[run.complete :]:
        if box is None:
            continue
        low, high = min(box.start, box.end), max(box.start, box.end)
        left, bottom, right, top = (box.low, low, box.high, high) if is_upright else (low, box.low, high, box.high)
        drawing.add(hatch(left, bottom, right, top, colour, HATCH_WIDTH))
        outline = [(left, bottom), (left, top), (right, top), (right, bottom), (left, bottom)]
        drawing.add(stroke([outline], colour, 0.8))


def boxes_path(boxes: Sequence[Box], colour: Color, *, is_upright: bool) -> Path:
    """Filled bars, rounded at the end that is away from zero."""
    path = Path(fillColor=colour, strokeColor=None, strokeWidth=0, autoclose="pdf")
    for box in boxes:
        radius = min(box.radius, (box.high - box.low) / 2, abs(box.end - box.start))
        inner = box.end - radius if box.end >= box.start else box.end + radius
        corners = [
            (box.low, box.start),
            (box.low, inner),
            (box.low, box.end),
            (box.low, box.end),
            (box.low + radius, box.end),
            (box.high - radius, box.end),
            (box.high, box.end),
            (box.high, box.end),
            (box.high, inner),
            (box.high, box.start),
        ]
        points = corners if is_upright else [(along, across) for across, along in corners]
        path.moveTo(*points[0])
        path.lineTo(*points[1])
        path.curveTo(*points[2], *points[3], *points[4])
        path.lineTo(*points[5])
        path.curveTo(*points[6], *points[7], *points[8])
        path.lineTo(*points[9])
        path.closePath()
    return path
