"""Answers that would be too large are refused with their size, and kept answers are those of their reader alone."""

import datetime as dt
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest

from core.errors import LimitError
from core.settings import Settings
from metrics import Grain, MetricQuery
from services.definitions import apply_definitions
from services.imports import load_tables
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from services.query import ask
from tenants.access import Principal, Role, operator

ORDERS = """model: orders
table: orders
key: id
time: day
dimensions: {id: {column: id}, region: {column: region}, day: {type: time, column: day}}
measures: {value: {agg: sum, sql: amount}, all: {agg: count}}
metrics:
  revenue: {kind: simple, measure: value}
  orders: {kind: simple, measure: all}
  twice: {kind: derived, formula: orders + orders}
"""
POLICY = "{policy: own, roles: [analyst], rows: [{dimension: region, in: member.regions}]}"
REGIONS = ("North", "South", "East")
COUNT = 90


@pytest.fixture
def settings(tmp_path: Path, metadata_url: str | None) -> Settings:
    return Settings(
        data=tmp_path / "data", metadata_url=metadata_url, query_max_rows=100, query_max_cells=250,
        query_timeout_s=20, store_memory_mb=256,
    )  # fmt: skip


@pytest.fixture
def asking(platform: Platform) -> tuple[Platform, Principal]:
    tenant = create_tenant(platform, slug="acme", name="Acme", calendar_day=dt.date(2026, 8, 31))
    principal = operator(tenant)
    load(platform, principal, 1)
    apply_definitions(platform, principal, {"orders.yaml": ORDERS})
    return platform, principal


def load(platform: Platform, principal: Principal, factor: int) -> None:
    """Orders of three regions; each order is worth its number times a factor."""
    columns = {
        "id": list(range(COUNT)),
        "day": pa.array([dt.date(2026, 8, 1 + n % 30) for n in range(COUNT)], pa.date32()),
        "amount": [n * factor for n in range(COUNT)],
        "region": [REGIONS[n % 3] for n in range(COUNT)],
    }
    load_tables(platform, principal, {"orders": pa.table(columns)})


def test_an_answer_of_too_many_cells_is_refused_with_their_number(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    query = MetricQuery(metrics=("revenue", "orders"), by=("id",))
    with pytest.raises(LimitError, match=r"would have 90 rows and 270 cells; at most 100 rows and 250 cells"):
        ask(platform, principal, query)
    assert ask(platform, principal, MetricQuery(metrics=("revenue",), by=("id",))).table.num_rows == 90


def test_an_answer_of_too_many_rows_is_counted_before_it_is_refused(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    query = MetricQuery(metrics=("orders",), by=("id",), grain=Grain.DAY, range="this month", is_filled=True)
    # Every order in every day of August: 90 times 31 rows of three columns.
    with pytest.raises(LimitError, match=r"would have 2,790 rows and 8,370 cells"):
        ask(platform, principal, query)
    assert ask(platform, principal, MetricQuery(metrics=("orders",), by=("id",), top=5)).table.num_rows == 6


def test_kept_answers_are_those_of_the_reader_the_data_and_the_definition(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    apply_policies(platform, principal, {"own.yaml": POLICY})
    held = [(), ("North",), ("South",), ("North", "South"), REGIONS]
    readers = [
        add_member(
            platform, principal, email=f"r{number}@acme.example", name=str(number), role=Role.ANALYST,
            attributes={"regions": list(regions)},
        )
        for number, regions in enumerate(held)
    ]  # fmt: skip
    random = Random(7)  # noqa: S311 -- the order must be the same in every run.
    for factor, formula in ((1, "amount"), (2, "amount"), (2, "amount * 10")):
        load(platform, principal, factor)
        apply_definitions(platform, principal, {"orders.yaml": ORDERS.replace("sql: amount", f"sql: {formula}")})
        worth = factor * (10 if "10" in formula else 1)
        for _ in range(40):
            place, first = random.randrange(len(readers)), random.randint(1, 3)
            query = MetricQuery(metrics=("orders", "revenue"), by=("region",), start=dt.date(2026, 8, first))
            seen: dict[str, list[int]] = {region: [] for region in held[place]}
            for number in range(COUNT):
                if REGIONS[number % 3] in seen and 1 + number % 30 >= first:
                    seen[REGIONS[number % 3]].append(number * worth)
            expected = [(region, len(values), sum(values)) for region, values in sorted(seen.items())]
            assert ask(platform, readers[place], query).rows() == expected
