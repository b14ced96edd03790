"""Settings of an organisation: in force from the next question on, on record, and refused where they make no sense."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa
import pypdf
import pytest
from PIL import Image
from sqlalchemy import select

from core.errors import ForbiddenError, InvalidError, LimitError
from metrics.query import Grain, MetricQuery
from services.definitions import apply_definitions
from services.imports import load_tables
from services.notebooks import save_notebooks, scope_of
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.query import ask
from services.reports import export_report
from services.signin import find_principal, sign_in_with_password
from services.tenant_settings import MOST_LOGO_BYTES, change_logo, change_settings, find_logo, settings_of
from tenants.access import Principal, operator
from tenants.schema import AuditRow
from tests.services.test_members import PASSWORD, find
from tests.services.test_policies import HOME, ORDERS


@pytest.fixture
def boss(platform: Platform) -> Principal:
    """The administrator of a tenant with four orders around the turn of a week, and a second tenant."""
    create_tenant(platform, slug="other", name="Other")
    acme = operator(create_tenant(platform, slug="acme", name="Acme"))
    days = [dt.date(2026, 11, day) for day in (1, 2, 7, 8)]
    table = pa.table({"id": [1, 2, 3, 4], "region": ["A"] * 4, "amount": [1, 2, 4, 8], "day": days})
    load_tables(platform, acme, {"orders": table})
    apply_definitions(platform, acme, {"orders.yaml": ORDERS})
    save_notebooks(platform, acme, {"home": HOME})
    add_member(platform, acme, email="boss@acme.example", name="Boss", role="admin", password=PASSWORD)
    return find(platform, "acme", "boss@acme.example")


def by_period(platform: Platform, grain: Grain) -> list[tuple[object, ...]]:
    asking = find(platform, "acme", "boss@acme.example")
    return ask(platform, asking, MetricQuery(metrics=("value",), grain=grain)).rows()


def test_calendar_zone_and_names_hold_from_the_next_question_on(platform: Platform, boss: Principal) -> None:
    cookie = sign_in_with_password(platform, boss.email, PASSWORD)
    assert by_period(platform, Grain.WEEK) == [(dt.date(2026, 10, 26), 1), (dt.date(2026, 11, 2), 14)]
    assert by_period(platform, Grain.FISCAL_YEAR) == [(dt.date(2026, 1, 1), 15)]
    wanted = replace(
        settings_of(boss.tenant), name=" Acme & Sons ", zone="Pacific/Kiritimati", currency="EUR", week_start=6,
        fiscal_start_month=11, accent="#AA0000",
    )  # fmt: skip
    assert change_settings(platform, boss, wanted)
    assert by_period(platform, Grain.WEEK) == [(dt.date(2026, 11, 1), 7), (dt.date(2026, 11, 8), 8)]
    assert by_period(platform, Grain.FISCAL_YEAR) == [(dt.date(2026, 11, 1), 15)]
    seen = find_principal(platform, cookie)
    assert seen is not None
    assert (seen.tenant.name, seen.tenant.currency, seen.tenant.accent) == ("Acme & Sons", "EUR", "#aa0000")
    late = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
    assert (boss.tenant.today(lambda: late), seen.tenant.today(lambda: late)) == (
        dt.date(2026, 11, 30),
        dt.date(2026, 12, 1),
    )
    assert (scope_of(platform, seen).week_start, scope_of(platform, seen).fiscal_start_month) == (6, 11)
    assert not change_settings(platform, seen, settings_of(seen.tenant))
    assert settings_of(platform.tenant("other")).name == "Other"
    with platform.session() as session:
        [event] = session.scalars(select(AuditRow).where(AuditRow.action == "tenant:changed"))
        assert (event.actor, set(event.data["before"])) == (  # type: ignore[call-overload]
            boss.email,
            {"accent", "currency", "fiscal_start_month", "name", "week_start", "zone"},
        )
        assert event.data["before"] == {
            "accent": "#0f6b5c", "currency": "USD", "fiscal_start_month": 1, "name": "Acme", "week_start": 0,
            "zone": "UTC",
        }  # fmt: skip
        assert event.data["after"] == {
            "accent": "#aa0000", "currency": "EUR", "fiscal_start_month": 11, "name": "Acme & Sons", "week_start": 6,
            "zone": "Pacific/Kiritimati",
        }  # fmt: skip


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), "#aa0000").save(target, kind)
    return target.getvalue()


def test_a_logo_is_drawn_anew_and_stands_on_reports(platform: Platform, boss: Principal) -> None:
    assert pictures(platform, boss) == 0
    hidden = picture(900, 300, "JPEG") + b"<script>alert(1)</script>"
    change_logo(platform, boss, hidden)
    kept = find_logo(platform, boss.tenant)
    assert kept is not None
    assert b"script" not in kept
    with Image.open(io.BytesIO(kept)) as shown:
        assert (shown.format, shown.size) == ("PNG", (336, 112))
    assert find_logo(platform, platform.tenant("other")) is None
    assert pictures(platform, boss) == 1
    change_logo(platform, boss, None)
    assert find_logo(platform, boss.tenant) is None


def pictures(platform: Platform, reader: Principal) -> int:
    """How many pictures stand on the first page of a report."""
    report = export_report(platform, reader, "home", "pdf")
    return len(pypdf.PdfReader(io.BytesIO(report.content)).pages[0].images)


def test_what_makes_no_sense_is_refused_and_changes_nothing(platform: Platform, boss: Principal) -> None:
    before = settings_of(boss.tenant)
    attempts: tuple[tuple[Callable[[], object], type[Exception], str], ...] = (
        (lambda: change_settings(platform, boss, replace(before, name=" ")), InvalidError, "needs a name"),
        (lambda: change_settings(platform, boss, replace(before, name="x" * 201)), InvalidError, "at most 200"),
        (lambda: change_settings(platform, boss, replace(before, zone="Europe/Berln")), InvalidError, "Europe/Berlin"),
        (lambda: change_settings(platform, boss, replace(before, currency="euro")), InvalidError, "three capital"),
        (lambda: change_settings(platform, boss, replace(before, accent="red")), InvalidError, "as #rrggbb"),
        (lambda: change_settings(platform, boss, replace(before, fiscal_start_month=13)), InvalidError, "not a month"),
        (lambda: change_settings(platform, boss, replace(before, week_start=7)), InvalidError, "not a day of the week"),
        (lambda: change_logo(platform, boss, b"<svg xmlns='http://www.w3.org/2000/svg'/>"), InvalidError, "no picture"),
        (lambda: change_logo(platform, boss, picture(40, 40)[:60]), InvalidError, "no picture"),
        (lambda: change_logo(platform, boss, picture(40, 40, "GIF")), InvalidError, "no picture"),
        (lambda: change_logo(platform, boss, picture(4001, 20)), InvalidError, "4001 x 20 pixels"),
        (lambda: change_logo(platform, boss, picture(8, 8)), InvalidError, "8 x 8 pixels"),
        (lambda: change_logo(platform, boss, b"x" * (MOST_LOGO_BYTES + 1)), LimitError, "524,289 bytes"),
    )
    for attempt, error, message in attempts:
        with pytest.raises(error, match=message):
            attempt()
    eve = add_member(platform, operator(boss.tenant), email="eve@acme.example", name="Eve", role="analyst")
    with pytest.raises(ForbiddenError):
        change_settings(platform, eve, replace(before, name="Eve's"))
    assert settings_of(platform.tenant("acme")) == before
    assert find_logo(platform, boss.tenant) is None
