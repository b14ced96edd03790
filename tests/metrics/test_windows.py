"""Kinds that count rows of a window: cumulative, snapshot, conversion, inputs of another time; against written SQL."""

import datetime as dt

import pytest

from core.errors import RefusedError
from metrics import Catalog, CompileContext, DefinitionError, Grain, MetricQuery, load_catalog
from tests.metrics.small_store import SmallStore, as_files

TABLES = (
    "CREATE TABLE sales (id INTEGER, buyer VARCHAR, region VARCHAR, amount DECIMAL(10, 2), sold DATE)",
    """INSERT INTO sales VALUES
       (1, 'ada', 'West', 10, '2024-01-01'), (2, 'ada', 'West', 20, '2024-01-31'), (3, 'bob', 'East', 40, '2024-02-29'),
       (4, 'ada', NULL, 80, '2024-03-31'), (5, 'bob', 'East', 5, '2023-03-31'), (6, 'cyd', 'North', 7, '2023-02-28'),
       (7, 'bob', 'West', 3, NULL), (8, 'cyd', 'West', 1, '2024-05-31')""",
    "CREATE TABLE seats (id INTEGER, team VARCHAR, fee DECIMAL(10, 2), began DATE, ended DATE)",
    """INSERT INTO seats VALUES (1, 'a', 100, '2023-12-01', '2024-02-01'), (2, 'a', 50, '2024-01-15', NULL),
       (3, 'b', 30, '2024-02-01', '2024-02-29'),
       (1, 'c', 1, '2024-02-15', NULL), (4, NULL, 8, '2024-02-29', '2024-03-01'), (5, 'b', 9, NULL, NULL)""",
    "CREATE TABLE stages (id INTEGER, deal VARCHAR, stage VARCHAR, worth INTEGER, changed TIMESTAMP)",
    """INSERT INTO stages VALUES (1, 'x', 'open', 10, '2024-01-10 09:00'), (2, 'x', 'open', 15, '2024-02-10 09:00'),
       (3, 'x', 'won', 15, '2024-03-05 09:00'), (4, 'y', 'open', 4, '2024-02-29 23:30'),
       (5, 'y', 'lost', 4, '2024-03-31 10:00'), (6, 'z', 'open', 2, '2024-01-31 12:00'),
       (7, 'z', 'open', 3, '2024-01-31 12:00')""",
)
SALES = """
    model: sales
    table: sales
    key: id
    time: sold
    dimensions: {region: {}, buyer: {}, sold: {type: time}}
    measures:
      amount: {agg: sum, sql: amount}
      sales: {agg: count}
      buyers: {agg: count_distinct, sql: buyer}
      mean: {agg: average, sql: amount}
      opening: {agg: first, sql: amount, order: sold}
      latest: {agg: last, sql: buyer, order: sold}
      west: {agg: last, sql: amount, order: sold, where: "region = 'West'"}
    metrics:
      revenue: {kind: simple, measure: amount, target: plan}
      plan: {kind: derived, formula: sales * 10}
      sales: {kind: simple, measure: sales}
      mean: {kind: simple, measure: mean, unit: ratio}
      opening: {kind: simple, measure: opening}
      latest: {kind: simple, measure: latest}
      west: {kind: simple, measure: west}
      so_far: {kind: cumulative, measure: amount}
      year_so_far: {kind: cumulative, measure: amount, to_date: year}
      fiscal_so_far: {kind: cumulative, measure: amount, to_date: fiscal_year}
      buyers_60_days: {kind: cumulative, measure: buyers, window: 60 days}
      mean_2_months: {kind: cumulative, measure: mean, window: 2 months}
      place: {kind: rank, of: amount}
      growth:
        kind: derived
        formula: amount - before
        inputs: {before: {of: revenue, offset: 1 year}}
      west_share:
        kind: derived
        formula: west / amount
        inputs: {west: {of: amount, where: "region = 'West'"}}
      repeat: {kind: conversion, base: sales, to: sales.sales, entity: buyer, within: 31 days, as: rate}
      visits_paid: {kind: conversion, base: sales, to: seats.seats, entity: id, within: 2 months, as: count}
"""
SEATS = """
    model: seats
    table: seats
    time: began
    dimensions: {team: {}, began: {type: time}, ended: {type: time}}
    measures: {fee: {agg: sum, sql: fee}, seats: {agg: count}}
    metrics:
      mrr: {kind: snapshot, measure: fee, until: ended}
      headcount: {kind: snapshot, measure: seats, until: ended}
"""
STAGES = """
    model: stages
    table: stages
    key: id
    time: changed
    dimensions: {stage: {}, deal: {}, changed: {type: time}}
    measures: {worth: {agg: sum, sql: worth, where: "stage = 'open'"}}
    metrics: {pipeline: {kind: snapshot, measure: worth, entity: deal}}
"""
JAN, FEB, MAR, APR = (dt.date(2024, month, 1) for month in range(1, 5))


def by_month(*metrics: str, by: tuple[str, ...] = ()) -> MetricQuery:
    return MetricQuery(metrics=metrics, by=by, grain=Grain.MONTH, start=JAN, end=dt.date(2024, 3, 31))


@pytest.fixture(scope="module")
def shop() -> tuple[SmallStore, Catalog]:
    store = SmallStore(*TABLES)
    return store, store.catalog(SALES, SEATS, STAGES)


Shop = tuple[SmallStore, Catalog]


def test_a_total_so_far_begins_before_the_range_and_has_every_period(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, MetricQuery(metrics=("so_far",), grain=Grain.MONTH, start=JAN, end=dt.date(2024, 5, 31)))
    written = store.sql("""SELECT m::DATE, (SELECT sum(amount) FROM sales WHERE sold < m + INTERVAL 1 MONTH)
        FROM generate_series(DATE '2024-01-01', DATE '2024-05-01', INTERVAL 1 MONTH) AS g(m) ORDER BY 1""")
    assert rows == written
    assert rows[3][0] == APR


def test_a_cumulative_value_by_category_stays_in_periods_without_its_rows(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, by_month("so_far", by=("region",)))
    written = store.sql("""SELECT m::DATE, region, sum(amount) FROM sales, generate_series(DATE '2024-01-01',
        DATE '2024-03-01', INTERVAL 1 MONTH) AS g(m) WHERE sold < m + INTERVAL 1 MONTH GROUP BY 1, 2
        ORDER BY 1, 2 NULLS LAST""")
    assert rows == written


def test_a_rolling_window_of_distinct_buyers_is_counted_anew(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, by_month("buyers_60_days", "mean_2_months"))
    written = store.sql("""SELECT m::DATE,
        (SELECT count(DISTINCT buyer) FROM sales WHERE sold >= m + INTERVAL 1 MONTH - INTERVAL 60 DAY
            AND sold < m + INTERVAL 1 MONTH),
        (SELECT avg(amount) FROM sales WHERE sold >= m - INTERVAL 1 MONTH AND sold < m + INTERVAL 1 MONTH)
        FROM generate_series(DATE '2024-01-01', DATE '2024-03-01', INTERVAL 1 MONTH) AS g(m) ORDER BY 1""")
    assert rows == written


def test_a_year_to_date_begins_with_the_fiscal_year_where_it_is_fiscal(shop: Shop) -> None:
    store, catalog = shop
    query = by_month("year_so_far", "fiscal_so_far")
    rows = store.ask(catalog, query, CompileContext(fiscal_start_month=2))
    assert [tuple(map(float, row[1:])) for row in rows] == [(30.0, 42.0), (70.0, 40.0), (150.0, 120.0)]


def test_a_window_without_a_grain_ends_with_the_range(shop: Shop) -> None:
    store, catalog = shop
    assert store.ask(catalog, MetricQuery(metrics=("year_so_far",), end=dt.date(2024, 2, 28))) == [(30,)]
    today = CompileContext(today=dt.date(2024, 2, 29))
    assert store.ask(catalog, MetricQuery(metrics=("year_so_far",)), today) == [(70,)]
    with pytest.raises(RefusedError, match="need a last day"):
        store.ask(catalog, MetricQuery(metrics=("year_so_far",)))
    with pytest.raises(RefusedError, match="need a first day"):
        store.ask(catalog, MetricQuery(metrics=("year_so_far",), grain=Grain.MONTH, end=MAR))


def test_a_period_that_has_not_begun_has_no_window(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, by_month("so_far"), CompileContext(today=dt.date(2024, 2, 10)))
    assert rows == [(JAN, 42), (FEB, 42)]


@pytest.mark.parametrize("grain", [Grain.MONTH, Grain.QUARTER, Grain.DAY])
def test_a_snapshot_takes_the_rows_that_hold_at_the_end_of_each_period(shop: Shop, grain: Grain) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("mrr", "headcount"), grain=grain, start=JAN, end=dt.date(2024, 3, 31))
    written = store.sql(f"""SELECT m::DATE, sum(fee), count(*) FROM seats, generate_series(DATE '2024-01-01',
        DATE '2024-03-31', INTERVAL 1 {grain}) AS g(m) WHERE began < m + INTERVAL 1 {grain}
        AND (ended IS NULL OR ended >= m + INTERVAL 1 {grain}) GROUP BY 1 ORDER BY 1""")
    assert store.ask(catalog, query) == written


def test_a_snapshot_of_changes_takes_the_last_row_of_each_entity(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, by_month("pipeline"), CompileContext(zone="Europe/Berlin"))
    # x is open with 10, then 15, then won; y opened on 1 March by the clock in Berlin; of two at once the last key.
    assert rows == [(JAN, 13), (FEB, 18), (MAR, 3)]
    utc = store.ask(catalog, by_month("pipeline"))
    assert utc == [(JAN, 13), (FEB, 22), (MAR, 3)]


def test_a_filter_on_a_changing_value_does_not_bring_old_rows_back(shop: Shop) -> None:
    store, catalog = shop
    query = MetricQuery(metrics=("pipeline",), end=dt.date(2024, 3, 31), where="stage = 'open'")
    assert store.ask(catalog, query) == [(3,)]


def test_a_rank_is_that_within_the_period_and_nothing_for_null(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, MetricQuery(metrics=("revenue", "place"), by=("region",)))
    assert rows == [("East", 45, 2), ("North", 7, 4), ("West", 34, 3), (None, 80, 1)]


def test_an_input_of_a_year_before_keeps_members_without_a_past(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, by_month("growth", "revenue"))
    assert rows == [(JAN, None, 30), (FEB, 33, 40), (MAR, 75, 80)]
    split = store.ask(catalog, by_month("revenue", "growth", by=("region",)))
    assert (FEB, "North", None, None) in split
    assert (FEB, "East", 40, None) in split


def test_an_input_with_a_filter_is_of_fewer_rows(shop: Shop) -> None:
    store, catalog = shop
    assert store.ask(catalog, MetricQuery(metrics=("west_share",))) == [(pytest.approx(34 / 166),)]


def test_first_and_last_are_by_time_and_leave_out_what_has_none(shop: Shop) -> None:
    store, catalog = shop
    assert store.ask(catalog, MetricQuery(metrics=("opening", "latest", "west"))) == [(7, "cyd", 1)]


def test_a_conversion_counts_base_rows_that_are_followed_in_time(shop: Shop) -> None:
    store, catalog = shop
    rows = store.ask(catalog, by_month("visits_paid"))
    written = store.sql("""SELECT date_trunc('month', s.sold)::DATE, count(*) FILTER (WHERE EXISTS (SELECT 1
        FROM seats t WHERE t.id = s.id AND t.began >= s.sold AND t.began < s.sold + INTERVAL 2 MONTH))
        FROM sales s
        WHERE s.sold BETWEEN '2024-01-01' AND '2024-03-31' GROUP BY 1 ORDER BY 1""")
    assert rows == written
    assert sum(row[1] for row in rows) == 1


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        ("{kind: cumulative, measure: amount, window: 3 moons}", "is not a length of time"),
        ("{kind: cumulative, measure: amount, window: 3 days, to_date: year}", "and not both"),
        ("{kind: cumulative, measure: amount, to_date: day}", "Allowed"),
        ("{kind: snapshot, measure: amount}", "needs either `until`"),
        ("{kind: rank, of: latest}", "a rank needs numbers"),
        ("{kind: rank, of: place}", "depends on the other rows"),
        ("{kind: conversion, base: amount, to: sales.sales, entity: buyer, within: 1 day}", "`agg: count`"),
        ("{kind: conversion, base: sales, to: sales, entity: buyer, within: 1 day}", "write it as model.measure"),
        ("{kind: derived, formula: amount, inputs: {b: {of: amount}}}", "not in its formula"),
        ("{kind: derived, formula: b, inputs: {b: {of: amount, offset: soon}}}", "is not a length of time"),
        ("{kind: derived, formula: b, inputs: {b: {of: amount, where: \"regoin = 'x'\"}}}", "no dimension regoin"),
        ("{kind: derived, formula: b, inputs: {b: {of: mrr, where: \"region = 'x'\"}}}", "seats reaches no dimension"),
        ("{kind: snapshot, measure: amount, until: region}", "no time dimension. Did you mean|which is no time"),
        ("{kind: snapshot, measure: amount, entity: byuer}", "no dimension byuer. Did you mean buyer"),
        ("{kind: simple, measure: amount, target: plans}", "no metric plans to be its `target`. Did you mean plan"),
        ("{kind: conversion, base: sales, to: seats.seat, entity: id, within: 1 day}", "Did you mean seats"),
        ("{kind: conversion, base: sales, to: seat.seats, entity: id, within: 1 day}", "no model seat. Did you mean"),
        ("{kind: conversion, base: sales, to: seats.seats, entity: ib, within: 1 day}", "column ib"),
        ("{kind: conversion, base: sales, to: seats.seats, entity: buyer, to_entity: id, within: 1 day}", "one type"),
    ],
)
def test_a_wrong_definition_says_what_is_wrong(shop: Shop, metric: str, message: str) -> None:
    store, _ = shop
    with pytest.raises(DefinitionError, match=message):
        store.catalog(SALES + f"      wrong: {metric}\n", SEATS)


def test_what_needs_a_key_or_times_of_one_type_says_so(shop: Shop) -> None:
    store, _ = shop
    seats = SEATS + "      by_team: {kind: snapshot, measure: seats, entity: team}\n"
    with pytest.raises(DefinitionError, match="the last key counts, so model seats needs a `key`"):
        store.catalog(SALES, seats)
    mixed = STAGES.replace(
        "metrics: {", "metrics: {odd: {kind: conversion, base: stages, to: sales.sales, entity: id, within: 1 day}, "
    )
    mixed = mixed.replace("measures: {", "measures: {stages: {agg: count}, ")
    with pytest.raises(DefinitionError, match="the times of stages and sales are of different types"):
        store.catalog(SALES, SEATS, mixed)


def test_what_a_conversion_lost_breaks_it_alone(shop: Shop) -> None:
    store, _ = shop
    schema = {table: {**columns} for table, columns in store.schema().items()}
    del schema["seats"]["id"]
    files = as_files(SALES, SEATS, STAGES)
    found = load_catalog(files, schema, is_lenient=True)
    assert set(found.broken) == {"visits_paid"}
    assert "id" in found.broken["visits_paid"].reason
