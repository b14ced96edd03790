"""Who read which data is on record before the answer is given out, for every way to ask."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from metrics.query import MetricQuery
from services.platform import Platform
from services.query import ask
from tenants.access import Principal
from tenants.schema import AuditRow
from tenants.usage import UsageItem, add_up, month_of, monthly_usage
from tests.services.test_home import asking  # noqa: F401 - the fixture of a tenant with orders
from tests.tenants.test_audit import together, verify

QUESTION = MetricQuery(metrics=("revenue",), by=("region",))


def accesses(platform: Platform) -> list[AuditRow]:
    with platform.session() as session:
        return list(session.scalars(select(AuditRow).where(AuditRow.action == "data:accessed")))


def test_an_answer_is_on_record_with_metric_table_rows_and_version(asking: tuple[Platform, Principal]) -> None:  # noqa: F811
    ask(*asking, QUESTION)
    [row] = accesses(asking[0])
    assert row.subject == "revenue"
    assert {name: row.data[name] for name in ("tables", "rows", "watermark")} == {
        "tables": ["orders"], "rows": 2, "watermark": 1,
    }  # fmt: skip


def test_no_answer_is_given_that_cannot_be_recorded(asking: tuple[Platform, Principal]) -> None:  # noqa: F811
    platform, principal = asking
    with platform.metadata.engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit_events RENAME TO elsewhere"))
    with pytest.raises(DBAPIError, match="audit_events"):
        ask(platform, principal, QUESTION)


def test_readers_at_the_same_time_are_all_on_record(asking: tuple[Platform, Principal]) -> None:  # noqa: F811
    platform, principal = asking
    together(12, lambda _: [ask(platform, principal, QUESTION) for _ in range(3)])
    assert len(accesses(platform)) == 36
    assert verify(platform, principal.tenant).problems == ()


def test_what_a_month_counts_is_what_its_events_say(asking: tuple[Platform, Principal]) -> None:  # noqa: F811
    platform, principal = asking
    for _ in range(4):
        ask(platform, principal, QUESTION)
    month = month_of(platform.clock())
    with platform.session() as session:
        events = list(session.scalars(select(AuditRow).where(AuditRow.tenant_id == principal.tenant.id)))
        counted = monthly_usage(session, principal.tenant.id, month)
    said = add_up((row.at, row.data.get("usage", {})) for row in events)  # type: ignore[misc]
    assert counted == {item: said.get((month, item.value), 0) for item in UsageItem}
    assert counted[UsageItem.QUERIES] == 4
    assert counted[UsageItem.ROWS_LOADED] == 103
    assert counted[UsageItem.BYTES_STORED] > 0
