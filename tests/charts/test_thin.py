"""Charts of a million points: fewer are drawn, the extremes among them, and the chart says so."""

import math

import pytest

from charts import Chart, ChartKind, Series, render_drawing, render_plotly
from charts.thin import MOST_POINTS, thin
from tests.contracts.drawn import drawn_strings

MANY = 1_000_000


def million(kind: ChartKind) -> Chart:
    x = tuple(range(MANY))
    y = tuple(math.sin(place / 9_000) + (50.0 if place == 654_321 else 0.0) for place in x)
    return Chart(kind=kind, title="T", description="D", series=(Series(name="s", x=x, y=y),))


def test_a_line_of_a_million_points_keeps_its_ends_and_extremes_and_says_so() -> None:
    chart = million(ChartKind.LINE)
    shown, words = thin(chart)
    (before,), (after,) = chart.series, shown.series
    assert len(after.x) <= MOST_POINTS
    assert (after.x[0], after.x[-1]) == (0, MANY - 1)
    assert max(value or 0 for value in after.y) == before.y[654_321]
    assert min(value or 0 for value in after.y) == min(value or 0 for value in before.y)
    known = dict(zip(before.x, before.y, strict=True))
    assert all(known[x] == y for x, y in zip(after.x, after.y, strict=True))
    assert words.startswith("1,000,000 points")
    notes = [note.text for note in render_plotly(chart).layout.annotations]
    assert words in notes
    assert words in drawn_strings(render_drawing(chart, 600, 200))


def test_a_gap_stays_a_gap() -> None:
    values: list[float | None] = [1.0] * 100_000
    values[40_000:60_000] = [None] * 20_000
    series = Series(name="s", x=tuple(range(100_000)), y=tuple(values))
    shown, _ = thin(Chart(kind=ChartKind.LINE, title="T", description="D", series=(series,)))
    inside = [y for x, y in zip(shown.series[0].x, shown.series[0].y, strict=True) if 40_100 < float(str(x)) < 59_900]
    assert inside
    assert set(inside) == {None}


@pytest.mark.parametrize("kind", [ChartKind.COLUMN, ChartKind.BAR])
def test_marks_that_cannot_be_joined_are_the_first(kind: ChartKind) -> None:
    shown, words = thin(million(kind))
    assert len(shown.series[0].x) == MOST_POINTS
    assert words == "the first 20,000 of 1,000,000"


def test_what_is_not_too_long_is_left_as_it_is() -> None:
    chart = Chart(kind=ChartKind.LINE, title="T", description="D", series=(Series(name="s", x=(1, 2), y=(1, 2)),))
    assert thin(chart) == (chart, "")
