"""Where the values of a chart stand in a workbook: the x in one column, each series in a column of its own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Zero-based rows and columns; the heading of each column stands in the row above `first_row`.

    `date_format` is the number format of the x cells where they hold dates, and empty where they hold texts or numbers.
    """

    sheet: str
    first_row: int
    last_row: int
    x_column: int
    y_column: int
    date_format: str = ""

    def x(self) -> list[object]:
        """The range of the x values, as XlsxWriter takes it."""
        return self._range(self.x_column)

    def y(self, series: int) -> list[object]:
        """The range of the values of one series."""
        return self._range(self.y_column + series)

    def name(self, series: int) -> list[object]:
        """The cell that names a series."""
        return [self.sheet, self.first_row - 1, self.y_column + series]

    def range_of(self, series: int) -> str:
        """The values of one series as a formula."""
        from xlsxwriter.utility import quote_sheetname, xl_range_abs

        column = self.y_column + series
        return f"={quote_sheetname(self.sheet)}!{xl_range_abs(self.first_row, column, self.last_row, column)}"

    def _range(self, column: int) -> list[object]:
        return [self.sheet, self.first_row, column, self.last_row, column]
