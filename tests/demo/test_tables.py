"""What the tables are: as many rows as promised, properly typed, within the two years."""

import datetime as dt

import duckdb
import pyarrow as pa
import pytest

import demo
from core.errors import InvalidError

# Days that lie before the demo on purpose, or are expected only.
OUTSIDE = {
    "accounts.created_at",
    "contacts.created_at",
    "contacts.qualified_at",
    "customers.customer_since",
    "deal_stage_changes.new_close_date",
    "deal_stage_changes.old_close_date",
    "deals.close_date",
    "campaigns.end_date",
    "invoices.due_date",
    "invoices.period_end",
    "invoices.period_start",
    "mrr_movements.occurred_on",
    "owners.hired_on",
    "price_list.valid_from",
    "reps.hired_on",
    "subscriptions.start_date",
    "subscriptions.term_end",
    "targets.period_end",
    "targets.period_start",
}
EXPECTED_ONLY = {
    "deal_stage_changes.new_close_date",
    "deal_stage_changes.old_close_date",
    "deals.close_date",
    "campaigns.end_date",
    "invoices.due_date",
    "invoices.period_end",
    "subscriptions.term_end",
    "targets.period_end",
}
TODAY = dt.date(2026, 11, 20)


def test_brightwater_has_the_promised_numbers_of_rows(brightwater: demo.DemoTenant) -> None:
    promised = {"accounts": 2_400, "contacts": 9_000, "deals": 14_000, "activities": 60_000, "events": 1_000_000}
    assert {name: brightwater.tables[name].num_rows for name in promised} == promised


def test_harbour_has_the_promised_numbers_of_rows(harbour: demo.DemoTenant) -> None:
    promised = {"orders": 40_000, "order_lines": 120_000, "customers": 620}
    assert {name: harbour.tables[name].num_rows for name in promised} == promised


def test_tenants_say_who_they_are(brightwater: demo.DemoTenant, harbour: demo.DemoTenant) -> None:
    assert (brightwater.name, brightwater.currency, brightwater.zone) == (
        "Brightwater Software",
        "USD",
        "America/New_York",
    )
    assert (harbour.name, harbour.currency, harbour.zone) == ("Harbour Supply", "EUR", "Europe/Berlin")
    assert brightwater.today == harbour.today == demo.TODAY == TODAY
    for tenant in (brightwater, harbour):
        assert [member.local_part for member in tenant.members][:3] == ["executive", "analyst", "admin"]
        assert [member.role for member in tenant.members] == ["executive", "analyst", "admin", "manager"]


def test_unknown_tenant_is_named_with_the_nearest() -> None:
    with pytest.raises(InvalidError, match="Did you mean harbour"):
        demo.build("harbor")


@pytest.mark.parametrize("tenant", demo.SLUGS)
def test_columns_are_of_the_few_agreed_types(tenant: str, request: pytest.FixtureRequest) -> None:
    agreed = {
        pa.int64(),
        pa.string(),
        pa.bool_(),
        pa.date32(),
        pa.timestamp("us", tz="UTC"),
        pa.decimal128(18, 2),
    }
    built: demo.DemoTenant = request.getfixturevalue(tenant)
    for name, table in built.tables.items():
        table.validate(full=True)
        assert {field.type for field in table.schema} <= agreed, name


@pytest.mark.parametrize("tenant", demo.SLUGS)
def test_times_lie_within_the_two_years(tenant: str, request: pytest.FixtureRequest) -> None:
    built: demo.DemoTenant = request.getfixturevalue(tenant)
    connection: duckdb.DuckDBPyConnection = request.getfixturevalue(f"{tenant}_sql")
    connection.execute("SET TimeZone = 'UTC'")
    for name, table in built.tables.items():
        for field in table.schema:
            if not pa.types.is_temporal(field.type):
                continue
            query = f"SELECT CAST(min({field.name}) AS DATE), CAST(max({field.name}) AS DATE) FROM {name}"
            first, last = connection.execute(query).fetchall()[0]
            column = f"{name}.{field.name}"
            assert column in EXPECTED_ONLY or last <= TODAY, column
            assert column in OUTSIDE or first >= dt.date(2024, 11, 21), column


@pytest.mark.parametrize(
    "column",
    [
        "deals.created_at",
        "deals.closed_at",
        "deal_stage_changes.changed_at",
        "activities.occurred_at",
        "campaign_touches.occurred_at",
        "contacts.created_at",
        "events.occurred_at",
    ],
)
def test_moments_have_one_date_in_utc_and_in_new_york(brightwater_sql: duckdb.DuckDBPyConnection, column: str) -> None:
    table, _, name = column.partition(".")
    query = f"""
        SELECT count(*) FROM {table}
        WHERE CAST({name} AT TIME ZONE 'UTC' AS DATE) <> CAST({name} AT TIME ZONE 'America/New_York' AS DATE)
    """
    assert brightwater_sql.execute(query).fetchall() == [(0,)]


def test_deals_skip_and_revisit_stages_and_come_back(brightwater_sql: duckdb.DuckDBPyConnection) -> None:
    query = """
        SELECT
            count(*) FILTER (old_stage = 'Qualified' AND new_stage = 'Demo'),
            count(*) FILTER (old_stage = 'Negotiation' AND new_stage = 'Proposal'),
            count(*) FILTER (old_stage = 'Lost' AND new_stage = 'Proposal')
        FROM deal_stage_changes WHERE kind = 'stage'
    """
    skipped, revisited, reopened = brightwater_sql.execute(query).fetchall()[0]
    assert (skipped > 100, revisited > 50, reopened > 20) == (True, True, True)


def test_work_follows_the_week(brightwater_sql: duckdb.DuckDBPyConnection) -> None:
    query = """
        SELECT count(*) FILTER (isodow(occurred_at AT TIME ZONE 'UTC') > 5) / count(*) FROM {}
    """
    assert brightwater_sql.execute(query.format("activities")).fetchall()[0][0] == 0
    assert 0.01 < brightwater_sql.execute(query.format("events")).fetchall()[0][0] < 0.06
