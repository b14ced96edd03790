"""The API: the same answers as the metrics layer, for the member's own tenant only."""

import pyarrow as pa
import pytest

from services.definitions import apply_definitions
from services.imports import load_tables
from tenants.access import operator
from tests.app.conftest import Running, sign_in

ORDERS = """
model: orders
table: orders
key: id
time: day
dimensions:
  region: {column: region}
  day: {type: time, column: day}
measures:
  value: {agg: sum, sql: amount}
metrics:
  revenue: {kind: simple, measure: value, label: Revenue, unit: EUR}
"""


@pytest.fixture(scope="module", autouse=True)
def _orders(running: Running) -> None:
    """Three orders for Acme, one for the other tenant."""
    days = pa.array(["2026-01-05", "2026-01-20", "2026-02-01"]).cast(pa.date32())
    rows = pa.table({"id": [1, 2, 3], "region": ["North", "South", None], "amount": [10, 20, 5], "day": days})
    for principal, table in ((running.ann, rows), (running.bob, rows.slice(0, 1))):
        asking = operator(principal.tenant)
        load_tables(running.platform, asking, {"orders": table})
        apply_definitions(running.platform, asking, {"orders.yaml": ORDERS})


def test_a_question_is_answered_with_columns_rows_and_watermark(app: Running) -> None:
    sign_in(app)
    answer = app.client.post("/api/v1/query", json={"metrics": ["revenue"], "grain": "month"}).json()
    assert answer["rows"] == [["2026-01-01", 30], ["2026-02-01", 5]]
    assert answer["columns"][1] == {"name": "revenue", "label": "Revenue", "type": "integer", "unit": "EUR"}
    assert answer["watermark"]["version"] == app.platform.store(app.ann.tenant).watermark().version
    assert answer["sql"].startswith("SELECT")
    assert answer["sentence"] == "Revenue by month."


def test_a_member_sees_the_rows_of_their_own_tenant_only(app: Running) -> None:
    totals = {}
    for email in ("ann@acme.example", "bob@other.example"):
        app.client.cookies.clear()
        sign_in(app, email)
        totals[email] = app.client.post("/api/v1/query", json={"metrics": ["revenue"]}).json()["rows"]
    assert totals == {"ann@acme.example": [[35]], "bob@other.example": [[10]]}


def test_a_null_member_is_a_row_of_its_own(app: Running) -> None:
    sign_in(app)
    answer = app.client.post("/api/v1/query", json={"metrics": ["revenue"], "by": ["region"], "order": ["-revenue"]})
    assert answer.json()["rows"] == [["South", 20], ["North", 10], [None, 5]]


def test_the_metrics_are_listed_with_what_they_can_be_split_by(app: Running) -> None:
    sign_in(app)
    [metric] = app.client.get("/api/v1/metrics").json()["metrics"]
    assert metric["name"] == "revenue"
    assert metric["dimensions"] == ["region", "day"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"metrics": ["revenu"]}, 400, "Did you mean revenue"),
        ({"metrics": ["revenue"], "by": ["regoin"]}, 400, "Did you mean region"),
        ({"metrics": ["revenue"], "where": "region = 'North' OR 1"}, 400, "filter"),
        ({"metrics": []}, 400, "metrics"),
        ({"metrics": ["revenue"], "colour": "red"}, 400, "colour"),
        ({"metrics": ["revenue"], "from": "yesterday"}, 400, "date"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(
    app: Running, body: dict[str, object], status: int, words: str
) -> None:
    sign_in(app)
    answer = app.client.post("/api/v1/query", json=body)
    assert answer.status_code == status
    assert words in answer.text
    assert answer.json()["error"]["code"].startswith("invalid")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_question_that_does_not_come_as_json_is_not_read(app: Running, media_type: str) -> None:
    sign_in(app)
    headers = {"content-type": media_type} if media_type else {}
    answer = app.client.post("/api/v1/query", content=b'{"metrics": ["revenue"]}', headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "media_type")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'"revenue"', b"\xff", b'{"metrics": "revenue"}', b"[" * 100_000]
)
def test_json_that_is_no_question_is_told_so(app: Running, content: bytes) -> None:
    sign_in(app)
    answer = app.client.post(
        "/api/v1/query", content=content, headers={"content-type": "application/json; charset=utf-8"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
