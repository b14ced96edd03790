"""What every kind of chart must do, in both renderings, found by the registry: a new kind is tested by being there."""

import io
import json
import re
from collections.abc import Iterator

import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Group, Image
from reportlab.pdfgen.canvas import Canvas

from charts import Chart, ChartKind, as_table, chart_kinds, render_drawing, render_plotly
from charts.fonts import printable, text_width
from charts.paper.drawing import ChartDrawing
from charts.plan import finite
from charts.spec import X
from tests.charts.samples import MONTHS, annotated, awkward_charts, highlighted, make_chart
from tests.contracts.drawn import ANCHORS, drawn_shapes, drawn_strings, plain

# Kinds that draw any series; those that need a certain shape are in `test_shaped_charts`.
KINDS = sorted(kind for kind, module in chart_kinds().items() if not hasattr(module, "check"))
PILED = [ChartKind.SHARE, ChartKind.STACKED]
AWKWARD = sorted(awkward_charts(ChartKind.LINE))
EMPTY = {"nothing", "no points", "only nulls"}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> ChartKind:
    return ChartKind(request.param)


def screen_values(figure: go.Figure) -> dict[str, list[float]]:
    """The values of each series as a reader of the figure can hover them."""
    values: dict[str, list[float]] = {}
    for trace in figure.data:
        if trace.hovertemplate is not None:
            numbers = trace.x if trace.type == "bar" and trace.orientation == "h" else trace.y
            if trace.type == "bar" and len(trace.customdata[0]) == 3:
                # A share is drawn as its part of the whole, and told with its value.
                numbers = [told[2] for told in trace.customdata]
            values.setdefault(plain(trace.name), []).extend(number for number in numbers if number is not None)
    return values


def paper_values(drawing: ChartDrawing) -> dict[str, list[float]]:
    values: dict[str, list[float]] = {}
    for mark in drawing.marks:
        values.setdefault(mark.series, []).append(mark.value)
    return values


def spec_values(chart: Chart) -> dict[str, list[float]]:
    return {series.name: [number for y in series.y if (number := finite(y)) is not None] for series in chart.series}


def test_every_kind_of_the_specification_has_a_module() -> None:
    assert sorted(ChartKind) == sorted(chart_kinds())


@pytest.mark.parametrize("name", AWKWARD)
def test_both_renderings_hold_exactly_the_values_of_the_specification(kind: ChartKind, name: str) -> None:
    chart = awkward_charts(kind)[name]
    screen, paper = screen_values(render_plotly(chart)), paper_values(render_drawing(chart, 400, 180))
    expected = {series: sorted(values) for series, values in spec_values(chart).items() if values}
    assert {series: sorted(values) for series, values in screen.items() if values} == expected
    assert {series: sorted(values) for series, values in paper.items()} == expected


def test_both_renderings_have_the_values_in_the_same_order(kind: ChartKind) -> None:
    chart = highlighted(kind)
    screen, paper = screen_values(render_plotly(chart)), paper_values(render_drawing(chart, 400, 180))
    assert screen == paper == spec_values(chart)


@pytest.mark.parametrize("kind", [ChartKind(kind) for kind in KINDS if kind not in PILED])
@pytest.mark.parametrize("name", ["gaps", "mixed signs", "negative", "incomplete", "nine series"])
def test_marks_on_paper_lie_in_proportion_to_their_values(kind: ChartKind, name: str) -> None:
    marks = render_drawing(awkward_charts(kind)[name], 400, 180).marks
    axis = 0 if kind is ChartKind.BAR else 1
    low, high = min(marks, key=lambda mark: mark.value), max(marks, key=lambda mark: mark.value)
    slope = (high.at[axis] - low.at[axis]) / (high.value - low.value)
    assert slope > 0
    for mark in marks:
        assert mark.at[axis] == pytest.approx(low.at[axis] + slope * (mark.value - low.value), abs=1e-6)


@pytest.mark.parametrize("kind", PILED)
@pytest.mark.parametrize("name", ["mixed signs", "nine series", "interval"])
def test_a_piece_of_a_pile_ends_where_what_is_below_it_and_its_value_add_up_to(kind: ChartKind, name: str) -> None:
    chart = awkward_charts(kind)[name]
    figure, marks = render_plotly(chart), render_drawing(chart, 400, 180).marks
    ends: dict[tuple[str, X], float] = {}
    for x in chart.series[0].x:
        column = [(one.name, finite(one.y[one.x.index(x)])) for one in chart.series]
        whole = sum(abs(value) for _, value in column if value is not None) if kind is ChartKind.SHARE else 1.0
        for place, (series, value) in enumerate(column):
            if value is not None:
                same = [v for _, v in column[: place + 1] if v is not None and (v < 0) == (value < 0)]
                ends[series, x] = sum(same) / whole
    drawn = {
        (trace.name, x): base + size
        for trace in figure.data
        for x, base, size in zip(chart.series[0].x, trace.base, trace.y, strict=True)
        if size is not None
    }
    assert drawn == pytest.approx(ends)
    low, high = (pick(marks, key=lambda mark: ends[mark.series, mark.x]) for pick in (min, max))
    slope = (high.at[1] - low.at[1]) / (ends[high.series, high.x] - ends[low.series, low.x])
    for mark in marks:
        expected = low.at[1] + slope * (ends[mark.series, mark.x] - ends[low.series, low.x])
        assert mark.at[1] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", AWKWARD)
def test_marks_and_words_stay_inside_the_drawing(kind: ChartKind, name: str) -> None:
    drawing = render_drawing(awkward_charts(kind)[name], 400, 180)
    for string in drawn_shapes(drawing):
        start = string.x - text_width(string.text, string.fontSize, string.fontName) * ANCHORS[string.textAnchor]
        assert start >= -1
        assert start + text_width(string.text, string.fontSize, string.fontName) <= 402
    for mark in drawing.marks:
        assert -1 <= mark.at[0] <= 401
        assert -1 <= mark.at[1] <= 181


@pytest.mark.parametrize("name", ["negative", "mixed signs", "all equal", "incomplete", "long names"])
def test_both_renderings_label_the_values_alike(kind: ChartKind, name: str) -> None:
    chart = awkward_charts(kind)[name]
    figure, strings = render_plotly(chart), drawn_strings(render_drawing(chart, 480, 200))
    axis = figure.layout.xaxis if kind is ChartKind.BAR else figure.layout.yaxis
    for text in axis.ticktext or ():
        assert plain(text) in strings
    for trace in figure.data:
        for text in trace.text or ():
            assert not text or plain(text) in strings


@pytest.mark.parametrize("name", sorted(EMPTY))
def test_an_empty_chart_says_so_and_draws_no_mark(kind: ChartKind, name: str) -> None:
    chart = awkward_charts(kind)[name]
    figure, drawing = render_plotly(chart), render_drawing(chart, 300, 120)
    assert [note.text for note in figure.layout.annotations] == ["No data in this period"]
    assert len(figure.data) == 0
    assert drawn_strings(drawing) == ["No data in this period"]
    assert drawing.marks == ()


@pytest.mark.parametrize("name", AWKWARD)
def test_the_figure_survives_json_and_paper_becomes_a_pdf(kind: ChartKind, name: str) -> None:
    chart = awkward_charts(kind)[name]
    assert json.loads(render_plotly(chart).to_json())["layout"]["dragmode"] is False
    canvas = Canvas(io.BytesIO(), invariant=1)
    renderPDF.draw(render_drawing(chart, 240, 120), canvas, 0, 0)
    assert canvas.getpdfdata().startswith(b"%PDF")


def test_both_renderings_carry_a_target_and_the_events_in_range(kind: ChartKind) -> None:
    chart = annotated(kind)
    figure, drawing = render_plotly(chart), render_drawing(chart, 400, 180)
    assert screen_values(figure) == paper_values(drawing) == spec_values(chart)
    if kind in {ChartKind.BAR, ChartKind.SPARKLINE}:
        # What does not run over time, or has no axis, has no place for a day.
        return
    told = [plain(note.text) for note in figure.layout.annotations]
    events = [text for text in drawn_strings(drawing) if text in told and ("rise" in text or "second" in text)]
    assert events == ["Price rise", "A <b>second</b> rise wi…"]
    assert not any("Long ago" in text for text in told)
    assert [shape.x0[:10] for shape in figure.layout.shapes] == ["2026-07-15", "2026-10-20"]
    bars = [trace for trace in figure.data if trace.type == "bar"]
    upright = {ChartKind.COLUMN: ["EMEA"], ChartKind.STACKED: ["EMEA"], ChartKind.SHARE: ["EMEA", "Target"]}
    assert [plain(trace.name) for trace in bars] == upright.get(kind, [])


def test_a_drawing_has_vectors_only(kind: ChartKind) -> None:
    def shapes(group: Group) -> Iterator[object]:
        for shape in group.getContents():
            yield shape
            if isinstance(shape, Group):
                yield from shapes(shape)

    assert not any(isinstance(shape, Image) for shape in shapes(render_drawing(highlighted(kind), 300, 120)))


def test_markup_in_names_is_shown_as_it_is_typed(kind: ChartKind) -> None:
    figure = render_plotly(awkward_charts(kind)["markup"])
    text = json.dumps(figure.to_plotly_json(), default=str)
    assert "<b>x</b>" not in text
    if kind is not ChartKind.SPARKLINE:
        assert "&lt;b&gt;x&lt;/b&gt;" in text


def test_words_the_font_lacks_do_not_reach_the_drawing(kind: ChartKind) -> None:
    for text in drawn_strings(render_drawing(awkward_charts(kind)["emoji"], 400, 180)):
        assert printable(text) == text


def test_colours_are_placeholders_on_the_screen(kind: ChartKind) -> None:
    text = json.dumps(render_plotly(highlighted(kind)).to_plotly_json(), default=str)
    assert set(re.findall(r"#[0-9a-fA-F]{6}", text)) <= {f"#0000{number:02d}" for number in range(1, 39)}


def test_the_table_view_has_a_row_for_each_x(kind: ChartKind) -> None:
    headers, rows = as_table(highlighted(kind))
    assert headers == ("Period", "EMEA", "North America", "APAC")
    assert rows[0] == ("Jun 2026", "28.0\u202f%", "30.0\u202f%", "26.0\u202f%")
    assert rows[-1][0] == "Nov 2026 (so far)"
    assert len(rows) == 6


numbers = st.one_of(st.none(), st.floats(), st.integers(-(10**18), 10**18))


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(KINDS), values=st.lists(numbers, max_size=18), start=st.integers(0, 20))
def test_any_values_are_drawn_the_same_in_both_renderings(
    kind: str, values: list[float | int | None], start: int
) -> None:
    x = MONTHS[: len(values)]
    begin = x[start] if start < len(x) else None
    chart = make_chart(ChartKind(kind), x, tuple(values), incomplete_from=begin, note="so far")
    screen = screen_values(render_plotly(chart)).get("A", [])
    paper = paper_values(render_drawing(chart, 300, 150)).get("A", [])
    assert screen == paper == spec_values(chart)["A"]
