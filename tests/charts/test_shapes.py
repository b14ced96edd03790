"""Figures behind the marks: quartiles, bins, areas, ribbons, days and countries, against answers found otherwise."""

import datetime as dt
import itertools
import statistics

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts import Chart, ChartKind, Series, render_drawing, render_plotly
from charts.bins import count_in_bins
from charts.boxes import box_series, five_numbers
from charts.days import calendar_of
from charts.flows import flows_of, layers_of
from charts.geography import BOTTOM, LEFT, RIGHT, TOP, countries, find_country
from charts.places import places_of
from charts.tiles import Area, squarify

values = st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=60)


def chart(kind: ChartKind, *series: Series) -> Chart:
    return Chart(kind=kind, title="T", description="D", series=series)


@given(values=values)
def test_five_numbers_are_those_of_the_statistics_module(values: list[float]) -> None:
    found = five_numbers(values) or ()
    assert (found[0], found[4]) == (min(values), max(values))
    assert found[2] == pytest.approx(statistics.median(values))
    if len(values) > 1:
        assert list(found[1:4]) == pytest.approx(statistics.quantiles(values, n=4, method="inclusive"), abs=1e-6)


def test_quartiles_are_those_of_duckdb() -> None:
    amounts = [float((number * 7919) % 1009) ** 2 for number in range(101)]
    question = "SELECT quantile_cont(x, [0.25, 0.5, 0.75]) FROM unnest(?) t(x)"
    (told,) = duckdb.execute(question, [amounts]).fetchone() or ()
    assert list(five_numbers(amounts) or ())[1:4] == pytest.approx(told)


@given(values=values)
def test_every_value_is_counted_in_one_bin(values: list[float]) -> None:
    series, width = count_in_bins("n", values)
    assert sum(count or 0 for count in series.y) == len(values)
    for place, (bound, count) in enumerate(zip(series.x, series.y, strict=True)):
        low = float(str(bound))
        inside = sum(low - width * 1e-6 <= value < low + width * (1 + 1e-6) for value in values)
        assert inside >= (count or 0), place
    assert len(series.x) <= 45


@given(sizes=st.lists(st.floats(0.01, 100), min_size=1, max_size=40))
def test_tiles_fill_the_area_in_proportion_and_do_not_overlap(sizes: list[float]) -> None:
    shares = sorted((size / sum(sizes) for size in sizes), reverse=True)
    areas = squarify(shares, Area(left=0, bottom=0, width=400, height=180))
    for share, area in zip(shares, areas, strict=True):
        assert area.width * area.height == pytest.approx(share * 400 * 180, rel=1e-6)
        assert min(area.left, area.bottom) >= -1e-6
        assert area.left + area.width <= 400 + 1e-6
        assert area.bottom + area.height <= 180 + 1e-6
    for one, other in itertools.combinations(areas, 2):
        across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
        up = min(one.bottom + one.height, other.bottom + other.height) - max(one.bottom, other.bottom)
        assert across <= 1e-6 or up <= 1e-6


def test_tiles_are_close_to_square() -> None:
    areas = squarify([size / 24 for size in (6, 6, 4, 3, 2, 2, 1)], Area(left=0, bottom=0, width=6, height=4))
    # The example of the paper: no tile is longer than three times its width.
    assert max(max(one.width / one.height, one.height / one.width) for one in areas) <= 3


def test_a_node_between_two_others_has_a_layer_between() -> None:
    found = flows_of(
        chart(
            ChartKind.SANKEY,
            Series(name="Ads", x=("Trial", "Left"), y=(3, 4)),
            Series(name="Trial", x=("Paid",), y=(2,)),
        )
    )
    assert layers_of(found, "T") == {"Ads": 0, "Trial": 1, "Left": 1, "Paid": 2}


def test_a_day_stands_in_the_column_of_its_week() -> None:
    first = dt.date(2026, 1, 1)
    days = tuple(first + dt.timedelta(number) for number in range(300))
    calendar = calendar_of(chart(ChartKind.CALENDAR, Series(name="n", x=days, y=tuple(range(300)))))
    for day in calendar.days:
        assert day.weekday == day.day.isoweekday() - 1
        week = (day.day - dt.timedelta(day.day.weekday()) - dt.date(2025, 12, 29)).days // 7
        assert day.week == week
    assert [day.level for day in calendar.days[::60]] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Germany", "DE"), ("deutschland", "DE"), ("DEU", "DE"), ("de", "DE"), ("UK", "GB"), ("USA", "US"),
        ("Côte d'Ivoire", "CI"), ("Cote d’Ivoire", "CI"), ("Korea, Republic of", None), ("Atlantis", None), ("", None),
        ("Singapore", "SG"), ("Türkiye", "TR"), ("Czech Republic", "CZ"), ("Bosnia and Herzegovina", "BA"),
    ],
)  # fmt: skip
def test_a_country_is_found_by_name_and_code(name: str, code: str | None) -> None:
    found = find_country(name)
    assert (found.code if found else None) == code


def test_the_outlines_lie_on_the_map_and_where_their_countries_do() -> None:
    known = countries()
    assert len(known) > 200
    points = [point for country in known.values() for ring in country.rings for point in ring]
    assert all(LEFT <= x <= RIGHT and BOTTOM <= y <= TOP for x, y in points)
    middles = {place.country.code: place.middle for place in places_of(
        chart(ChartKind.MAP, Series(name="n", x=tuple(known), y=(1,) * len(known)))
    )}  # fmt: skip
    # West to east, and south to north.
    assert middles["US"][0] < middles["BR"][0] < middles["FR"][0] < middles["IN"][0] < middles["JP"][0]
    assert middles["AU"][1] < middles["BR"][1] < 0 < middles["NG"][1] < middles["DE"][1] < middles["NO"][1]


def test_a_box_is_drawn_between_its_quartiles_on_the_screen_and_on_paper() -> None:
    made = chart(ChartKind.BOX, *box_series([("a", [0, 10, 20, 30, 100]), ("b", [-5.0, 5.0, 7.0])]))
    bars = next(trace for trace in render_plotly(made).data if trace.type == "bar")
    assert list(zip(bars.base, bars.x, strict=True)) == [(10, 20), (0, 6)]
    marks = {(mark.x, mark.series): mark.at[0] for mark in render_drawing(made, 400, 120).marks}
    slope = (marks["a", "Highest"] - marks["a", "Lowest"]) / 100
    assert marks["a", "Median"] == pytest.approx(marks["a", "Lowest"] + 20 * slope)
    assert marks["b", "Lowest"] == pytest.approx(marks["a", "Lowest"] - 5 * slope)


def test_ribbons_on_paper_have_flows_only_between_their_layers() -> None:
    made = chart(ChartKind.SANKEY, Series(name="Ads", x=("Trial", "Left"), y=(3, 1)))
    marks = render_drawing(made, 300, 100).marks
    assert [(mark.series, mark.x, mark.value) for mark in marks] == [("Ads", "Trial", 3), ("Ads", "Left", 1)]
    assert all(mark.at[0] == pytest.approx(150, abs=1) for mark in marks)
