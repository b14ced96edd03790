"""Comparisons, relative ranges, empty periods, totals, the top members: against SQL written by hand."""

import datetime as dt
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidError, LimitError, RefusedError
from metrics import Catalog, CompileContext, Grain, MetricQuery, compile_query
from metrics.calendar import Calendar
from metrics.relative import find_range
from metrics.shift import Span, parse_shift
from tests.metrics.small_store import SmallStore

MODEL = """
    model: sales
    table: sales
    time: sold
    dimensions: {region: {}, product: {}, size: {}, sold: {type: time}}
    measures:
      amount: {agg: sum, sql: amount}
      sales: {agg: count}
      buyers: {agg: count_distinct, sql: buyer}
      mean: {agg: average, sql: amount}
    metrics:
      revenue: {kind: simple, measure: amount, unit: EUR, target: goal}
      goal: {kind: derived, formula: sales * 12}
      sales: {kind: simple, measure: sales}
      buyers: {kind: simple, measure: buyers}
      mean: {kind: simple, measure: mean}
      per_sale: {kind: ratio, numerator: amount, denominator: sales, unit: ratio}
      share: {kind: share, of: amount}
      so_far: {kind: cumulative, measure: amount, to_date: month}
      place: {kind: rank, of: amount}
"""
Shop = tuple[SmallStore, Catalog]
MARCH = dt.date(2024, 3, 1)


@pytest.fixture(scope="module")
def shop() -> Shop:
    store = SmallStore(
        """CREATE TABLE sales AS SELECT DATE '2022-12-20' + CAST(i AS INTEGER) AS sold,
           CAST(1 + i * 7 % 13 AS DECIMAL(10, 2)) AS amount, 'b' || (i * 5 % 11) AS buyer,
           CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN 'Other' ELSE 'r' || (i % 5) END AS region,
           CASE WHEN i < 400 THEN 'old' ELSE 'new' END AS product, i % 4 AS size
           FROM range(0, 560) AS r(i) WHERE i % 9 <> 4"""
    )
    return store, store.catalog(MODEL)


def today(text: str) -> CompileContext:
    return CompileContext(today=dt.date.fromisoformat(text))


def test_a_running_month_is_compared_with_as_many_days(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("revenue",), grain=Grain.MONTH, range="this month", compare=("prior_period",))
    compiled = compile_query(catalog, query, today("2024-03-05"))
    (row,) = store.run(compiled)
    ((now, then),) = store.sql("""SELECT sum(amount) FILTER (sold BETWEEN '2024-03-01' AND '2024-03-05'),
        sum(amount) FILTER (sold BETWEEN '2024-02-01' AND '2024-02-05') FROM sales""")
    assert row == (MARCH, now, then, now - then, pytest.approx(float((now - then) / then)))
    assert compiled.running == MARCH
    assert [column.name for column in compiled.columns][2:] == [
        "revenue_prior_period", "revenue_prior_period_change", "revenue_prior_period_percent",
    ]  # fmt: skip


def test_members_without_a_past_or_without_a_present_are_kept(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(
        metrics=("revenue",), by=("product",), start=dt.date(2024, 3, 1), end=dt.date(2024, 3, 31),
        compare=("prior_year",),
    )  # fmt: skip
    rows = {row[0]: row[1:] for row in store.ask(catalog, query)}
    assert rows["new"][0] is not None
    assert rows["new"][1:] == (None, None, None)
    assert rows["old"][0] is None
    assert rows["old"][1] is not None


def test_a_leap_year_is_compared_with_whole_months(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(
        metrics=("sales",), grain=Grain.MONTH, start=dt.date(2024, 1, 1), end=dt.date(2024, 3, 31),
        compare=("prior_year", "1 month"),
    )  # fmt: skip
    rows = [(row[1], row[2], row[5]) for row in store.ask(catalog, query)]
    written = store.sql("""SELECT count(*) FILTER (date_trunc('month', sold) = m),
        count(*) FILTER (date_trunc('month', sold) = m - INTERVAL 1 YEAR),
        count(*) FILTER (date_trunc('month', sold) = m - INTERVAL 1 MONTH) FROM sales,
        generate_series(DATE '2024-01-01', DATE '2024-03-01', INTERVAL 1 MONTH) AS g(m) GROUP BY m ORDER BY m""")
    assert rows == written


def test_points_are_for_ratios_and_a_target_is_a_metric(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("per_sale",), start=MARCH, end=dt.date(2024, 3, 31), compare=("1 month",))
    compiled = compile_query(catalog, query)
    ((now, then, points, _),) = store.run(compiled)
    assert points == pytest.approx(100 * (now - then))
    assert compiled.columns[2].unit == "points"
    asked = MetricQuery(metrics=("revenue",), compare=("target",))
    ((revenue, goal, change, _),) = store.ask(catalog, asked)
    assert (goal, change) == (12 * store.sql("SELECT count(*) FROM sales")[0][0], float(revenue) - goal)
    with pytest.raises(RefusedError, match="Metric sales has no target"):
        store.ask(catalog, MetricQuery(metrics=("sales",), compare=("target",)))


def test_the_same_weekday_is_52_weeks_before_and_a_holiday_is_its_own() -> None:
    day = dt.date(2024, 3, 29)
    span = Span(first=day, last=day, full_last=day, grain=Grain.DAY)
    assert [moved.first for moved in parse_shift("same_weekday").move(span, Calendar())] == [dt.date(2023, 3, 31)]
    # Good Friday of 2023 was on 7 April.
    assert [moved.first for moved in parse_shift("holiday:DE").move(span, Calendar())] == [dt.date(2023, 4, 7)]
    year = Span(first=dt.date(2024, 1, 1), last=dt.date(2024, 12, 31), full_last=dt.date(2024, 12, 31), grain=None)
    days = [moved.first for moved in parse_shift("holiday:DE").move(year, Calendar())]
    assert len(days) == len(set(days)) == 366


@given(
    day=st.dates(dt.date(2001, 1, 1), dt.date(2090, 1, 1)),
    start=st.integers(0, 6),
    month=st.integers(1, 12),
    grain=st.sampled_from(Grain),
)
def test_periods_have_no_gap_and_no_overlap(day: dt.date, start: int, month: int, grain: Grain) -> None:
    calendar = Calendar(week_start=start, fiscal_start_month=month)
    periods = list(calendar.periods(day, day + dt.timedelta(days=800), grain))
    assert all(after == first for (_, after), (first, _) in pairwise(periods))
    assert periods[0][0] <= day < periods[0][1]
    if grain is Grain.RETAIL_MONTH:
        assert {(after - first).days // 7 for first, after in periods} <= {4, 5, 6}
        assert all(first.weekday() == start for first, _ in periods)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("this month", "2024-02-01", "2024-02-29"),
        ("last 4 quarters", "2023-01-01", "2023-12-31"),
        ("last week", "2024-02-11", "2024-02-17"),
        ("year to date", "2024-01-01", "2024-02-20"),
        ("fiscal year to date", "2024-02-01", "2024-02-20"),
        ("last fiscal_quarter", "2023-11-01", "2024-01-31"),
        ("last 30 days", "2024-01-21", "2024-02-19"),
        ("Yesterday", "2024-02-19", "2024-02-19"),
    ],
)
def test_a_range_relative_to_today(text: str, first: str, last: str) -> None:
    found = find_range(text, dt.date(2024, 2, 20), Calendar(week_start=6, fiscal_start_month=2))
    assert tuple(map(str, found)) == (first, last)


@pytest.mark.parametrize("text", ["last 0 days", "next week", "last quarters of", "", "last 99999 days"])
def test_a_range_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidError, match="is not a range"):
        find_range(text, dt.date(2024, 2, 20), Calendar())


def test_empty_periods_are_filled_for_every_member(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(
        metrics=("sales", "revenue", "per_sale"), by=("product",), grain=Grain.MONTH,
        start=dt.date(2024, 1, 1), end=dt.date(2024, 8, 31), is_filled=True,
    )  # fmt: skip
    rows = store.ask(catalog, query)
    assert len(rows) == 8 * 2
    assert rows[-1] == (dt.date(2024, 8, 1), "old", 0, None, None)
    no_members = MetricQuery(metrics=("sales",), grain=Grain.DAY, start=MARCH, end=dt.date(2024, 3, 31), is_filled=True)
    assert [row[0].day for row in store.ask(catalog, no_members)] == list(range(1, 32))


def test_totals_are_counted_at_their_own_grain(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(
        metrics=("buyers", "mean", "share"), by=("region", "product"), grain=Grain.QUARTER,
        start=dt.date(2024, 1, 1), end=dt.date(2024, 6, 30), has_totals=True,
    )  # fmt: skip
    rows = store.ask(catalog, query)
    written = store.sql("""SELECT date_trunc('quarter', sold)::DATE q, region, product,
        GROUPING(region) + GROUPING(product), count(DISTINCT buyer), avg(amount) FROM sales
        WHERE sold BETWEEN '2024-01-01' AND '2024-06-30'
        GROUP BY GROUPING SETS ((q, region, product), (q, region), (q)) ORDER BY 1, 2 NULLS LAST, 3 NULLS LAST, 4""")
    assert [row[:6] for row in rows] == written
    for level in (0, 1, 2):
        assert sum(row[6] for row in rows if row[3] == level) == pytest.approx(2)


def test_totals_of_a_comparison_are_those_of_all_rows(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(
        metrics=("buyers",), by=("region",), start=MARCH, end=dt.date(2024, 3, 31), compare=("prior_year",),
        has_totals=True,
    )  # fmt: skip
    total = store.ask(catalog, query)[-1]
    written = store.sql("""SELECT count(DISTINCT buyer) FILTER (sold BETWEEN '2024-03-01' AND '2024-03-31'),
        count(DISTINCT buyer) FILTER (sold BETWEEN '2023-03-01' AND '2023-03-31') FROM sales""")
    assert total[:4] == (None, 1, *written[0])


def test_members_beyond_the_top_are_counted_together_and_not_mixed_with_one_called_other(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("revenue", "buyers"), by=("region",), top=2, order=("-revenue",))
    rows = store.ask(catalog, query)
    ranked = store.sql(
        "SELECT region, sum(amount), count(DISTINCT buyer) FROM sales GROUP BY 1 ORDER BY 2 DESC LIMIT 2"
    )
    kept = [row[0] for row in ranked]
    assert [(row[0], *row[2:]) for row in rows if not row[1]] == ranked
    (rest,) = store.connection.execute(
        "SELECT sum(amount), count(DISTINCT buyer) FROM sales WHERE NOT list_contains($1, coalesce(region, ''))",
        [[region or "" for region in kept]],
    ).fetchall()
    assert [row for row in rows if row[1]] == [("Other", True, *rest)]


def test_top_members_keep_their_type_and_meet_over_time(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("sales",), by=("size",), grain=Grain.YEAR, top=1)
    rows = store.ask(catalog, query)
    assert sum(row[3] for row in rows) == store.sql("SELECT count(*) FROM sales")[0][0]
    assert {row[1] for row in rows if row[2]} == {None}


def test_a_filter_on_values_leaves_shares_and_ranks_as_they_were(shop: Shop) -> None:
    store, catalog = shop
    everything = MetricQuery(metrics=("revenue", "share", "place"), by=("region",))
    some = MetricQuery(metrics=("revenue", "share", "place"), by=("region",), having="place > 1 AND revenue > 600.5")
    wanted = [row for row in store.ask(catalog, everything) if row[3] > 1 and row[1] > Decimal("600.5")]
    assert 0 < len(wanted) < 5
    assert store.ask(catalog, some) == wanted


def test_retail_months_are_of_4_4_and_5_weeks(shop: Shop) -> None:
    store, catalog = shop
    context = CompileContext(week_start=6)
    query = MetricQuery(
        metrics=("sales",), grain=Grain.RETAIL_MONTH, start=dt.date(2023, 1, 1), end=dt.date(2023, 4, 1)
    )
    rows = store.ask(catalog, query, context)
    written = store.sql("""SELECT p::DATE, count(*) FROM (VALUES (DATE '2023-01-01', 28), (DATE '2023-01-29', 28),
        (DATE '2023-02-26', 35)) AS m(p, d), sales WHERE sold >= p AND sold < p + CAST(d AS INTEGER)
        GROUP BY 1 ORDER BY 1""")
    assert rows == written


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (MetricQuery(metrics=("sales",), compare=("prior_yeer",), start=MARCH, end=MARCH), "Did you mean prior_year"),
        (MetricQuery(metrics=("sales",), compare=("holiday:XX",), start=MARCH, end=MARCH), "no holidays of 'XX'"),
        (MetricQuery(metrics=("sales",), compare=("1 day", "1 day"), start=MARCH, end=MARCH), "comes twice"),
        (MetricQuery(metrics=("sales",), compare=("prior_year",)), "needs a first day"),
        (MetricQuery(metrics=("so_far",), compare=("holiday:DE",), start=MARCH, end=dt.date(2024, 3, 3)), "day by day"),
        (MetricQuery(metrics=("sales",), range="this week"), "no day is known"),
        (MetricQuery(metrics=("sales",), has_totals=True), "Totals need a dimension"),
        (MetricQuery(metrics=("sales",), top=3), "needs a dimension"),
        (MetricQuery(metrics=("sales",), having="revenue > 3"), "no column revenue to filter by"),
        (MetricQuery(metrics=("sales",), grain=Grain.HOUR), "holds dates, which have no hours"),
        (
            MetricQuery(metrics=("so_far",), grain=Grain.DAY, start=dt.date(1900, 1, 1), end=MARCH),
            "more than 20,000 periods",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_to_do(shop: Shop, query: MetricQuery, message: str) -> None:
    _, catalog = shop
    with pytest.raises((InvalidError, RefusedError, LimitError), match=message):
        compile_query(catalog, query)


def test_an_hour_that_comes_twice_is_two_hours() -> None:
    store = SmallStore(
        "CREATE TABLE clicks AS SELECT m FROM generate_series(TIMESTAMP '2024-10-26 22:00',"
        " TIMESTAMP '2024-10-27 22:59', INTERVAL 20 MINUTE) AS g(m)"
    )
    catalog = store.catalog("""
        model: clicks
        table: clicks
        time: m
        dimensions: {m: {type: time}}
        measures: {clicks: {agg: count}}
        metrics: {clicks: {kind: simple, measure: clicks}}
    """)
    day = dt.date(2024, 10, 27)
    query = MetricQuery(metrics=("clicks",), grain=Grain.HOUR, start=day, end=day)
    rows = store.ask(catalog, query, CompileContext(zone="Europe/Berlin"))
    assert [row[1] for row in rows] == [3] * 25
