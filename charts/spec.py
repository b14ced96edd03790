"""The chart specification: what a chart shows, with no word on how it is drawn.

One specification is drawn by every renderer (screen, PDF, later the workbook). Values are already computed:
a chart never aggregates. Colours are roles, not hex values; the renderer's theme turns a role into a colour.
"""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from core.numbers import is_undefined

X = str | int | float | dt.date | dt.datetime
Y = float | int | None


class ChartKind(StrEnum):
    """The kinds of chart; each has a module of this name in `charts.kinds`."""

    AREA = "area"
    BAR = "bar"
    BOX = "box"
    CALENDAR = "calendar"
    COLUMN = "column"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    LINE = "line"
    MAP = "map"
    SANKEY = "sankey"
    SCATTER = "scatter"
    SHARE = "share"
    SPARKLINE = "sparkline"
    STACKED = "stacked"
    TREEMAP = "treemap"
    WATERFALL = "waterfall"

    @property
    def is_by_name(self) -> bool:
        """Whether each x is a name with a row of its own, whatever its type."""
        return self in _BY_NAME

    @property
    def is_in_rows(self) -> bool:
        """Whether each name has a row of its own below the one before, so that the chart grows with their number."""
        return self in _IN_ROWS


_IN_ROWS = frozenset({ChartKind.BAR, ChartKind.BOX, ChartKind.GAUGE, ChartKind.WATERFALL})
_BY_NAME = _IN_ROWS | {ChartKind.MAP, ChartKind.SANKEY, ChartKind.SCATTER, ChartKind.TREEMAP}


class Grain(StrEnum):
    """The length of the periods on a time axis; decides how a period is written ("Nov 2026", "Q4 2026")."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Role(StrEnum):
    """What a mark means; a theme gives it a colour in light, dark and print."""

    MAIN = "main"
    CONTEXT = "context"
    GOOD = "good"
    BAD = "bad"
    TOTAL = "total"
    SERIES_2 = "series_2"
    SERIES_3 = "series_3"
    SERIES_4 = "series_4"
    SERIES_5 = "series_5"
    SERIES_6 = "series_6"
    SERIES_7 = "series_7"
    SERIES_8 = "series_8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One named run of values; `x` and `y` have equal length, a missing value is None, never 0.

    `unit` is given where it is not that of the chart.
    """

    name: str
    x: tuple[X, ...]
    y: tuple[Y, ...]
    role: Role = Role.MAIN
    is_dashed: bool = False
    unit: str | None = None

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise ValueError(f"series {self.name!r} has {len(self.x)} x values and {len(self.y)} y values")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened on a day and may explain a change, such as a price rise."""

    day: dt.date
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart.

    `description` is the text alternative: a full sentence with the figures that matter. `unit` is the unit of y (see
    `core.result.Column.unit`). `x_label` heads the x column of the table view. `grain` is the length of the periods;
    where it is None it is inferred from the distances between them. `incomplete_from` is the x from which values are of
    a period still running: drawn hatched or dotted, with `incomplete_note` ("Nov: 21 of 30 days"). `between` are the
    places of two series of equal x, the lower first: lines shade the room between them, the interval of a forecast.
    `events` are marked on an upright chart over time; workbooks have no place for them. A dashed series of a column
    chart is a line over the columns: a target is one whose values are all the same. `totals` are the places of a
    waterfall's values that are levels and not changes. A histogram's x are the lower bounds of bins of `bin_width`, in
    `x_unit`. A box plot has five series (`charts.boxes.NAMES`), a scatter plot two over the same names, a gauge values
    and targets. In a sankey chart a series is a source and its x are targets; a name that is both lies between.
    """

    kind: ChartKind
    title: str
    description: str
    series: tuple[Series, ...] = field(default=())
    subtitle: str = ""
    x_label: str = ""
    grain: Grain | None = None
    unit: str | None = None
    incomplete_from: X | None = None
    incomplete_note: str = ""
    between: tuple[int, int] | None = None
    events: tuple[Event, ...] = ()
    totals: tuple[int, ...] = ()
    bin_width: float | None = None
    x_unit: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is no value to draw at all."""
        return all(is_undefined(value) for series in self.series for value in series.y)

    def unit_of(self, series: Series) -> str | None:
        """The unit of a series: its own, or that of the chart."""
        return self.unit if series.unit is None else series.unit
