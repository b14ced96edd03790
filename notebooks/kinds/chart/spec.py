"""What is written in a chart cell."""

import datetime as dt
from dataclasses import dataclass

from charts import ChartKind, Event
from metrics import Grain
from metrics.period import PeriodKind
from notebooks.cell import Cell
from notebooks.fields import Fields
from notebooks.kinds.chart.needs import SHAPES, shape_problems
from notebooks.scope import CELL_PERIODS

PILED = (ChartKind.STACKED, ChartKind.SHARE)
KINDS_OVER_TIME = (ChartKind.LINE, ChartKind.AREA, ChartKind.COLUMN, *PILED)
KINDS_OVER_MEMBERS = (ChartKind.BAR, ChartKind.COLUMN, *PILED)
MAX_BARS = 50
MAX_LAST = 400
MAX_EVENTS = 20
DEFAULT_LAST = {Grain.DAY: 30, Grain.WEEK: 13, Grain.MONTH: 12, Grain.QUARTER: 8, Grain.YEAR: 5}
CHARTS = tuple(dict.fromkeys((*KINDS_OVER_TIME, *KINDS_OVER_MEMBERS, *SHAPES)))
# What a calendar shows where nothing else is said.
A_YEAR = 365
# So many days show weeks and seasons better as a calendar than as a line.
MANY_DAYS = 120
# So few periods are read one by one, which columns make easier than a line.
FEW_PERIODS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartCell(Cell):
    """Metrics over time (`grain` and `last`) or over the members of a dimension (`by` and `period`).

    `by` has at most one dimension, two for a sankey chart. `last` counts periods with the running one. `limit` is how
    many bars are drawn. `target` is a line at a value over time, or what gauges are against; `events` are days with
    words, such as "2026-03-01 Price rise", over time alone.
    """

    chart: ChartKind
    metrics: tuple[str, ...]
    title: str = ""
    by: tuple[str, ...] = ()
    grain: Grain | None = None
    last: int | None = None
    period: PeriodKind | None = None
    limit: int = 12
    where: str | None = None
    target: int | float | None = None
    events: tuple[str, ...] = ()


def read_event(text: str) -> Event | None:
    """A day and words; None for what is neither.

    >>> read_event("2026-03-01 Price rise")
    Event(day=datetime.date(2026, 3, 1), label='Price rise')
    """
    day, _, words = text.partition(" ")
    try:
        return Event(day=dt.date.fromisoformat(day), label=words.strip()) if words.strip() else None
    except ValueError:
        return None


def suggest_chart(*, grain: Grain | None, last: int | None, by: tuple[str, ...], has_target: bool = False) -> ChartKind:
    """The kind that suits what is asked: bars over members, columns for few periods, lines for more and for several.

    Countries are shown on a map, two dimensions as flows, values against a target as gauges, many days as a calendar.

    >>> suggest_chart(grain=None, last=None, by=("region",)).value, suggest_chart(grain=Grain.YEAR, last=5, by=()).value
    ('bar', 'column')
    """
    if grain is None:
        if len(by) > 1:
            return ChartKind.SANKEY
        if has_target:
            return ChartKind.GAUGE
        return ChartKind.MAP if by and by[0].rpartition("_")[2] == "country" else ChartKind.BAR
    if grain is Grain.DAY and (last or 0) >= MANY_DAYS and not by and not has_target:
        return ChartKind.CALENDAR
    return ChartKind.COLUMN if (last or 0) <= FEW_PERIODS and not by else ChartKind.LINE


def read(name: str, fields: Fields) -> ChartCell:
    """A chart cell from its keys."""
    grain = fields.choice("grain", DEFAULT_LAST) if fields.has("grain") else None
    has_last, has_period = fields.has("last"), fields.has("period")
    usual = (A_YEAR if fields.line("chart") == ChartKind.CALENDAR else DEFAULT_LAST[grain]) if grain else 0
    last = fields.integer("last", usual, minimum=1, maximum=MAX_LAST) if grain else None
    by, has_target = fields.names("by"), fields.has("target")
    suggested = suggest_chart(grain=grain, last=last, by=by, has_target=has_target)
    cell = ChartCell(
        name=name,
        chart=fields.choice("chart", CHARTS, suggested),
        metrics=fields.names("metrics", is_required=True),
        title=fields.line("title"),
        by=by,
        grain=grain,
        last=last,
        period=None if grain else fields.choice("period", CELL_PERIODS, PeriodKind.QUARTER),
        limit=fields.integer("limit", 12, minimum=1, maximum=MAX_BARS),
        where=fields.optional("where"),
        target=fields.number("target"),
        events=fields.lines("events", maximum=MAX_EVENTS),
    )
    if fields.is_valid:
        if grain is None and has_last:
            fields.problem("last", "last counts periods, so it needs a grain, such as grain: month")
        if grain is not None and has_period:
            fields.problem("period", "a chart over time has `grain` and `last`; leave out the period")
        _check_shape(cell, fields)
    _check_marks(cell, fields)
    return cell


def _check_marks(cell: ChartCell, fields: Fields) -> None:
    for key, words in (("target", "a target belongs"), ("events", "events belong")):
        if cell.chart is ChartKind.GAUGE and key == "target":
            if cell.target is None:
                fields.problem(key, "a gauge chart shows values against a target: give it one, such as target: 1200000")
            continue
        if cell.chart in SHAPES and fields.has(key):
            fields.problem(key, f"a {cell.chart} chart has no place for it; leave out `{key}`")
            continue
        if cell.grain is None and fields.has(key):
            fields.problem(key, f"{words} to a chart over time: give it a grain, such as grain: month")
    for text in cell.events:
        if read_event(text) is None:
            fields.problem("events", f"{text!r} is no event: a date and words, such as 2026-03-01 Price rise")


def _check_shape(cell: ChartCell, fields: Fields) -> None:
    if cell.chart in SHAPES:
        for problem in shape_problems(cell.chart, len(cell.metrics), len(cell.by), cell.grain):
            fields.problem("chart", problem)
        return
    if cell.chart in PILED and len(cell.metrics) == 1 and (cell.grain is None or not cell.by):
        fields.problem("chart", f"a {cell.chart} chart has parts: give it several metrics, or a grain and `by`")
    if cell.chart is ChartKind.SHARE and cell.target is not None:
        fields.problem("target", "a share chart shows parts of a whole, where a target value has no place")
    if len(cell.by) > 1:
        fields.problem("by", f"a chart is split by one dimension, not by {', '.join(cell.by)}; use a table")
    if cell.grain is None:
        if cell.chart not in KINDS_OVER_MEMBERS:
            fields.problem("chart", f"a {cell.chart} chart runs over time: give it a grain, such as grain: month")
        elif not cell.by:
            fields.problem(
                "chart", f"a {cell.chart} chart needs `by: [dimension]` or a grain to have something to split"
            )
        return
    if cell.chart not in KINDS_OVER_TIME:
        fields.problem("chart", f"a {cell.chart} chart does not run over time: leave out the grain, or use column")
    if cell.by and len(cell.metrics) > 1:
        fields.problem("metrics", "a chart over time split by a dimension shows one metric; make one chart for each")


EXAMPLE = ChartCell(
    name="trend", chart=ChartKind.LINE, metrics=("bookings",), title="Bookings by month", grain=Grain.MONTH, last=12
)
