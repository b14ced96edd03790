"""The plot on paper: where it lies in the drawing, its axes, grid, and the words above it."""

from collections.abc import Sequence
from dataclasses import dataclass

from charts.domain import TICK_LIMIT
from charts.fonts import text_width
from charts.labels import shorten
from charts.paper.drawing import TEXT_SIZE, ChartDrawing, hairline, hatch, solid, square, words
from charts.periods import Tick
from charts.plan import NAME_LIMIT, Plan
from charts.spec import Role
from charts.theme import Theme, ink

HATCH_ALPHA = 0.5
LINE_HEIGHT = 10.0
NOTE_HEIGHT = 15.0
TICK_GAP = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The plot's rectangle in the drawing, and the range of positions it spans. Upright charts only."""

    left: float
    bottom: float
    right: float
    top: float
    extent: tuple[float, float]
    plan: Plan

    def across(self, position: float) -> float:
        """Where a position of the domain lies."""
        low, high = self.extent
        return self.left + (position - low) / (high - low) * (self.right - self.left)

    def up(self, value: float) -> float:
        """Where a value lies."""
        return self.bottom + self.plan.scale.share(value) * (self.top - self.bottom)


def make_frame(
    drawing: ChartDrawing,
    plan: Plan,
    extent: tuple[float, float],
    *,
    right_room: float,
    top_room: float,
    bottom_room: float = 0.0,
) -> Frame:
    """The plot of a drawing, after the room for tick labels and words at the right, above and below is taken off."""
    left = max((text_width(text, TEXT_SIZE) for text in plan.value_ticks), default=0.0) + TICK_GAP
    left = min(left, drawing.width * 0.3)
    lines = 2 if any(tick.second for tick in plan.domain.ticks()) else 1
    bottom = min(LINE_HEIGHT * lines + 6 + bottom_room, drawing.height * 0.35)
    return Frame(
        left=left,
        bottom=bottom,
        right=max(drawing.width - right_room, left + drawing.width * 0.3),
        top=max(drawing.height - top_room, bottom + drawing.height * 0.3),
        extent=extent,
        plan=plan,
    )


def draw_grid(drawing: ChartDrawing, frame: Frame, theme: Theme) -> None:
    """Horizontal lines at the value ticks, with their labels."""
    grid, grey = solid(theme.shade(ink("grid"))), solid(theme.shade(ink("tick")))
    for tick, text in zip(frame.plan.scale.ticks, frame.plan.value_ticks, strict=True):
        y = frame.up(tick)
        drawing.add(words(text, frame.left - TICK_GAP, y - TEXT_SIZE * 0.35, colour=grey, anchor="end"))
        drawing.add(hairline(frame.left, y, frame.right, y, grid))


def draw_domain_labels(drawing: ChartDrawing, frame: Frame, theme: Theme) -> None:
    """The labels below the plot; as many as find room, from the first on."""
    grey = solid(theme.shade(ink("tick")))
    for tick in fitting_ticks(frame):
        x = frame.across(tick.at)
        for line, text in enumerate((tick.text, tick.second)):
            if text:
                half = text_width(text, TEXT_SIZE) / 2
                inside = min(max(x, half), max(drawing.width - half, half))
                y = frame.bottom - TICK_GAP - TEXT_SIZE * 0.75 - line * LINE_HEIGHT
                drawing.add(words(text, inside, y, colour=grey, anchor="middle"))


def fitting_ticks(frame: Frame) -> tuple[Tick, ...]:
    """The domain's ticks, thinned until their labels do not touch."""
    limit = TICK_LIMIT
    while True:
        ticks = frame.plan.domain.ticks(limit)
        if limit <= 2 or not _is_crowded(frame, ticks):
            return ticks
        limit -= 1


def _is_crowded(frame: Frame, ticks: Sequence[Tick]) -> bool:
    edge = float("-inf")
    for tick in ticks:
        half = max(text_width(tick.text, TEXT_SIZE), text_width(tick.second, TEXT_SIZE)) / 2
        x = frame.across(tick.at)
        if x - half < edge:
            return True
        edge = x + half + 4
    return False


def draw_band(drawing: ChartDrawing, frame: Frame, theme: Theme) -> None:
    """The hatched stretch of a period still running."""
    if frame.plan.band is not None:
        left, right = (frame.across(end) for end in frame.plan.band)
        colour = solid(theme.colour(Role.SERIES_8, HATCH_ALPHA))
        drawing.add(hatch(left, frame.bottom, right, frame.top, colour))


def draw_note(drawing: ChartDrawing, frame: Frame, theme: Theme) -> None:
    """What the incomplete period is, above the plot, ending where the band ends."""
    note = frame.plan.chart.incomplete_note
    if frame.plan.band is None or not note:
        return
    edge = max(min(frame.across(frame.plan.band[1]), drawing.width), text_width(note, TEXT_SIZE))
    drawing.add(words(note, edge, frame.top + 5, colour=solid(theme.shade(ink("tick"))), anchor="end"))


def key_lines(plan: Plan, width: float) -> list[list[int]]:
    """Which series are named on which line above the plot; empty for a single series."""
    if len(plan.runs) < 2:
        return []
    lines: list[list[int]] = [[]]
    used = 0.0
    for index, run in enumerate(plan.runs[: len(Role)]):
        needed = text_width(shorten(run.name, NAME_LIMIT), TEXT_SIZE) + 22
        if lines[-1] and used + needed > width:
            lines.append([])
            used = 0.0
        lines[-1].append(index)
        used += needed
    return lines


def draw_key(drawing: ChartDrawing, plan: Plan, theme: Theme) -> None:
    """The names of several series behind squares of their colours, at the top left."""
    for line, indexes in enumerate(key_lines(plan, drawing.width)):
        x, y = 0.0, drawing.height - TEXT_SIZE - line * (LINE_HEIGHT + 2)
        for index in indexes:
            run = plan.runs[index]
            drawing.add(square(x, y - 0.5, 6.5, solid(theme.colour(run.role))))
            name = shorten(run.name, NAME_LIMIT)
            drawing.add(words(name, x + 10, y, colour=solid(theme.ink)))
            x += text_width(name, TEXT_SIZE) + 22
