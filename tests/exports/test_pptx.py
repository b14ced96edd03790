"""Presentations, read back: the same numbers as the report, native charts and tables, whatever the text."""

import io
import math
import re
from dataclasses import replace

import pytest
from pptx import Presentation
from pptx.chart.chart import Chart as NativeChart
from pptx.enum.chart import XL_TICK_LABEL_POSITION
from pptx.slide import Slide

from charts import Chart, ChartKind, Series, chart_kinds
from charts.native.number_format import axis_format
from core.result import Column, ColumnType
from exports import ChartBlock, Report, TableBlock, Text, render_report
from tests.exports.samples import BAR, BLOCKS, COLUMNS, GENERATED, LINE, ROWS, make_report


def slides_of(report: Report) -> list[Slide]:
    return list(Presentation(io.BytesIO(render_report(report, "pptx"))).slides)


def charts_of(report: Report) -> list[NativeChart]:
    return [shape.chart for slide in slides_of(report) for shape in slide.shapes if shape.has_chart]


def words_of(slide: Slide) -> str:
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    tables = [shape.table for shape in slide.shapes if shape.has_table]
    return "\n".join([*texts, *(cell.text for table in tables for cell in table.iter_cells())])


def test_every_block_has_its_slide_and_the_same_report_the_same_bytes() -> None:
    report = make_report(*BLOCKS)
    assert render_report(report, "pptx") == render_report(report, "pptx")
    texts = [words_of(slide) for slide in slides_of(report)]
    expected = (
        "Weekly sales review", "Bookings, quarter to date", "Revenue won", "EMEA lost 3.0 points.",
        "Revenue by product", "Regions", "Forecast could not be shown", "Win rate: won deals over closed deals.",
    )  # fmt: skip
    assert len(texts) == len(expected)
    assert all(words in text for words, text in zip(expected, texts, strict=True))
    properties = Presentation(io.BytesIO(render_report(report, "pptx"))).core_properties
    assert (properties.title, properties.created) == ("Weekly sales review", GENERATED.replace(tzinfo=None))


@pytest.mark.parametrize("kind", sorted(kind for kind, one in chart_kinds().items() if not hasattr(one, "check")))
def test_a_native_chart_holds_the_values_and_gaps_of_the_report(kind: str) -> None:
    values = (1.5, None, -2.0, math.nan)
    names = ("a", "b", "c", "d")
    series = tuple(Series(name=name, x=names, y=values) for name in ("first", "second"))
    (native,) = charts_of(make_report(ChartBlock(chart=replace(BAR, kind=ChartKind(kind), series=series))))
    plot = native.plots[0]
    assert list(plot.categories) == list(names)
    expected = [1.5, None, -2.0, None]
    assert [(one.name, list(one.values)) for one in plot.series] == [("first", expected), ("second", expected)]
    assert native.has_legend


def test_a_course_over_time_names_its_periods() -> None:
    (native,) = charts_of(make_report(ChartBlock(chart=LINE)))
    assert list(native.plots[0].categories)[:2] == ["Jan 2026", "Feb 2026"]
    assert list(native.plots[0].series[0].values) == list(LINE.series[0].y)


def test_a_table_goes_on_and_says_what_it_leaves_out() -> None:
    report = make_report(TableBlock(title="Regions", columns=COLUMNS, rows=ROWS * 20, total_rows=12_340))
    slides = slides_of(report)[1:]
    tables = [next(shape.table for shape in slide.shapes if shape.has_table) for slide in slides]
    assert [len(table.rows) - 1 for table in tables] == [14, 14, 14]
    assert "42 of 12,340 rows" in words_of(slides[0])
    texts = [cell.text for cell in tables[0].rows[1].cells]
    assert texts == ["Central", "$3,346,293", "62.56\u202f%", "51.8", "31 Oct 2026"]


@pytest.mark.parametrize("text", ["x" * 100_000, "👩‍👩‍👧 שלום 日本語", "a\x00b\x0b\ud800c", ""])
def test_any_text_becomes_a_presentation_that_opens(text: str) -> None:
    many = tuple(Column(name=f"c{n}", label=text or f"c{n}", type=ColumnType.TEXT) for n in range(3_000))
    wide = TableBlock(title=text, columns=many, rows=((text,) * 3_000,))
    chart = Chart(kind=ChartKind.BAR, title=text, description=text, series=(Series(name=text, x=(text,), y=(1,)),))
    slides = slides_of(make_report(wide, ChartBlock(chart=chart), Text(markdown=text), title=text or "t"))
    assert "8 of 3,000 columns" in words_of(slides[1])


def test_nothing_to_show_is_said() -> None:
    empty = ChartBlock(chart=replace(LINE, series=()))
    slides = slides_of(make_report(TableBlock(title="None", columns=COLUMNS, rows=()), empty))
    assert "No rows" in words_of(slides[1])
    assert "No data in this period" in words_of(slides[2])


def test_charts_say_their_units_and_which_period_has_not_ended() -> None:
    line, bar = charts_of(make_report(ChartBlock(chart=LINE), ChartBlock(chart=BAR)))
    for chart in (line, bar):
        assert chart.value_axis.tick_labels.number_format == axis_format("USD")
        assert not chart.value_axis.tick_labels.number_format_is_linked
    dashes = re.findall(r'<c:dPt>\s*<c:idx val="(\d+)"/>.*?<a:prstDash val="(\w+)"', line._chartSpace.xml, re.DOTALL)
    assert dashes == [("10", "sysDot")]
    assert bar.plots[0].data_labels.show_value
    assert bar.value_axis.tick_label_position == XL_TICK_LABEL_POSITION.HIGH
