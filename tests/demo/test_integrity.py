"""The rows fit together: every key has its partner, and nothing happens before what it follows from."""

from pathlib import Path

import duckdb
import pytest

import demo

BRIGHTWATER_KEYS = [
    ("accounts", "owner_id", "owners"),
    ("contacts", "account_id", "accounts"),
    ("deals", "account_id", "accounts"),
    ("deals", "contact_id", "contacts"),
    ("deals", "owner_id", "owners"),
    ("deals", "campaign_id", "campaigns"),
    ("deals", "product_id", "products"),
    ("deal_stage_changes", "deal_id", "deals"),
    ("deal_stage_changes", "owner_id", "owners"),
    ("activities", "owner_id", "owners"),
    ("activities", "account_id", "accounts"),
    ("activities", "contact_id", "contacts"),
    ("activities", "deal_id", "deals"),
    ("campaign_spend", "campaign_id", "campaigns"),
    ("campaign_touches", "campaign_id", "campaigns"),
    ("campaign_touches", "contact_id", "contacts"),
    ("price_list", "product_id", "products"),
    ("subscriptions", "account_id", "accounts"),
    ("subscriptions", "deal_id", "deals"),
    ("subscriptions", "product_id", "products"),
    ("mrr_movements", "account_id", "accounts"),
    ("mrr_movements", "subscription_id", "subscriptions"),
    ("invoices", "account_id", "accounts"),
    ("invoices", "subscription_id", "subscriptions"),
    ("events", "account_id", "accounts"),
    ("events", "contact_id", "contacts"),
]
HARBOUR_KEYS = [
    ("customers", "rep_id", "reps"),
    ("orders", "customer_id", "customers"),
    ("orders", "rep_id", "reps"),
    ("order_lines", "order_id", "orders"),
    ("order_lines", "product_id", "products"),
    ("order_lines", "customer_id", "customers"),
    ("returns", "order_line_id", "order_lines"),
    ("returns", "order_id", "orders"),
    ("returns", "customer_id", "customers"),
    ("returns", "product_id", "products"),
]


def rules(tenant: str) -> dict[str, str]:
    """Queries by the rule they check; each finds the rows that break it."""
    text = Path(__file__).with_name(f"rules_{tenant}.sql").read_text(encoding="utf-8")
    parts = [part.partition("\n") for part in text.split("-- name: ")[1:]]
    return {name: query for name, _, query in parts}


def breaches(connection: duckdb.DuckDBPyConnection, rule: str) -> int:
    """How many rows break a rule."""
    return int(connection.execute(f"SELECT count(*) FROM ({rule})").fetchall()[0][0])


def orphans(connection: duckdb.DuckDBPyConnection, table: str, key: str, other: str) -> int:
    """How many keys have no partner."""
    query = f"SELECT count(*) FROM {table} WHERE {key} IS NOT NULL AND {key} NOT IN (SELECT {key} FROM {other})"
    return int(connection.execute(query).fetchall()[0][0])


@pytest.mark.parametrize(("table", "key", "other"), BRIGHTWATER_KEYS)
def test_every_key_of_brightwater_has_its_partner(
    brightwater_sql: duckdb.DuckDBPyConnection, table: str, key: str, other: str
) -> None:
    assert orphans(brightwater_sql, table, key, other) == 0


@pytest.mark.parametrize(("table", "key", "other"), HARBOUR_KEYS)
def test_every_key_of_harbour_has_its_partner(
    harbour_sql: duckdb.DuckDBPyConnection, table: str, key: str, other: str
) -> None:
    assert orphans(harbour_sql, table, key, other) == 0


@pytest.mark.parametrize("rule", rules("brightwater"))
def test_no_row_of_brightwater_breaks_a_rule(brightwater_sql: duckdb.DuckDBPyConnection, rule: str) -> None:
    assert breaches(brightwater_sql, rules("brightwater")[rule]) == 0


@pytest.mark.parametrize("rule", rules("harbour"))
def test_no_row_of_harbour_breaks_a_rule(harbour_sql: duckdb.DuckDBPyConnection, rule: str) -> None:
    assert breaches(harbour_sql, rules("harbour")[rule]) == 0


def test_a_managers_manager_is_in_the_table(brightwater_sql: duckdb.DuckDBPyConnection) -> None:
    query = """
        SELECT count(*) FROM owners AS report LEFT JOIN owners AS boss ON boss.owner_id = report.manager_id
        WHERE report.manager IS DISTINCT FROM boss.name
    """
    assert brightwater_sql.execute(query).fetchall() == [(0,)]


@pytest.mark.parametrize("tenant", demo.SLUGS)
def test_first_column_of_each_table_is_a_key(tenant: str, request: pytest.FixtureRequest) -> None:
    built: demo.DemoTenant = request.getfixturevalue(tenant)
    connection: duckdb.DuckDBPyConnection = request.getfixturevalue(f"{tenant}_sql")
    for name, table in built.tables.items():
        key = table.column_names[0]
        found = connection.execute(f"SELECT count(*), count(DISTINCT {key}), count({key}) FROM {name}").fetchall()
        assert found == [(table.num_rows,) * 3], name
