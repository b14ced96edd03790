"""Figures: the settings of the visual language, and what each kind says with them."""

import html
import re
import subprocess
import sys
from pathlib import Path

import plotly.graph_objects as go
import plotly.io
import pytest

from charts import Chart, ChartKind, Grain, Role, Series, chart_kinds, render_plotly
from charts.renderers import SCREEN_CONFIG
from core.errors import InvalidError
from tests.charts.samples import MONTHS, awkward_charts, highlighted, make_chart
from tests.charts.shaped import suited

ROOT = Path(__file__).resolve().parents[2]
LINE, COLUMN, BAR, AREA = ChartKind.LINE, ChartKind.COLUMN, ChartKind.BAR, ChartKind.AREA


def words(figure: go.Figure) -> list[str]:
    return [html.unescape(re.sub(r"<[^>]*>", "", note.text)) for note in figure.layout.annotations]


def trace(figure: go.Figure, name: str) -> go.Scatter:
    return next(one for one in figure.data if one.name == name and one.hovertemplate)


def test_a_figure_is_drawn_while_another_thread_loads_pandas() -> None:
    drawing = """
import sys, threading
from charts import ChartKind, render_plotly
from tests.charts.samples import make_chart
render_plotly(make_chart(ChartKind.LINE, [1, 2, 3]))
assert "pandas" not in sys.modules
loading = threading.Thread(target=lambda: __import__("pandas"))
loading.start()
while "pandas" not in sys.modules:
    pass
print(len(render_plotly(make_chart(ChartKind.LINE, [1, 2, 3])).to_json()) > 0)
loading.join()
"""
    done = subprocess.run([sys.executable, "-c", drawing], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("True", "")


@pytest.mark.parametrize("kind", sorted(chart_kinds()))
def test_a_figure_neither_zooms_nor_drags_nor_has_a_legend(kind: str) -> None:
    layout = render_plotly(suited(highlighted(ChartKind(kind)))).layout
    # Areas and flows have no axes.
    assert layout.xaxis.fixedrange or kind in {"sankey", "treemap"}
    assert layout.yaxis.fixedrange or kind in {"sankey", "treemap"}
    assert layout.dragmode is False
    assert layout.showlegend is False
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert SCREEN_CONFIG == {"displayModeBar": False, "scrollZoom": False}


def test_a_figure_does_not_depend_on_the_template_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    before = render_plotly(highlighted(LINE)).to_json()
    monkeypatch.setattr(plotly.io.templates, "default", "plotly_dark")
    assert render_plotly(highlighted(LINE)).to_json() == before


def test_grids_are_horizontal_for_lines_and_vertical_for_bars() -> None:
    line, bar = render_plotly(highlighted(LINE)).layout, render_plotly(highlighted(BAR)).layout
    assert (line.xaxis.showgrid, line.yaxis.showgrid) == (False, True)
    assert (bar.xaxis.showgrid, bar.yaxis.showgrid) == (True, False)
    assert line.yaxis.gridcolor == "#0000371a"


def test_hover_is_unified_for_time_and_closest_for_categories() -> None:
    assert render_plotly(highlighted(LINE)).layout.hovermode == "x unified"
    assert render_plotly(make_chart(LINE, ("a", "b"), (1.0, 2.0))).layout.hovermode == "closest"


def test_the_chosen_series_is_stronger_than_its_context_and_drawn_last() -> None:
    figure = render_plotly(highlighted(LINE))
    assert trace(figure, "EMEA").line.to_plotly_json() == {"color": "#000001", "width": 2.2}
    assert trace(figure, "APAC").line.to_plotly_json() == {"color": "#00003761", "width": 1.6}
    names = [one.name for one in figure.data if one.hovertemplate]
    assert names[-1] == "EMEA"


def test_lines_are_labelled_at_their_end_with_name_and_value() -> None:
    figure = render_plotly(highlighted(LINE))
    assert {"EMEA 18.9\u202f%", "North America 28.7\u202f%", "APAC 24.6\u202f%"} <= set(words(figure))
    assert figure.layout.margin.r > 100


def test_only_readable_colours_are_used_for_words() -> None:
    figure = render_plotly(make_chart(LINE, MONTHS[:3], (1.0, 2.0, 3.0), (4.0, 5.0, 6.0)))
    texts = [note.text for note in figure.layout.annotations]
    assert '<span style="color:#000001"><b>A $3</b></span>' in texts
    assert '<span style="color:#000002"><b>—</b></span> <b>B $6</b>' in texts


def test_the_incomplete_period_is_hatched_dotted_and_named() -> None:
    figure = render_plotly(
        make_chart(LINE, MONTHS, tuple(map(float, range(18))), incomplete_from=MONTHS[-1], note="so far")
    )
    band = next(one for one in figure.data if one.fillpattern.shape)
    assert (band.fillpattern.shape, band.fillpattern.size, band.fillpattern.solidity) == ("/", 7, 0.16)
    dotted = next(one for one in figure.data if one.line.dash == "2px,3px")
    assert list(dotted.y) == [16.0, 17.0]
    assert "so far" in words(figure)


def test_no_solid_line_runs_into_an_incomplete_period() -> None:
    figure = render_plotly(make_chart(LINE, MONTHS[:4], (1.0, 2.0, 3.0, 4.0), incomplete_from=MONTHS[2]))
    assert list(trace(figure, "A").y) == [1.0, 2.0, None, 3.0, None, 4.0]


def test_a_single_unfinished_line_also_names_its_last_complete_value() -> None:
    rising = make_chart(LINE, MONTHS[:3], (1e6, 2e6, 3e5), incomplete_from=MONTHS[2])
    assert {"$2.00\u202fM Jul", "$300\u202fk"} <= set(words(render_plotly(rising)))


def test_an_incomplete_column_is_hatched_in_its_colour() -> None:
    chart = make_chart(COLUMN, MONTHS[:3], (1.0, 2.0, 3.0), incomplete_from=MONTHS[2])
    assert trace(render_plotly(chart), "A").marker.pattern.shape == ("", "", "/")


def test_gaps_are_not_bridged_and_lonely_values_are_dots() -> None:
    figure = render_plotly(make_chart(LINE, (0, 1, 2, 3, 4), (1.0, None, 3.0, None, 5.0)))
    assert trace(figure, "A").connectgaps is False
    dots = next(one for one in figure.data if one.mode == "markers")
    assert list(dots.y) == [1.0, 3.0, 5.0]


def test_an_area_is_filled_to_zero_piece_by_piece() -> None:
    figure = render_plotly(make_chart(AREA, (0, 1, 2, 3, 4), (1.0, 2.0, None, 4.0, 5.0)))
    fill = next(one for one in figure.data if one.fill == "toself")
    assert list(fill.y) == [0.0, 1.0, 2.0, 0.0, None, 0.0, 4.0, 5.0, 0.0, None]
    assert fill.fillcolor == "#00000124"
    assert figure.layout.yaxis.range[0] == 0


def test_bars_start_at_zero_and_carry_their_values() -> None:
    figure = render_plotly(make_chart(BAR, ("a", "b"), (2_629_651.0, 3_510_578.0)))
    assert figure.layout.xaxis.range[0] == 0
    assert trace(figure, "A").text == ("$2.63\u202fM", "$3.51\u202fM")
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]


def test_a_long_category_is_shortened_on_the_axis_and_whole_on_hover() -> None:
    name = "A very long product name that goes on"
    figure = render_plotly(make_chart(BAR, (name, "b"), (1.0, 2.0)))
    assert figure.layout.yaxis.ticktext[0] == "A very long product…"
    assert trace(figure, "A").customdata[0][1] == name


def test_values_are_whole_on_hover() -> None:
    figure = render_plotly(make_chart(LINE, MONTHS[:2], (10_005_534.0, 2_360.91)))
    assert [row[0] for row in trace(figure, "A").customdata] == ["$10,005,534", "$2,360.91"]


def test_the_hover_title_is_the_period() -> None:
    chart = Chart(
        kind=LINE,
        title="",
        description="",
        series=(Series(name="A", x=MONTHS[:1], y=(1.0,)),),
        grain=Grain.MONTH,
    )
    axis = render_plotly(chart).layout.xaxis
    assert axis.unifiedhovertitle.text == "%{x|%b %Y}"
    assert axis.ticktext == ("Jun<br>2025",)


def test_several_columns_have_a_key_of_coloured_names() -> None:
    chart = make_chart(COLUMN, ("a", "b"), (1.0, 2.0), (3.0, 4.0))
    assert words(render_plotly(chart)) == ["■ A   ■ B"]


def test_few_columns_all_carry_values_and_many_only_the_last_complete() -> None:
    few = trace(render_plotly(make_chart(COLUMN, ("a", "b"), (1.0, 2.0))), "A")
    many = make_chart(COLUMN, MONTHS[:8], tuple(map(float, range(8))), incomplete_from=MONTHS[7])
    assert few.text == ("<b>$1</b>", "<b>$2</b>")
    assert [text for text in trace(render_plotly(many), "A").text if text] == ["<b>$6</b>"]


def test_at_most_eight_ticks_stand_below_the_plot() -> None:
    for kind in (LINE, COLUMN):
        figure = render_plotly(make_chart(kind, tuple(range(500)), tuple(map(float, range(500)))))
        assert 2 <= len(figure.layout.xaxis.tickvals) <= 8
        assert figure.layout.xaxis.tickangle == 0


def test_good_and_bad_have_their_own_colours() -> None:
    series = (
        Series(name="Won", x=("a",), y=(1.0,), role=Role.GOOD),
        Series(name="Lost", x=("a",), y=(2.0,), role=Role.BAD),
    )
    figure = render_plotly(Chart(kind=COLUMN, title="", description="", series=series))
    assert [one.marker.color for one in figure.data] == ["#000009", "#000010"]


def test_an_unknown_kind_names_the_nearest() -> None:
    chart = make_chart("colum", ("a",), (1.0,))  # type: ignore[arg-type]
    with pytest.raises(InvalidError, match="Did you mean column"):
        render_plotly(chart)


def test_the_room_between_two_lines_is_shaded_from_the_lower_to_the_higher() -> None:
    figure = render_plotly(awkward_charts(LINE)["interval"])
    (shade,) = [one for one in figure.data if one.fill == "toself"]
    assert list(shade.y) == [1.0, 1.5, 4.0, 2.5, 1.0, 1.0]
    assert shade.hoverinfo == "skip"
