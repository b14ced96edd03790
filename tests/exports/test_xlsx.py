"""The workbook as other programs see it: sheets, types, formulas, charts, and text that stays text."""

import datetime as dt
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from charts import ChartKind, chart_kinds
from core.errors import LimitError
from core.result import Column, ColumnType, Quotient
from exports import ChartBlock, KpiRow, TableBlock, Text, render_report
from exports.kinds.xlsx.table import MOST_COLUMNS
from tests.charts.samples import annotated
from tests.exports.samples import BAR, BLOCKS, LINE, TABLE, TILE, make_report
from tests.exports.spreadsheet import calculated, read_workbook

COLUMNS = (
    Column(name="region", label="Region", type=ColumnType.TEXT),
    Column(name="amount", label="Revenue won", type=ColumnType.NUMBER, unit="USD", is_metric=True),
    Column(name="won", label="Won deals", type=ColumnType.INTEGER, unit="deals", is_metric=True),
    Column(name="rate", label="Win rate", type=ColumnType.NUMBER, unit="ratio", decimals=1, is_metric=True),
    Column(name="owners", label="Active owners", type=ColumnType.INTEGER, unit="owners", is_metric=True),
    Column(name="closed", label="Closed deals", type=ColumnType.INTEGER, unit="deals", is_metric=True),
)
# Seven regions in all: 1,000.75 won in 20 of 50 deals by five owners.
REGIONS = TableBlock(
    title="Regions",
    columns=COLUMNS,
    rows=(("Central", 100.5, 5, 0.5, 3, 10), ("East", 200.25, 2, 0.25, 2, 8), ("West", None, 0, None, 1, 0)),
    total_rows=7,
    totals=(None, 1000.75, 20, 0.4, 5, 50),
    additive=frozenset({"amount", "won", "closed"}),
    quotients={"rate": Quotient(numerator="won", denominator="closed")},
    helpers=frozenset({"closed"}),
)
FIGURE = replace(TILE, number=4_320_000, previous=3_980_000, unit="USD")


def test_each_block_has_a_sheet_and_the_first_leads_to_them() -> None:
    book = read_workbook(make_report(*BLOCKS))
    assert book.sheetnames == [
        "Report", "Key figures", "Revenue won", "Revenue by product", "Regions", "Definitions", "Freshness",
    ]  # fmt: skip
    links = [cell.hyperlink.location for row in book["Report"] for cell in row if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in book.sheetnames[1:]]


def test_words_and_problems_stand_on_the_first_sheet() -> None:
    words = [cell.value for row in read_workbook(make_report(*BLOCKS))["Report"] for cell in row if cell.value]
    for part in ("Weekly sales review", "EMEA lost 3.0 points.", "• first", "Forecast is not shown"):
        assert part in words
    assert "The metric commit is not defined. Reference 7F3K-21Q9." in words


def test_definitions_and_freshness_have_sheets() -> None:
    book = read_workbook(make_report(*BLOCKS))
    assert [cell.value for cell in book["Definitions"][2]][:2] == ["Win rate", "won deals over closed deals."]
    facts = {row[0].value: row[1].value for row in book["Freshness"]}
    assert facts["Data"] == "Data as of 21 Nov 2026, 10:31 UTC"
    assert facts["Written"] == "21 Nov 2026, 19:40 UTC"
    assert facts["Rows"] == "All rows of EMEA."


def test_cells_have_types_and_number_formats() -> None:
    sheet = read_workbook(make_report(TABLE))["Regions"]
    assert [cell.value for cell in sheet[5]] == ["Central", 3_346_293, 0.6256, 51.84, dt.datetime(2026, 10, 31)]  # noqa: DTZ001
    assert [cell.number_format for cell in sheet[5]] == [
        "General", '"$"#,##0;"−""$"#,##0', '0.00%;"−"0.00%', '#,##0.0;"−"#,##0.0', "d mmm yyyy",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[6]][3] is None


def test_a_table_can_be_filtered_and_its_head_stays() -> None:
    sheet = read_workbook(make_report(REGIONS))["Regions"]
    assert sheet.auto_filter.ref == "A4:F7"
    assert sheet.freeze_panes == "B5"
    assert sheet.column_dimensions["F"].hidden


def test_totals_ratios_and_what_is_left_out_are_formulas() -> None:
    sheet = read_workbook(make_report(REGIONS))["Regions"]
    assert sheet["D5"].value == '=IF(F5=0,"",C5/F5)'
    assert [cell.value for cell in sheet[8]] == [
        "All other rows", 700, 13, '=IF(F8=0,"",C8/F8)', None, 32,
    ]  # fmt: skip
    assert [cell.value for cell in sheet[9]] == [
        "Total", "=SUBTOTAL(109,B5:B8)", "=SUBTOTAL(109,C5:C8)", '=IF(F9=0,"",C9/F9)', 5, "=SUBTOTAL(109,F5:F8)",
    ]  # fmt: skip
    assert sheet["A10"].value == "Computed over all rows, not a sum: Active owners."


def test_libreoffice_calculates_the_same_numbers_as_the_store(tmp_path: Path) -> None:
    course = replace(LINE, series=(replace(LINE.series[0], y=(100, 150, None, 75, 0, 60, 90, 45, 45, 50, 20)),))
    rate = replace(FIGURE, label="Win rate", number=0.238, previous=0.279, unit="ratio")
    report = make_report(KpiRow(tiles=(FIGURE, rate)), ChartBlock(chart=course, is_additive=True), REGIONS)
    sheets = calculated(report, tmp_path)
    assert sheets["Regions"][4][3] == pytest.approx(0.5)
    assert sheets["Regions"][6][3] in ("", None)
    assert sheets["Regions"][7][3] == pytest.approx(13 / 32)
    assert sheets["Regions"][8][1:6] == pytest.approx([1000.75, 20, 0.4, 5, 50])
    assert sheets["Key figures"][3][3:5] == pytest.approx([340_000, 340 / 3980])
    assert sheets["Key figures"][4][3] == pytest.approx(-4.1)
    rows = sheets["Revenue won"][4:15]
    assert [row[3] for row in rows] == [100, 250, 250, 325, 325, 385, 475, 520, 565, 615, 635]
    changes = [row[2] for row in rows]
    # Nothing is said of the first month, around the missing one, from zero, and of the month still running.
    assert changes[1] == pytest.approx(0.5)
    assert changes[4] == pytest.approx(-1.0)
    assert [changes[index] in ("", None) for index in (0, 2, 3, 5, 10)] == [True] * 5


def test_the_values_written_beside_the_formulas_are_those_of_the_store() -> None:
    book = zipfile.ZipFile(io.BytesIO(render_report(make_report(REGIONS), "xlsx")))
    xml = book.read("xl/worksheets/sheet2.xml").decode()
    assert re.search(r"SUBTOTAL\(109,B5:B8\)</f><v>1000.75</v>", xml)
    assert re.search(r"IF\(F9=0,&quot;&quot;,C9/F9\)</f><v>0.4</v>|IF\(F9=0,\"\",C9/F9\)</f><v>0.4</v>", xml)


def test_shaded_columns_are_shaded_by_the_workbook_itself() -> None:
    shaded = replace(REGIONS, heat=frozenset({"rate"}))
    rules = read_workbook(make_report(shaded))["Regions"].conditional_formatting
    scales = {str(one.sqref): [rule.type for rule in one.rules] for one in rules}
    assert scales["D5:D7"] == ["colorScale"]
    assert scales["B5:B7"] == ["dataBar"]


def test_subtotals_are_bold() -> None:
    rules = read_workbook(make_report(replace(REGIONS, subtotals=frozenset({1}))))["Regions"].conditional_formatting
    bold = {str(one.sqref) for one in rules for rule in one.rules if rule.dxf is not None and rule.dxf.font.b}
    assert bold == {"A6:F6"}


@pytest.mark.parametrize("kind", sorted(kind for kind, one in chart_kinds().items() if not hasattr(one, "check")))
def test_every_kind_of_chart_is_a_native_chart_over_the_cells(kind: str) -> None:
    chart = replace(BAR if kind == ChartKind.BAR else LINE, kind=ChartKind(kind), title="Chart")
    book = read_workbook(make_report(ChartBlock(chart=chart)))
    native = book["Chart"]._charts[0]
    last = 4 + len(chart.series[0].x)
    assert native.series[0].val.numRef.f == f"Chart!$B$5:$B${last}"
    assert [book["Chart"].cell(row, 2).value for row in range(5, last + 1)] == list(chart.series[0].y)


def test_a_target_is_a_line_over_native_columns() -> None:
    book = read_workbook(make_report(ChartBlock(chart=annotated(ChartKind.COLUMN))))
    columns, line = book["Win rate"]._charts[0]._charts
    assert (type(columns).__name__, type(line).__name__) == ("BarChart", "LineChart")
    assert [one.val.numRef.f for one in (*columns.series, *line.series)] == [
        "'Win rate'!$B$5:$B$10",
        "'Win rate'!$C$5:$C$10",
    ]
    assert [book["Win rate"].cell(row, 3).value for row in range(5, 11)] == [0.25] * 6


def test_a_chart_without_values_says_so() -> None:
    sheet = read_workbook(make_report(ChartBlock(chart=replace(LINE, series=()))))["Revenue won"]
    assert sheet["A4"].value == "No data in this period"
    assert sheet._charts == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("http://x","y")'])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    columns = (Column(name=text, label=text, type=ColumnType.TEXT),)
    report = make_report(TableBlock(title=text, columns=columns, rows=((text,),)), Text(markdown=text), title=text)
    for sheet in read_workbook(report):
        for cell in (cell for row in sheet for cell in row if isinstance(cell.value, str) and text in cell.value):
            assert cell.data_type == "s"
            assert cell.quotePrefix or not cell.value.startswith(tuple("=+-@\t"))


def test_markup_of_the_writer_in_a_text_is_text() -> None:
    columns = (Column(name="a", label="A", type=ColumnType.TEXT),)
    evil = "<r><t>x</t></r></c><c r='B9'><v>1</v></c><r></r>"
    sheet = read_workbook(make_report(TableBlock(title="T", columns=columns, rows=((evil,),))))["T"]
    assert sheet["A5"].value.strip() == evil
    assert sheet["B9"].value is None


def test_names_of_sheets_are_valid_and_differ() -> None:
    long = "Revenue: won / lost [by region] and by product of the year"
    names = read_workbook(
        make_report(*[replace(TABLE, title=title) for title in (long, long, "History", "'")])
    ).sheetnames
    assert names[1:5] == ["Revenue won lost by region and", "Revenue won lost by region (2)", "History (2)", "Table"]
    assert all(len(name) <= 31 for name in names)


def test_what_a_cell_cannot_hold_is_cut_or_written_as_text() -> None:
    columns = (
        Column(name="text", label="Text", type=ColumnType.TEXT),
        Column(name="id", label="Id", type=ColumnType.INTEGER),
        Column(name="share", label="Share", type=ColumnType.NUMBER),
        Column(name="day", label="Day", type=ColumnType.DATE),
    )
    rows = (("x" * 100_000, 2**53 + 1, float("nan"), dt.date(1850, 1, 1)), ("😀 שלום", None, float("inf"), None))
    sheet = read_workbook(make_report(TableBlock(title="Odd", columns=columns, rows=rows)))["Odd"]
    assert sheet["A5"].value.endswith("… (cut)")
    assert len(sheet["A5"].value) == 32_767
    assert [cell.value for cell in sheet[5]][1:] == ["9007199254740993", None, "1850-01-01"]
    assert sheet["A6"].value == "😀 שלום"
    assert sheet["C6"].value is None


def test_more_columns_than_a_sheet_holds_are_refused() -> None:
    columns = tuple(Column(name=str(index), label="c", type=ColumnType.INTEGER) for index in range(MOST_COLUMNS + 1))
    with pytest.raises(LimitError, match=r"'Wide' has 0 rows and 16,385 columns; a sheet holds 1,048,576 and 16,384"):
        render_report(make_report(TableBlock(title="Wide", columns=columns, rows=())), "xlsx")


def test_an_empty_table_is_a_head_and_a_word() -> None:
    sheet = read_workbook(make_report(replace(TABLE, rows=(), total_rows=0)))["Regions"]
    assert sheet["A2"].value == "No rows"
    assert sheet["B4"].value == "Revenue won"


def test_the_same_report_gives_the_same_bytes() -> None:
    report = make_report(*BLOCKS)
    assert render_report(report, "xlsx") == render_report(report, "xlsx")
