"""What every kind of chart that needs a certain shape must do, on the screen, on paper and in workbooks."""

import io
import json
import re
from dataclasses import replace

import pytest
from reportlab.graphics import renderPDF
from reportlab.pdfgen.canvas import Canvas

from charts import (
    Chart,
    ChartKind,
    Series,
    as_table,
    chart_kinds,
    render_drawing,
    render_plotly,
    require_drawable,
)
from charts.fonts import printable, text_width
from core.errors import InvalidError
from exports import ChartBlock, render_report
from tests.charts.samples import awkward_charts
from tests.charts.shaped import suited_charts
from tests.contracts.drawn import ANCHORS, drawn_shapes, drawn_strings, drawn_values, plain, screen_told, written_values
from tests.exports.samples import make_report
from tests.exports.spreadsheet import read_workbook

SHAPED = sorted(kind for kind, module in chart_kinds().items() if hasattr(module, "check"))
AWKWARD = sorted(awkward_charts(ChartKind.LINE))
# Ten thousand points are drawn on the screen and on paper; what else is asked of a chart does not depend on how many.
FEW = [name for name in AWKWARD if not name.startswith("many")]
EMPTY = ["no points", "nothing", "only nulls"]


@pytest.fixture(params=SHAPED)
def kind(request: pytest.FixtureRequest) -> ChartKind:
    return ChartKind(request.param)


@pytest.mark.parametrize("name", AWKWARD)
def test_screen_and_paper_hold_exactly_the_values_of_the_specification(kind: ChartKind, name: str) -> None:
    chart = suited_charts(kind)[name]
    expected = drawn_values(chart)
    assert screen_told(render_plotly(chart)) == expected
    assert sorted(mark.value for mark in render_drawing(chart, 400, 180).marks) == expected


@pytest.mark.parametrize("name", ["gaps", "mixed signs", "one point", "long names"])
def test_a_workbook_holds_the_values_of_the_specification(kind: ChartKind, name: str) -> None:
    chart = suited_charts(kind)[name]
    sheet = read_workbook(make_report(ChartBlock(chart=chart)))["Revenue"]
    columns = range(2, 2 + len(chart.series))
    written = [sheet.cell(row, column).value for column in columns for row in range(5, sheet.max_row + 1)]
    assert sorted(value for value in written if value is not None) == pytest.approx(written_values(chart))
    shown = [*sheet._charts, *sheet.conditional_formatting]
    assert shown, "neither a chart nor bars in the cells"


@pytest.mark.parametrize("name", AWKWARD)
def test_marks_and_words_stay_inside_the_drawing(kind: ChartKind, name: str) -> None:
    drawing = render_drawing(suited_charts(kind)[name], 400, 180)
    for string in drawn_shapes(drawing):
        width = text_width(string.text, string.fontSize, string.fontName)
        start = string.x - width * ANCHORS[string.textAnchor]
        assert start >= -1
        assert start + width <= 402
        assert printable(string.text) == string.text
    for mark in drawing.marks:
        assert -1 <= mark.at[0] <= 401
        assert -1 <= mark.at[1] <= 181


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_chart_says_so_and_draws_no_mark(kind: ChartKind, name: str) -> None:
    chart = suited_charts(kind)[name]
    if not chart.is_empty:
        # Steps that are unknown still have a total, places and targets.
        chart = replace(chart, series=())
    figure, drawing = render_plotly(chart), render_drawing(chart, 300, 120)
    assert [note.text for note in figure.layout.annotations] == ["No data in this period"]
    assert len(figure.data) == 0
    assert drawn_strings(drawing) == ["No data in this period"]


@pytest.mark.parametrize("name", FEW)
def test_the_figure_survives_json_and_paper_becomes_a_pdf(kind: ChartKind, name: str) -> None:
    chart = suited_charts(kind)[name]
    assert json.loads(render_plotly(chart).to_json())["layout"]["dragmode"] is False
    canvas = Canvas(io.BytesIO(), invariant=1)
    renderPDF.draw(render_drawing(chart, 240, 120), canvas, 0, 0)
    assert canvas.getpdfdata().startswith(b"%PDF")


@pytest.mark.parametrize("name", ["mixed signs", "incomplete", "long names", "two points"])
def test_colours_are_placeholders_on_the_screen(kind: ChartKind, name: str) -> None:
    text = json.dumps(render_plotly(suited_charts(kind)[name]).to_plotly_json(), default=str)
    assert set(re.findall(r"#[0-9a-fA-F]{6}", text)) <= {f"#0000{number:02d}" for number in range(1, 39)}


def test_markup_in_names_is_shown_as_it_is_typed(kind: ChartKind) -> None:
    text = json.dumps(render_plotly(suited_charts(kind)["markup"]).to_plotly_json(), default=str)
    assert "<b>x</b>" not in text


@pytest.mark.parametrize("name", FEW)
def test_the_table_view_tells_every_value(kind: ChartKind, name: str) -> None:
    chart = suited_charts(kind)[name]
    headers, rows = as_table(chart)
    assert all(len(row) == len(headers) for row in rows)
    told = sum(cell not in {"", "\u2014"} for row in rows for cell in row[1:])
    assert told >= len(written_values(chart))


def test_a_presentation_has_a_chart_for_it(kind: ChartKind) -> None:
    chart = suited_charts(kind)["long names"]
    assert render_report(make_report(ChartBlock(chart=chart)), "pptx").startswith(b"PK")


def test_what_does_not_fit_is_refused_before_it_is_drawn(kind: ChartKind) -> None:
    wrong = Chart(
        kind=kind, title="Wrong", description="Wrong.",
        series=tuple(Series(name="s", x=("a", "a"), y=(1.0, float(9 - n))) for n in range(9)),
    )  # fmt: skip
    for draw in (require_drawable, render_plotly, lambda chart: render_drawing(chart, 100, 100)):
        with pytest.raises(InvalidError, match=kind.value):
            draw(wrong)


def test_each_rendering_says_what_it_leaves_out() -> None:
    for kind, name, words in (
        (ChartKind.TREEMAP, "mixed signs", "not above zero"),
        (ChartKind.TREEMAP, "many names", "the largest 120 of"),
        (ChartKind.SANKEY, "many points", "the largest 60 of"),
        (ChartKind.CALENDAR, "many points", "the last 12 of 28 years"),
        (ChartKind.MAP, "many names", "not on the map"),
    ):
        chart = suited_charts(kind)[name]
        notes = " ".join(plain(str(note.text)) for note in render_plotly(chart).layout.annotations)
        assert words in notes, kind
        assert words in " ".join(drawn_strings(render_drawing(chart, 480, 240))), kind


def test_a_circle_of_flows_is_refused() -> None:
    series = (Series(name="a", x=("b",), y=(1.0,)), Series(name="b", x=("a",), y=(1.0,)))
    with pytest.raises(InvalidError, match="circle through 'a'"):
        require_drawable(Chart(kind=ChartKind.SANKEY, title="T", description="", series=series))


def test_a_waterfall_that_does_not_add_up_is_refused() -> None:
    steps = Series(name="s", x=("a", "b", "sum"), y=(1.0, 2.0, 4.0))
    with pytest.raises(InvalidError, match="is 4, but the steps before it come to 3"):
        require_drawable(Chart(kind=ChartKind.WATERFALL, title="T", description="", series=(steps,), totals=(2,)))


def test_two_names_of_one_country_are_refused() -> None:
    both = Series(name="s", x=("UK", "Great Britain"), y=(1.0, 2.0))
    with pytest.raises(InvalidError, match="are both United Kingdom"):
        require_drawable(Chart(kind=ChartKind.MAP, title="T", description="", series=(both,)))
