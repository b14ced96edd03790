"""The same rows whenever and wherever they are made."""

import hashlib

import duckdb
import pyarrow as pa
import pytest

import demo


def digest(table: pa.Table) -> str:
    """A hash of all values of a table."""
    sha = hashlib.sha256()
    for column in table.columns:
        for chunk in column.chunks:
            for buffer in chunk.buffers():
                sha.update(b"" if buffer is None else memoryview(buffer))
    return sha.hexdigest()


@pytest.mark.parametrize("tenant", demo.SLUGS)
def test_second_build_gives_the_same_bytes(tenant: str, request: pytest.FixtureRequest) -> None:
    first: demo.DemoTenant = request.getfixturevalue(tenant)
    second = demo.build(tenant)
    assert {name: digest(table) for name, table in second.tables.items()} == {
        name: digest(table) for name, table in first.tables.items()
    }


# MD5 of the rows as text, written down once: another platform or library version must come to the same.
WRITTEN_DOWN = {
    ("brightwater", "deals"): "8a33a0a1dfa1501e9e4ea718de40a1a1",
    ("brightwater", "deal_stage_changes"): "2f148c36a147f39bf06aae32fa613425",
    ("brightwater", "subscriptions"): "3a0a9a1a4f899e5e87d83aa452d7c100",
    ("brightwater", "invoices"): "3b7a55191ca8cf853b3c24b8c1bb635a",
    ("brightwater", "activities"): "f3f6b3d939255bf2fe8a3756513f41dc",
    ("brightwater", "events"): "ab01eff1aba17192042b148e3769b713",
    ("harbour", "orders"): "12970a63dc5021eff6676b755d192263",
    ("harbour", "order_lines"): "d8097ad7b529024a95bc8b7ea1bd0b8b",
    ("harbour", "returns"): "5c7d8812d55d4ca061cf1fb3e6f09ebd",
}
QUERIES = {
    "deals": "SELECT deal_id, name, owner_id, stage, amount, close_date, epoch_us(created_at) FROM deals",
    "deal_stage_changes": "SELECT deal_id, new_stage, new_amount, epoch_us(changed_at) FROM deal_stage_changes",
    "subscriptions": "SELECT account_id, seats, mrr, movement, start_date, end_date FROM subscriptions",
    "invoices": "SELECT invoice_id, subscription_id, invoice_date, amount, status, paid_on FROM invoices",
    "activities": "SELECT type, contact_id, deal_id, outcome, epoch_us(occurred_at) FROM activities",
    "events": "SELECT contact_id, event, count(*), sum(epoch_us(occurred_at)) FROM events GROUP BY ALL ORDER BY ALL",
    "orders": "SELECT customer_id, channel, epoch_us(ordered_at), shipped_on FROM orders",
    "order_lines": "SELECT order_id, product_id, quantity, unit_price, amount, cost FROM order_lines",
    "returns": "SELECT order_line_id, returned_on, quantity, amount, batch FROM returns",
}


def text_digest(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """The MD5 of an answer's rows as text."""
    md5 = hashlib.md5(usedforsecurity=False)
    for row in connection.execute(query).fetchall():
        md5.update(repr([str(value) for value in row]).encode())
    return md5.hexdigest()


@pytest.mark.parametrize(("tenant", "table"), WRITTEN_DOWN)
def test_rows_are_those_written_down(tenant: str, table: str, request: pytest.FixtureRequest) -> None:
    connection: duckdb.DuckDBPyConnection = request.getfixturevalue(f"{tenant}_sql")
    assert text_digest(connection, QUERIES[table]) == WRITTEN_DOWN[tenant, table]
