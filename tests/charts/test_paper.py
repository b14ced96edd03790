"""Drawings: the parts only paper needs."""

import itertools

import pytest
from reportlab.graphics.shapes import Path, String

from charts import Chart, ChartKind, render_drawing
from charts.paper.drawing import hatch, solid, translucent
from tests.charts.samples import MONTHS, highlighted, make_chart
from tests.charts.shaped import suited


def strings(chart: Chart, width: float = 400, height: float = 180) -> list[str]:
    return [shape.text for shape in render_drawing(chart, width, height).getContents() if isinstance(shape, String)]


def test_hatching_stays_inside_its_rectangle_and_fills_it() -> None:
    path = hatch(10, 20, 40, 90, solid("#000000"))
    xs, ys = path.points[::2], path.points[1::2]
    assert (min(xs), max(xs)) == (10, 40)
    assert 20 <= min(ys) <= 25
    assert 85 <= max(ys) <= 90
    assert len(xs) >= 2 * 15


def test_ink_is_mixed_with_the_paper_and_only_fills_are_translucent() -> None:
    grey = solid("#00000080")
    assert (grey.alpha, round(grey.red, 2)) == (1, 0.5)
    assert translucent("#00000080").alpha == pytest.approx(0.502, abs=0.001)


def test_the_incomplete_period_is_named_and_hatched() -> None:
    chart = make_chart(ChartKind.LINE, MONTHS, tuple(map(float, range(18))), incomplete_from=MONTHS[-1], note="so far")
    assert "so far" in strings(chart)


def test_labels_at_the_ends_of_lines_do_not_touch() -> None:
    chart = make_chart(ChartKind.LINE, MONTHS[:3], *((1.0, 2.0, 3.0 + index / 100) for index in range(8)))
    drawing = render_drawing(chart, 400, 180)
    labels = [
        shape for shape in drawing.getContents() if isinstance(shape, String) and shape.text.endswith(("$3", "$3.07"))
    ]
    heights = sorted(
        shape.y for shape in drawing.getContents() if isinstance(shape, String) and shape.text[1:3] == " $"
    )
    assert labels
    assert len(heights) == 8
    assert all(later - earlier >= 10 for earlier, later in itertools.pairwise(heights))


def test_names_of_lines_are_coloured_only_where_they_can_be_read() -> None:
    drawing = render_drawing(make_chart(ChartKind.LINE, MONTHS[:2], (1.0, 2.0), (5.0, 6.0)), 400, 180)
    colours = {shape.text: shape.fillColor.hexval() for shape in drawing.getContents() if isinstance(shape, String)}
    assert colours["A $2"] == "0x3a5fd9"
    assert colours["B $6"] == "0x17181c"


def test_ten_thousand_columns_are_one_path() -> None:
    chart = make_chart(ChartKind.COLUMN, tuple(range(10_000)), tuple(float(index % 7) for index in range(10_000)))
    assert sum(isinstance(shape, Path) for shape in render_drawing(chart, 400, 180).getContents()) == 1


@pytest.mark.parametrize("kind", list(ChartKind))
@pytest.mark.parametrize(("width", "height"), [(1, 1), (40, 20), (120, 60), (900, 40)])
def test_a_drawing_of_any_size_is_made(kind: ChartKind, width: float, height: float) -> None:
    drawing = render_drawing(suited(highlighted(kind)), width, height)
    assert (drawing.width, drawing.height) == (width, height)


def test_the_ticks_below_thin_out_in_a_narrow_drawing() -> None:
    def months(width: float) -> int:
        return sum(text in {"Jul", "Oct", "Jan", "Apr"} for text in strings(chart, width))

    chart = make_chart(ChartKind.COLUMN, MONTHS, tuple(map(float, range(18))))
    assert months(400) == 6
    assert 1 <= months(110) < 6


def test_each_bar_reads_name_then_value() -> None:
    chart = make_chart(ChartKind.BAR, ("West", "East"), (2.0, 1.0), (4.0, None))
    assert strings(chart)[-7:] == ["West", "$2", "$4", "East", "$1", "A", "B"]
