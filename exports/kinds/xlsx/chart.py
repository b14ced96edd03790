"""A chart on a sheet of its own: its values as cells, growth and running totals as formulas, the chart beside them."""

import datetime as dt
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name

from charts import Chart, X, native_helpers, render_native
from charts.domain import Domain, DomainKind, domain_of
from charts.native.cells import Cells
from charts.native.chart import opaque
from charts.native.number_format import growth_format, number_format, points_format
from charts.plan import finite
from charts.spec import ChartKind, Grain, Role
from charts.table import name_of
from charts.theme import print_theme
from exports.blocks import ChartBlock
from exports.kinds.xlsx.pen import Pen

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

HEAD = 3
# Where a chart shades days or countries, its cells are shaded too.
_SHADED = frozenset({ChartKind.CALENDAR, ChartKind.MAP})
_DATE_FORMATS = {Grain.HOUR: "d mmm yyyy hh:mm", Grain.DAY: "d mmm yyyy", Grain.MONTH: "mmm yyyy", Grain.YEAR: "yyyy"}


def write_chart(pen: Pen, workbook: "Workbook", block: ChartBlock) -> None:
    """Write the values, what follows from them, and the chart."""
    chart = block.chart
    domain = domain_of(chart, is_category=chart.kind.is_by_name)
    pen.text(0, 0, chart.title or "Chart", "sheet_title")
    pen.text(1, 0, " · ".join(part for part in (chart.subtitle, chart.incomplete_note) if part), "meta")
    if chart.is_empty:
        pen.text(HEAD, 0, "No data in this period", "note")
        return
    sheet = _Values(pen, block, domain)
    sheet.write()
    cells = Cells(
        sheet=pen.sheet.get_name(),
        first_row=HEAD + 1,
        last_row=HEAD + len(domain.points),
        x_column=0,
        y_column=1,
        date_format=_date_format(domain),
    )
    native = render_native(chart, workbook, cells)
    if native is None:
        sheet.shade()
    else:
        pen.sheet.insert_chart(HEAD, sheet.width + 1, native, {"description": chart.description[:2000]})


def _date_format(domain: Domain) -> str:
    """The format of dates on the axis; empty where x is written as text, as quarters and weeks are."""
    return _DATE_FORMATS.get(domain.grain or Grain.DAY, "") if domain.kind is DomainKind.TIME else ""


class _Values:
    """The columns of a chart's sheet: x, the series, and for one series over time its change and running total."""

    def __init__(self, pen: Pen, block: ChartBlock, domain: Domain) -> None:
        self._pen, self._domain = pen, domain
        self._chart: Chart = block.chart
        self._series = (*self._chart.series, *native_helpers(self._chart))
        self._columns = [dict(zip(series.x, series.y, strict=True)) for series in self._series]
        is_single_course = domain.kind is DomainKind.TIME and len(self._columns) == 1
        self._change = len(self._columns) + 1 if is_single_course else None
        self._running = len(self._columns) + 2 if is_single_course and block.is_additive else None
        self.width = len(self._columns) + 1 + (self._change is not None) + (self._running is not None)
        values = [number for column in self._columns for y in column.values() if (number := finite(y)) is not None]
        has_fraction = any(value % 1 for value in values)
        units = [self._chart.unit_of(series) for series in self._series]
        self._codes = [number_format(unit, 2 if has_fraction and unit != "ratio" else None) for unit in units]
        start = self._chart.incomplete_from
        is_known = start is not None and (domain.kind is not DomainKind.CATEGORY or start in domain.points)
        self._began = domain.position(start) if start is not None and is_known else None

    def write(self) -> None:
        """Write head and rows."""
        names = [self._chart.x_label or "", *(series.name for series in self._series)]
        names += ["Change on the one before"] if self._change is not None else []
        names += ["Running total"] if self._running is not None else []
        for place, name in enumerate(names):
            self._pen.text(HEAD, place, name, "head_number" if place else "head")
            self._pen.sheet.set_column(place, place, 16 if place else 24)
        for offset, x in enumerate(self._domain.points):
            self._row(HEAD + 1 + offset, x, is_first=offset == 0)
        self._pen.sheet.freeze_panes(HEAD + 1, 1)

    def shade(self) -> None:
        """Bars or shades in the cells, where spreadsheet programs have no chart of the kind."""
        theme = print_theme()
        light = opaque(theme.colour(Role.MAIN, 0.4), theme.background)
        look: dict[str, object] = {"type": "data_bar", "bar_color": light, "bar_solid": True, "data_bar_2010": True}
        if self._chart.kind in _SHADED:
            look = {"type": "2_color_scale", "min_color": theme.background, "max_color": light}
        # One rule over all columns, so that their bars can be compared.
        last = HEAD + len(self._domain.points)
        self._pen.sheet.conditional_format(HEAD + 1, 1, last, len(self._chart.series), look)

    def _row(self, row: int, x: X, *, is_first: bool) -> None:
        self._write_x(row, x)
        for place, (column, code) in enumerate(zip(self._columns, self._codes, strict=True), start=1):
            self._pen.value(row, place, finite(column.get(x)), code)
        is_running = self._began is not None and self._domain.position(x) >= self._began
        if self._change is not None and not is_first and not is_running:
            self._write_change(row, x)
        if self._running is not None:
            self._write_running(row, x)

    def _write_x(self, row: int, x: X) -> None:
        code = _date_format(self._domain)
        if isinstance(x, dt.date) and code:
            self._pen.value(row, 0, x, code, "first")
        elif isinstance(x, int | float) and self._chart.kind is not ChartKind.HISTOGRAM:
            self._pen.value(row, 0, x, "General", "first")
        else:
            self._pen.text(row, 0, name_of(self._chart, self._domain, x))

    def _write_change(self, row: int, x: X) -> None:
        place = self._change or 0
        points = self._domain.points
        before = finite(self._columns[0].get(points[points.index(x) - 1]))
        now = finite(self._columns[0].get(x))
        if now is None or before is None:
            return
        if self._chart.unit == "ratio":
            self._pen.formula(row, place, f"=(B{row + 1}-B{row})*100", (now - before) * 100, points_format())
            return
        growth = (now - before) / abs(before) if before else None
        self._pen.formula(row, place, f'=IF(B{row}=0,"",(B{row + 1}-B{row})/ABS(B{row}))', growth, growth_format())

    def _write_running(self, row: int, x: X) -> None:
        points = self._domain.points[: self._domain.points.index(x) + 1]
        total = sum(value for point in points if (value := finite(self._columns[0].get(point))) is not None)
        name = xl_col_to_name(1)
        self._pen.formula(row, self._running or 0, f"=SUM({name}${HEAD + 2}:{name}{row + 1})", total, self._codes[0])
