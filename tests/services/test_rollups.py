"""Rollups in use: the same answers from fewer scans, never of other data, of other days or of another reader's rows."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core.result import Result
from core.settings import Settings
from metrics import Grain, MetricQuery, compile_query
from services.definitions import apply_definitions, require_catalog
from services.home import open_home
from services.imports import load_tables
from services.notebooks import save_notebooks
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from services.query import ask
from services.question_log import QuestionLog
from services.results import ResultCache
from services.rollups import build_for_page, build_suggested, find_rollups, suggest_rollups
from services.tenant_calendar import compile_context
from tenants.access import Principal, Role, operator

ORDERS = """model: orders
table: orders
key: id
time: day
joins: [{to: shops, on: {shop: shop}}]
dimensions: {region: {column: region}, day: {type: time, column: day}}
measures: {value: {agg: sum, sql: amount}, all: {agg: count}, shops: {agg: count_distinct, sql: shop}}
metrics:
  revenue: {kind: simple, measure: value}
  orders: {kind: simple, measure: all}
  shops: {kind: simple, measure: shops}
  mean: {kind: ratio, numerator: value, denominator: all}
  growth: {kind: derived, formula: now - before, inputs: {now: {of: revenue}, before: {of: revenue, offset: 1 month}}}
"""
SHOPS = "model: shops\ntable: shops\nkey: shop\ndimensions: {city: {}}\n"
POLICY = "{policy: own, roles: [analyst], rows: [{dimension: region, in: member.regions}]}"
HOME = """notebook: home
title: Home
cells:
  - {name: revenue, kind: metric, metric: revenue, period: quarter, explain: region}
  - {name: trend, kind: chart, chart: line, metrics: [revenue], grain: month, last: 3}
"""
MAY, JUNE, JULY = dt.date(2026, 5, 1), dt.date(2026, 6, 1), dt.date(2026, 7, 1)
BY_REGION = MetricQuery(metrics=("revenue", "orders"), by=("region",), start=MAY, end=dt.date(2026, 6, 30))
BY_MONTH = MetricQuery(metrics=("mean",), grain=Grain.MONTH, start=MAY, end=dt.date(2026, 6, 30))
Asking = tuple[Platform, Principal]


@pytest.fixture
def metadata_url() -> None:
    """Nothing here depends on the metadata database."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", query_timeout_s=20, store_memory_mb=256, rollup_min_rows=0)


@pytest.fixture
def asking(platform: Platform) -> Asking:
    """Orders of May to July 2026, two a day, on 10 July."""
    tenant = create_tenant(platform, slug="acme", name="Acme", calendar_day=dt.date(2026, 7, 10))
    principal = operator(tenant)
    load(platform, principal, {"a": "Bonn", "b": "Rome"})
    apply_definitions(platform, principal, {"orders.yaml": ORDERS, "shops.yaml": SHOPS})
    return platform, principal


def load(platform: Platform, principal: Principal, shops: dict[str, str], *, times: int = 1, repeated: int = 1) -> None:
    days = [MAY + dt.timedelta(days=number // 2) for number in range(142)]
    amounts = pa.array([Decimal(number * times) / 100 for number in range(142)], pa.decimal128(12, 2))
    columns: dict[str, Any] = {"id": list(range(142)), "day": pa.array(days, pa.date32()), "amount": amounts}
    columns |= {"region": ["North", "South"] * 71, "shop": ["a", "b", "b", "a", "b", "a", None] * 20 + ["a", "x"]}
    cities = pa.table({"shop": list(shops) * repeated, "city": list(shops.values()) * repeated})
    load_tables(platform, principal, {"orders": pa.table(columns), "shops": cities})


def fresh(asking: Asking, query: MetricQuery) -> Result:
    """The answer, computed anew."""
    platform, principal = asking
    platform.results = ResultCache(0)
    return ask(platform, principal, query)


def is_served(asking: Asking, query: MetricQuery) -> bool:
    platform, principal = asking
    catalog = require_catalog(platform, principal)
    rollups = find_rollups(platform, principal, catalog)
    return compile_query(catalog, query, compile_context(platform, principal), rollups=rollups).rolled is not None


def sql(asking: Asking, text: str) -> list[tuple[object, ...]]:
    """The rows of SQL by hand."""
    table = asking[0].store(asking[1].tenant).query(text)[0]
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def test_the_questions_of_a_page_share_one_scan_and_are_answered_to_the_bit(asking: Asking) -> None:
    alone = [fresh(asking, query) for query in (BY_REGION, BY_MONTH)]
    built = build_for_page(*asking, [BY_REGION, BY_MONTH])
    assert [(one.dimensions, one.measures) for one in built] == [(("orders.region",), ("all", "value"))]
    together = [fresh(asking, query) for query in (BY_REGION, BY_MONTH)]
    assert all(is_served(asking, query) for query in (BY_REGION, BY_MONTH))
    assert [one.table for one in together] == [one.table for one in alone]
    assert [one.sql for one in together] == [one.sql for one in alone]
    by_hand = "SELECT region, sum(amount), count(*) FROM orders WHERE day < '2026-07-01' GROUP BY 1 ORDER BY 1"
    assert together[0].rows() == sql(asking, by_hand)


def test_a_single_question_is_left_to_itself(asking: Asking) -> None:
    assert build_for_page(*asking, [BY_REGION, BY_REGION, replace(BY_MONTH, metrics=("nonsense",))]) == ()


def test_new_data_are_never_answered_from_rollups_of_the_old(asking: Asking) -> None:
    build_for_page(*asking, [BY_REGION, BY_MONTH])
    before = fresh(asking, BY_REGION).values("revenue")
    load(*asking, {"a": "Bonn"}, times=2)
    after = fresh(asking, BY_REGION)
    assert not is_served(asking, BY_REGION)
    assert after.values("revenue") == [2 * value for value in before if isinstance(value, Decimal)]
    assert after.watermark.version == 2
    assert build_for_page(*asking, [BY_REGION, BY_MONTH])
    assert fresh(asking, BY_REGION).table == after.table


def test_a_period_that_is_not_complete_in_a_rollup_is_counted_from_the_data(asking: Asking) -> None:
    build_for_page(*asking, [BY_REGION, BY_MONTH])
    longer = replace(BY_MONTH, metrics=("orders",), end=JULY)
    assert not is_served(asking, longer)
    assert fresh(asking, longer).rows() == [(MAY, 62), (JUNE, 60), (JULY, 2)]
    assert not is_served(asking, replace(longer, start=None, end=None))
    assert not is_served(asking, replace(BY_MONTH, compare=("prior_period",)))


def test_what_cannot_be_split_is_counted_from_the_data(asking: Asking) -> None:
    build_for_page(*asking, [BY_REGION, BY_MONTH])
    distinct = replace(BY_MONTH, metrics=("shops",), grain=None)
    assert not is_served(asking, distinct)
    by_hand = "SELECT count(DISTINCT shop) FROM orders WHERE day < '2026-07-01'"
    assert fresh(asking, distinct).rows() == sql(asking, by_hand)


def test_a_reader_gets_rollups_of_their_own_rows_alone(asking: Asking) -> None:
    platform, principal = asking
    apply_policies(platform, principal, {"own.yaml": POLICY})
    ann = add_member(
        platform, principal, email="ann@acme.example", name="Ann", role=Role.ANALYST, attributes={"regions": ["South"]}
    )
    build_for_page(platform, principal, [BY_REGION, BY_MONTH])
    assert not is_served((platform, ann), BY_REGION)
    by_hand = sql(asking, "SELECT region, sum(amount), count(*) FROM orders WHERE day < '2026-07-01' GROUP BY 1")
    south = [row for row in by_hand if row[0] == "South"]
    assert fresh((platform, ann), BY_REGION).rows() == south
    assert build_for_page(platform, ann, [BY_REGION, BY_MONTH])
    assert is_served((platform, ann), BY_REGION)
    assert fresh((platform, ann), BY_REGION).rows() == south
    assert len(fresh(asking, BY_REGION).rows()) == 2


def test_a_rollup_whose_join_counts_rows_twice_is_not_used(asking: Asking) -> None:
    load(*asking, {"a": "Bonn", "b": "Rome"}, repeated=2)
    by_city = replace(BY_REGION, by=("city",))
    assert build_for_page(*asking, [by_city, BY_MONTH]) == ()
    assert fresh(asking, replace(BY_MONTH, metrics=("orders",))).rows() == [(MAY, 62), (JUNE, 60)]


def test_a_store_that_rested_is_asked_itself_until_the_next_page(asking: Asking) -> None:
    build_for_page(*asking, [BY_REGION, BY_MONTH])
    before = fresh(asking, BY_REGION)
    assert asking[0].store(asking[1].tenant).rest()
    assert not is_served(asking, BY_REGION)
    assert fresh(asking, BY_REGION).table == before.table
    assert len(build_for_page(*asking, [BY_REGION, BY_MONTH])) == 1


def test_slow_questions_that_come_again_suggest_a_rollup_of_all_days(asking: Asking) -> None:
    platform, principal = asking
    compared = replace(BY_MONTH, metrics=("revenue", "growth"), compare=("prior_period",), start=JUNE)
    alone = fresh(asking, compared)
    # Whether that was slow depends on the machine.
    platform.questions = QuestionLog()
    for _ in range(3):
        assert suggest_rollups(platform, principal) == ()
        platform.questions.record(principal.tenant.id, compared, 250)
    suggested = suggest_rollups(platform, principal)
    assert [(one.start, one.end, one.measures) for one in suggested] == [(None, None, ("value",))]
    assert build_suggested(platform, principal) == suggested
    assert is_served(asking, compared)
    assert fresh(asking, compared).table == alone.table
    by_hand = """SELECT sum(amount) FILTER (WHERE month(day) = 6) AS june,
        sum(amount) FILTER (WHERE month(day) = 5) AS may, june - may FROM orders"""
    (expected,) = sql(asking, by_hand)
    assert tuple(alone.row(0)[name] for name in ("revenue", "revenue_prior_period", "growth")) == expected


def test_home_answers_its_questions_together(asking: Asking) -> None:
    platform, principal = asking
    save_notebooks(platform, principal, {"home.yaml": HOME})
    home = open_home(platform, principal)
    assert home is not None
    cells = home.start()
    cells.start_charts()
    runs = [future.result() for future in cells.futures.values()]
    assert [run.problem for run in runs] == [None, None]
    catalog = require_catalog(platform, principal)
    assert [one.rollup.dimensions for one in find_rollups(platform, principal, catalog)] == [("orders.region",)]
    asked = [asked.query for run in runs for asked in run.asked]
    assert len(asked) >= 3
    assert all(is_served(asking, query) for query in asked if query is not None)
