"""A calendar in a table, from its import to every face that asks by it."""

import datetime as dt
from collections import Counter

import pyarrow as pa
import pytest

from core.errors import RefusedError
from core.result import Result
from metrics import MetricQuery, OwnGrain
from services.commands.query import Request, run
from services.definitions import apply_definitions
from services.explore import answer_question, find_rows, parse_question, save_question
from services.imports import load_tables
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from services.query import ask
from tenants.access import Principal, Role, operator

ORDERS = """
model: orders
table: orders
time: day
dimensions: {region: {}, day: {type: time}}
measures: {orders: {agg: count}}
metrics: {orders: {kind: simple, measure: orders}}
"""
TERMS = """
model: school_days
table: school_days
calendar: {day: day, grains: {term: term}}
"""
POLICY = "{policy: north, roles: [analyst], rows: [{dimension: region, in: [North]}]}"
FIRST = dt.date(2026, 1, 7)
TERM_FIRSTS = (FIRST, dt.date(2026, 4, 15), dt.date(2026, 8, 12))
ORDER_DAYS = [dt.date(2026, 1, 20) + dt.timedelta(days=3 * number) for number in range(70)]
PARAMS = {"metric": ["orders"], "grain": ["term"], "from": ["2026-01-20"], "to": ["2026-08-20"]}


def term_of(day: dt.date) -> dt.date:
    """The first day of a term, as a person reads it off the school's list."""
    return max(first for first in TERM_FIRSTS if first <= day)


WANTED = sorted(Counter(map(term_of, ORDER_DAYS)).items())


def school_days(*, leave_out: dt.date | None = None) -> pa.Table:
    """A row for each day of the year from the first term on."""
    days = [FIRST + dt.timedelta(days=number) for number in range(359)]
    kept = [day for day in days if day != leave_out]
    terms = [f"term {TERM_FIRSTS.index(term_of(day)) + 1}" for day in kept]
    return pa.table({"day": pa.array(kept, pa.date32()), "term": terms})


@pytest.fixture
def school(platform: Platform) -> tuple[Platform, Principal]:
    """A tenant with an order every third day, on 20 August 2026."""
    principal = operator(create_tenant(platform, slug="acme", name="Acme", calendar_day=dt.date(2026, 8, 20)))
    regions = ["North" if number % 2 else "South" for number in range(len(ORDER_DAYS))]
    orders = pa.table({"day": pa.array(ORDER_DAYS, pa.date32()), "region": regions})
    load_tables(platform, principal, {"orders": orders, "school_days": school_days()})
    apply_definitions(platform, principal, {"orders.yaml": ORDERS, "terms.yaml": TERMS})
    return platform, principal


def counts(result: Result) -> list[tuple[object, ...]]:
    """Period and number."""
    return [tuple(row) for row in result.rows()]


def test_every_face_counts_by_the_terms_of_the_table(school: tuple[Platform, Principal]) -> None:
    platform, principal = school
    query = MetricQuery(metrics=("orders",), grain=OwnGrain("term"), start=ORDER_DAYS[0], end=dt.date(2026, 8, 20))
    assert counts(ask(platform, principal, query)) == WANTED
    assert counts(answer_question(platform, principal, parse_question(PARAMS)).result) == WANTED
    request = Request(tenant="acme", metrics=("orders",), grain="Term", start="2026-01-20", end="2026-08-20")
    answer = run(platform, request, lambda _: None)
    assert answer["rows"] == [[day.isoformat(), count] for day, count in WANTED]
    assert answer["running"] == "2026-08-12"


def test_the_rows_behind_a_term_are_those_of_its_days(school: tuple[Platform, Principal]) -> None:
    platform, principal = school
    found = find_rows(platform, principal, parse_question(PARAMS), "orders", {"period": TERM_FIRSTS[1]})
    assert sorted(map(str, found.result.values("day"))) == [
        str(day) for day in ORDER_DAYS if term_of(day) == TERM_FIRSTS[1]
    ]


def test_a_day_that_goes_from_the_table_refuses_the_question_and_no_other(school: tuple[Platform, Principal]) -> None:
    platform, principal = school
    load_tables(platform, principal, {"school_days": school_days(leave_out=dt.date(2026, 5, 1))})
    query = MetricQuery(metrics=("orders",), grain=OwnGrain("term"), start=ORDER_DAYS[0], end=ORDER_DAYS[-1])
    with pytest.raises(RefusedError, match="no term for 2026-05-01"):
        ask(platform, principal, query)
    assert counts(ask(platform, principal, MetricQuery(metrics=("orders",)))) == [(70,)]
    load_tables(platform, principal, {"school_days": school_days()})
    assert counts(ask(platform, principal, query)) == WANTED


def test_a_term_is_the_same_for_who_sees_less_of_its_rows(school: tuple[Platform, Principal]) -> None:
    platform, principal = school
    apply_policies(platform, principal, {"north.yaml": POLICY})
    ana = add_member(platform, principal, email="ana@acme.example", name="Ana", role=Role.ANALYST)
    query = MetricQuery(metrics=("orders",), grain=OwnGrain("term"), start=ORDER_DAYS[0], end=ORDER_DAYS[-1])
    north = Counter(term_of(day) for number, day in enumerate(ORDER_DAYS) if number % 2)
    assert counts(ask(platform, ana, query)) == sorted(north.items())


def test_a_cell_says_that_it_is_by_the_periods_everybody_has(school: tuple[Platform, Principal]) -> None:
    platform, principal = school
    found = answer_question(platform, principal, parse_question(PARAMS))
    with pytest.raises(RefusedError, match="by day, week, month, quarter or year, not by term"):
        save_question(platform, principal, found, "Terms")
