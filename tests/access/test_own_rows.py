"""Whatever the policy and whatever is asked, no row outside the policy comes out of any face of the product.

The faces: metrics, SQL, the data browser, the API, the workbook, the CSV archive, the PDF and a delivery. Each gives
all rows that the reader may see, and none besides. `--hypothesis-profile=deep` tries hundreds of policies.
"""

import asyncio
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from pypdf import PdfReader
from starlette.types import ASGIApp, Receive, Scope, Send

from api.routes import build_api
from core.errors import ForbiddenError, RefusedError
from core.settings import Settings
from metrics.query import MetricQuery
from services.browse import profile_table, sample_table
from services.definitions import apply_definitions
from services.deliveries.deliver import deliver_now
from services.deliveries.schedules import add_schedule
from services.deliveries.spec import Plan
from services.imports import load_tables
from services.notebooks import save_notebooks
from services.organisation import add_member, create_tenant, require_member
from services.platform import Platform
from services.policies import apply_policies
from services.query import ask
from services.reports import export_report
from services.sql import run_sql
from tenants.access import Principal, operator
from tenants.schema import MemberRow
from tests.access.policy_world import MODEL, NOTEBOOK, Case, Condition, cases, conditions, tables

EXAMPLES = 300 if hypothesis_settings.get_current_profile_name() == "deep" else 4
TODAY = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
EMAILS = ("first@acme.example", "second@acme.example")
MARKS, NOTES, SECRETS = re.compile(r"q\d{3}x"), re.compile(r"n\d{3}x"), re.compile(r"s\d{3}-\d{3}x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A tenant with two analysts whose rows a policy chooses, and a folder that deliveries are written to."""

    platform: Platform
    admin: Principal
    folder: Path

    def put_in_force(self, case: Case) -> list[Principal]:
        """Apply the policy, and give the readers their attributes."""
        apply_policies(self.platform, self.admin, {"random.yaml": case.policy()})
        with self.platform.session() as session:
            for email, seen in zip(EMAILS, case.seen, strict=True):
                row = session.get_one(MemberRow, self.reader(email).member_id)
                row.attributes = {"seen": list(seen)} if seen else {}
        return [self.reader(email) for email in EMAILS]

    def reader(self, email: str) -> Principal:
        """A reader as they are now."""
        return require_member(self.platform, self.admin.tenant, email)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """On SQLite; another tenant holds the same rows, so that a leak between them would show as rows too many."""
    folder = tmp_path_factory.mktemp("rows")
    settings = Settings(data=folder / "data", delivery_folder=folder / "out", query_timeout_s=30)
    platform = Platform(settings, clock=lambda: TODAY)
    for slug in ("acme", "other"):
        tenant = create_tenant(platform, slug=slug, name=slug.title())
        load_tables(platform, operator(tenant), tables(dt.date(2026, 11, 2)))
        apply_definitions(platform, operator(tenant), {"deals.yaml": MODEL})
        save_notebooks(platform, operator(tenant), {"everything": NOTEBOOK})
    admin = operator(platform.tenant("acme"))
    for email in EMAILS:
        add_member(platform, admin, email=email, name=email.split("@")[0], role="analyst")
    plan = Plan(
        name="rows", notebook="everything", cron="0 8 * * mon", recipients=EMAILS, formats=("csv",),
        channel={"kind": "folder", "to": "rows"},
    )  # fmt: skip
    add_schedule(platform, admin, plan)
    yield Office(platform=platform, admin=admin, folder=folder / "out")
    platform.close()


@hypothesis_settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=cases(), chosen=conditions())
def test_no_face_shows_a_row_outside_the_policy(office: Office, case: Case, chosen: Condition) -> None:
    readers = office.put_in_force(case)
    for number, reader in enumerate(readers):
        visible = case.deals(number)
        asked = [deal for deal in visible if chosen.keeps(deal)]
        wanted = {(deal.mark, deal.amount) for deal in asked}
        assert by_metric(office.platform, reader, chosen.sql) == wanted
        assert by_api(office.platform, reader, chosen.sql) == wanted
        assert by_sql(office.platform, reader, chosen.sql) == (wanted, sum(deal.amount for deal in asked))
        assert by_join(office.platform, reader, chosen.sql) == (
            None if case.notes == "hidden" else {deal.note for deal in case.notes_seen(number) if deal in asked}
        )
        assert by_browser(office.platform, reader) == ({deal.mark for deal in visible}, len(visible))
        for format_name in ("csv", "xlsx", "pdf"):
            text = text_of(export_report(office.platform, reader, "everything", format_name).content, format_name)
            assert shown(text) == expected(case, number), format_name
    delivered = deliver(office)
    for number, email in enumerate(EMAILS):
        assert shown(delivered[email]) == expected(case, number)


def expected(case: Case, number: int) -> tuple[set[str], set[str], set[str]]:
    """The marks of deals, of notes and of the masked column that the notebook shows a reader."""
    deals, notes = case.deals(number), case.notes_seen(number)
    return {deal.mark for deal in deals}, {deal.note for deal in notes}, case.secrets(number)


def shown(text: str) -> tuple[set[str], set[str], set[str]]:
    """The marks that stand in a text."""
    return set(MARKS.findall(text)), set(NOTES.findall(text)), set(SECRETS.findall(text))


def by_metric(platform: Platform, reader: Principal, where: str) -> set[tuple[object, ...]]:
    """Through the metrics layer."""
    return set(ask(platform, reader, MetricQuery(metrics=("worth",), by=("mark",), where=where)).rows())


def by_api(platform: Platform, reader: Principal, where: str) -> set[tuple[object, ...]]:
    """Through the API's own routes, with the session that the gate would have found."""
    api = build_api(platform, local_token="none")

    async def signed_in(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["principal"] = reader
        await api(scope, receive, send)

    asked: dict[str, object] = {"metrics": ["worth"], "by": ["mark"], "where": where}
    # In a thread of its own: the driver of the browser leaves an event loop running in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(_query(signed_in, asked))).result()


async def _query(application: ASGIApp, body: dict[str, object]) -> set[tuple[object, ...]]:
    transport = httpx2.ASGITransport(app=application)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.post("/v1/query", json=body)
    assert answer.status_code == 200, answer.text
    return {tuple(row) for row in answer.json()["rows"]}


def by_sql(platform: Platform, reader: Principal, where: str) -> tuple[set[tuple[object, ...]], object]:
    """Through SQL: the rows, and a sum over a subquery of a WITH that hides where the rows come from."""
    rows = run_sql(platform, reader, f"SELECT mark, amount FROM deals WHERE {where}").rows()
    inner = f"WITH d AS (SELECT * FROM deals), e AS (SELECT * FROM d WHERE {where})"
    [[total]] = run_sql(platform, reader, f"{inner} SELECT coalesce(sum(amount), 0) FROM e").rows()
    return set(rows), int(str(total))


def by_join(platform: Platform, reader: Principal, where: str) -> set[object] | None:
    """Through a join that asks one table by way of the other; None where the other one is not there."""
    inner = f"SELECT id FROM deals WHERE {where}"
    try:
        rows = run_sql(platform, reader, f"SELECT n.mark FROM notes n WHERE n.deal_id IN ({inner})").rows()
        return {row[0] for row in rows}
    except (RefusedError, ForbiddenError):
        return None


def by_browser(platform: Platform, reader: Principal) -> tuple[set[object], int]:
    """Through the data browser: its sample, and the count of its profile."""
    return set(sample_table(platform, reader, "deals").column("mark").to_pylist()), profile_table(
        platform, reader, "deals"
    ).rows


def deliver(office: Office) -> dict[str, str]:
    """What each reader is sent now."""
    before = set(office.folder.rglob("*.zip"))
    deliver_now(office.platform, office.admin, "rows")
    new = set(office.folder.rglob("*.zip")) - before
    assert len(new) == len(EMAILS)
    return {path.parent.name: text_of(path.read_bytes(), "csv") for path in new}


def text_of(content: bytes, format_name: str) -> str:
    """All the text in a file of a report."""
    if format_name == "pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
