"""A tenant with events: four people who look, put into a cart and buy."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pyarrow as pa
import pytest

from core.settings import Settings
from services.definitions import apply_definitions
from services.imports import load_tables
from services.organisation import create_tenant
from services.platform import Platform
from tenants.access import Principal, operator

PEOPLE = """
model: people
table: people
key: id
dimensions: {name: {}, country: {}}
measures: {people: {agg: count}}
metrics: {people: {kind: simple, measure: people}}
"""
VISITS = """
model: visits
table: visits
key: id
time: at
events:
  event: action
  entities:
    person: {column: who, label: People, title: name}
    pair: {label: Pairs}
  value: paid
  steps: [look, cart, buy]
  start: look
  returns: [look, buy]
joins: [{to: people, on: {who: id}}]
dimensions:
  action: {sql: "CASE WHEN what <> 'noise' THEN what END"}
  channel: {}
  at: {type: time}
measures: {visits: {agg: count}}
metrics: {visits: {kind: simple, measure: visits}}
segments: {advertised: channel = 'ad'}
"""
# who, day of January 2026, what, channel, paid
ROWS = [
    (1, 1, "look", "ad", None), (1, 2, "noise", None, None), (1, 3, "cart", "ad", None), (1, 4, "buy", "ad", "19.90"),
    (2, 1, "look", "mail", None), (2, 20, "cart", "mail", None), (2, 21, "buy", "mail", "5.00"),
    (3, 2, "look", "ad", None), (3, 3, "cart", "ad", None), (3, 31, "look", "ad", None),
    (4, 9, "look", None, None), (None, 9, "look", None, None),
]  # fmt: skip


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, Principal]]:
    """Four people: two of Austria (1, 2), one of Belgium (3), and one nobody knows anything of."""
    platform = Platform(Settings(data=tmp_path_factory.mktemp("events") / "data"))
    tenant = create_tenant(platform, slug="acme", name="Acme", calendar_day=dt.date(2026, 2, 10))
    principal = operator(tenant)
    people = pa.table({"id": [1, 2, 3, 4], "name": ["Ada", "Bob", "Cyd", None], "country": ["AT", "AT", "BE", None]})
    moments = [dt.datetime(2026, 1, row[1], 12, tzinfo=dt.UTC) for row in ROWS]
    visits = pa.table(
        {
            "id": list(range(len(ROWS))),
            "who": pa.array([row[0] for row in ROWS], pa.int64()),
            "pair": [None if row[0] is None else row[0] // 3 for row in ROWS],
            "at": pa.array(moments, pa.timestamp("us", "UTC")),
            "what": [row[2] for row in ROWS],
            "channel": pa.array([row[3] for row in ROWS], pa.string()),
            "paid": pa.array([None if row[4] is None else Decimal(row[4]) for row in ROWS], pa.decimal128(10, 2)),
        }
    )
    load_tables(platform, principal, {"people": people, "visits": visits})
    apply_definitions(platform, principal, {"people.yaml": PEOPLE, "visits.yaml": VISITS})
    yield platform, principal
    platform.close()
