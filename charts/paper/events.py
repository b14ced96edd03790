"""Events on paper: a dotted line at the day, with its words at the top of the plot."""

from charts.paper.drawing import TEXT_SIZE, ChartDrawing, solid, stroke, words
from charts.paper.frame import LINE_HEIGHT, Frame
from charts.theme import Theme, ink

DOTS = (1.0, 2.0)


def draw_events(drawing: ChartDrawing, frame: Frame, theme: Theme) -> None:
    """The events within the frame."""
    grey, label = solid(theme.shade(ink("tick"))), solid(theme.shade(ink("label")))
    for mark in frame.plan.event_marks(frame.extent):
        x = frame.across(mark.position)
        drawing.add(stroke([[(x, frame.bottom), (x, frame.top)]], grey, 0.7, DOTS))
        y = frame.top - TEXT_SIZE - mark.line * LINE_HEIGHT
        side, anchor = (-3, "end") if mark.is_left else (3, "start")
        drawing.add(words(mark.text, x + side, y, colour=label, anchor=anchor))
