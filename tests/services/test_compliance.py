"""The compliance report: every member, every read and every event of the period, and none of another tenant."""

import datetime as dt
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator

import pyarrow as pa
import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from core.errors import ForbiddenError, InvalidError
from core.settings import Settings
from metrics.query import MetricQuery
from services.compliance import READ, REFUSED, SIGNED_IN, export_compliance
from services.definitions import apply_definitions
from services.imports import load_tables
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from services.query import ask
from services.signin import sign_out, start_member_session
from services.sql import run_sql
from tenants.access import Principal, operator
from tenants.audit import AuditAction
from tenants.schema import AuditRow
from tests.tenants.test_audit import break_in

MODEL = """
model: orders
table: orders
key: id
dimensions: {region: {column: region}}
measures: {worth: {agg: sum, sql: amount}}
metrics: {worth: {kind: simple, measure: worth}}
"""
POLICY = "policy: regional\nroles: [manager]\nrows: [{dimension: region, in: member.regions}]"
DAY = dt.date(2026, 11, 27)
Office = tuple[Platform, Principal, Principal]


@pytest.fixture
def metadata_url() -> str | None:
    """SQLite: the report is read by plain selects, the same on both."""
    return None


@pytest.fixture
def now() -> list[dt.datetime]:
    """The time, which a test may move."""
    return [dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)]


@pytest.fixture
def office(settings: Settings, now: list[dt.datetime]) -> Iterator[Office]:
    """A tenant in Berlin whose manager reads two rows of three, and another tenant with a secret."""
    platform = Platform(settings, clock=lambda: now[0])
    rows = pa.table({"id": [1, 2, 3], "region": ["EMEA", "EMEA", "AMER"], "amount": [1, 2, 4]})
    for slug, name in (("acme", "Acme"), ("other", "Vkwp secret")):
        tenant = create_tenant(platform, slug=slug, name=name, zone="Europe/Berlin")
        load_tables(platform, operator(tenant), {"orders": rows})
        apply_definitions(platform, operator(tenant), {"orders.yaml": MODEL})
        apply_policies(platform, operator(tenant), {"regional.yaml": POLICY})
        add_member(platform, operator(tenant), email=f"ann@{slug}.example", name="=Ann <b>", role="admin")
    asking = operator(platform.tenant("acme"))
    attributes = {"regions": ["EMEA"]}
    manager = add_member(platform, asking, email="mo@acme.example", name="Mo", role="manager", attributes=attributes)
    yield platform, asking, manager
    platform.close()


def parts_of(
    platform: Platform, asking: Principal, first: dt.date, last: dt.date
) -> dict[str, list[dict[str, object]]]:
    """The tables of the report by their titles."""
    content = json.loads(export_compliance(platform, asking, first=first, last=last, format_name="json"))
    return {
        part["title"]: [
            dict(zip([column["label"] for column in part["columns"]], row, strict=True)) for row in part["rows"]
        ]
        for part in content["parts"]
    }


def test_the_report_tells_who_may_see_what_and_who_looked(office: Office) -> None:
    platform, asking, manager = office
    for _ in range(3):
        ask(platform, manager, MetricQuery(metrics=("worth",), by=("region",)))
    with pytest.raises(ForbiddenError):
        run_sql(platform, manager, "SELECT 1")
    sign_out(platform, start_member_session(platform, str(manager.member_id), "link"))
    parts = parts_of(platform, asking, DAY, DAY)
    members = {row["Address"]: row for row in parts["Members"]}
    assert members["mo@acme.example"]["Rows chosen by"] == "regional"
    assert members["ann@acme.example"]["Rows chosen by"] == "all rows"
    assert set(members) == {"ann@acme.example", "mo@acme.example"}
    [read] = [row for row in parts["Reads and exports"] if row["Who"] == "mo@acme.example"]
    # Each answer is one row: EMEA.
    assert (read["Of what"], read["Times"], read["Rows"], read["Policies"]) == ("worth", 3, 3, "regional")
    assert (read["First"], read["Last"]) == ("2026-11-27 10:00", "2026-11-27 10:00")
    [refused] = [row for row in parts["Refused"] if row["Who"] == "mo@acme.example"]
    assert (refused["On what"], refused["Times"]) == ("run_sql", 1)
    assert {row["What"] for row in parts["Sessions"]} == {"session:started", "session:ended"}


def test_every_event_of_the_period_is_counted_once(office: Office, now: list[dt.datetime]) -> None:
    platform, asking, manager = office
    ask(platform, manager, MetricQuery(metrics=("worth",)))
    # In Berlin the day after has begun; the report of the day before does not tell of it.
    now[0] = dt.datetime(2026, 11, 27, 23, 30, tzinfo=dt.UTC)
    ask(platform, manager, MetricQuery(metrics=("worth",), by=("region",)))
    with platform.session() as session:
        rows = session.execute(select(AuditRow.at, AuditRow.action).where(AuditRow.tenant_id == asking.tenant.id)).all()
    expected = Counter(
        action for at, action in rows if at.replace(tzinfo=dt.UTC) < dt.datetime(2026, 11, 27, 23, tzinfo=dt.UTC)
    )
    parts = parts_of(platform, asking, DAY, DAY)
    told: Counter[str] = Counter()
    for title in ("Reads and exports", "Sessions", "Refused", "Changed"):
        for row in parts[title]:
            told[str(row["What"])] += int(str(row["Times"]))
    assert told == expected
    assert READ & SIGNED_IN == READ & REFUSED == SIGNED_IN & REFUSED == frozenset()


def test_the_pdf_says_that_the_log_is_whole_or_where_it_is_not(office: Office) -> None:
    platform, asking, _ = office
    assert "fit their hashes and signed head" in text_of(export_compliance(platform, asking, first=DAY, last=DAY))
    break_in(platform, update(AuditRow).where(AuditRow.tenant_id == asking.tenant.id).values(actor="somebody else"))
    text = text_of(export_compliance(platform, asking, first=DAY, last=DAY))
    assert "The audit log is not whole" in text
    assert "=Ann <b>" in text
    assert "Vkwp" not in text


def test_a_workbook_of_it_runs_no_formula(office: Office) -> None:
    platform, asking, _ = office
    content = export_compliance(platform, asking, first=DAY, last=DAY, format_name="xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = "".join(archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name)
    assert "<f>Ann" not in sheets


def test_it_is_on_record_who_made_it_and_a_period_that_ends_before_it_begins_is_refused(office: Office) -> None:
    platform, asking, _ = office
    export_compliance(platform, asking, first=DAY, last=DAY)
    with platform.session() as session:
        events = session.scalars(select(AuditRow).where(AuditRow.subject == "compliance report")).all()
    assert [event.action for event in events] == [AuditAction.AUDIT_EXPORTED]
    with pytest.raises(InvalidError, match="before it begins"):
        export_compliance(platform, asking, first=DAY, last=DAY - dt.timedelta(days=1))


def test_who_may_read_the_log_but_not_the_members_is_refused(office: Office) -> None:
    platform, _, manager = office
    with pytest.raises(ForbiddenError, match="audit:read"):
        export_compliance(platform, manager, first=DAY, last=DAY)


def text_of(content: bytes) -> str:
    """The text of all pages."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
