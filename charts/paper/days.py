"""Calendars on paper."""

from reportlab.graphics.shapes import Rect

from charts.days import LEVELS, WEEKDAYS, Calendar, calendar_of, role_of, strength
from charts.fonts import SEMIBOLD, text_width
from charts.labels import value_text
from charts.paper.drawing import ChartDrawing, Mark, empty_drawing, solid, square, words
from charts.spec import Chart, Role
from charts.theme import Theme, ink

SIZE = 6.5
LEFT = 20.0
KEY_HEIGHT = 14.0
MONTH_HEIGHT = 10.0


def calendar_drawing(chart: Chart, width: float, height: float, theme: Theme) -> ChartDrawing:
    """The vectors for paper; cells are squares, as large as fit."""
    calendar = calendar_of(chart)
    if not calendar.days:
        return empty_drawing(width, height, theme)
    drawing = ChartDrawing(width, height)
    bands = len(calendar.bands)
    room = max((drawing.height - KEY_HEIGHT) / bands - MONTH_HEIGHT, 1.0)
    left = LEFT if drawing.width > 4 * LEFT else 0.0
    step = min((drawing.width - left) / calendar.weeks, room / 7)
    tops = [drawing.height - band * (step * 7 + MONTH_HEIGHT) - MONTH_HEIGHT for band in range(bands)]
    grey = solid(theme.shade(ink("tick")))
    series = chart.series[0].name
    gap = min(1.2, step * 0.18)
    for day in calendar.days:
        x, y = left + day.week * step, tops[day.band] - (day.weekday + 1) * step
        colour = solid(theme.colour(role_of(day), strength(day.level)))
        drawing.add(Rect(x, y, step - gap, step - gap, fillColor=colour, strokeColor=None))
        at = (x + (step - gap) / 2, y + (step - gap) / 2)
        drawing.remember([Mark(series=series, x=day.day, value=day.value, at=at)])
    if step >= SIZE - 1 and left:
        for top in tops:
            for row, name in enumerate(WEEKDAYS):
                y = top - (row + 1) * step + (step - SIZE) / 2
                drawing.add(words(name, left - 4, y, colour=grey, size=SIZE, anchor="end")) if name else None
    _draw_months(drawing, calendar, (left, step), tops, theme)
    _draw_key(drawing, chart, calendar, theme)
    return drawing


def _draw_months(
    drawing: ChartDrawing, calendar: Calendar, place: tuple[float, float], tops: list[float], theme: Theme
) -> None:
    left, step = place
    grey = solid(theme.shade(ink("tick")))
    edges: dict[int, float] = {}
    ends = dict.fromkeys(range(len(tops)), left + calendar.weeks * step - 2)
    for band, name in enumerate(calendar.bands):
        wide = text_width(name, SIZE, SEMIBOLD)
        if name and wide <= drawing.width:
            edge = max(ends[band], wide)
            drawing.add(words(name, edge, tops[band] + 2, colour=grey, size=SIZE, font=SEMIBOLD, anchor="end"))
            ends[band] = edge - wide - 4
    for month in calendar.months:
        x, wide = left + month.week * step, text_width(month.text, SIZE)
        if x >= edges.get(month.band, 0.0) and x + wide <= ends[month.band]:
            drawing.add(words(month.text, x, tops[month.band] + 2, colour=grey, size=SIZE))
            edges[month.band] = x + wide + 3


def _draw_key(drawing: ChartDrawing, chart: Chart, calendar: Calendar, theme: Theme) -> None:
    """What the strengths mean, below the days; nothing where there is no room."""
    grey = solid(theme.shade(ink("tick")))
    low = value_text(0, chart.unit)
    high = value_text(max(abs(day.value) for day in calendar.days), chart.unit)
    parts = [high]
    is_below = any(day.is_below for day in calendar.days)
    wide = text_width(low, SIZE) + text_width(high, SIZE) + LEVELS * 8 + 16
    if wide > drawing.width:
        return
    drawing.add(words(low, 0, 1, colour=grey, size=SIZE))
    x = text_width(low, SIZE) + 4
    for level in range(LEVELS):
        drawing.add(square(x, 1, 6, solid(theme.colour(Role.MAIN, strength(level)))))
        x += 8
    parts += [calendar.note] if calendar.note else []
    drawing.add(words(high, x, 1, colour=grey, size=SIZE))
    x += text_width(high, SIZE) + 12
    if is_below and x + 60 < drawing.width:
        drawing.add(square(x, 1, 6, solid(theme.colour(Role.SERIES_2))))
        drawing.add(words("below zero", x + 9, 1, colour=grey, size=SIZE))
        x += 60
    if calendar.note and x + text_width(calendar.note, SIZE) <= drawing.width:
        drawing.add(words(calendar.note, x, 1, colour=grey, size=SIZE))
