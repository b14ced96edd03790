"""Leaving a schedule by the address of a message (RFC 8058): a POST leaves, a GET asks, a forged one does nothing."""

import datetime as dt

from sqlalchemy import select

from core.ids import new_id
from services.deliveries.sending import unsubscribe_address
from tenants.delivery_schema import DeliveryRow, DeliveryRunRow, UnsubscribedRow
from tenants.schema import AuditRow
from tests.app.conftest import Running


def delivered(app: Running) -> str:
    """The path of the address in a message to Ann."""
    now = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)
    shared = {"tenant_id": app.ann.tenant.id, "schedule_id": new_id(), "period": "2026-11-27T07:00Z"}
    times = {"created_at": now, "due_at": now}
    run = DeliveryRunRow(
        id=new_id(), schedule_name="weekly", notebook="n", kind="scheduled", requested_by="", **shared, **times
    )
    row = DeliveryRow(id=new_id(), run_id=run.id, recipient=app.ann.email, state="sent", **shared, **times)
    with app.platform.session() as session:
        session.add(run)
        session.flush()
        session.add(row)
    return unsubscribe_address(app.platform, row.id).removeprefix("http://localhost:8080")


def left(app: Running) -> int:
    with app.platform.session() as session:
        return len(session.scalars(select(UnsubscribedRow)).all())


def test_opening_the_address_asks_and_changes_nothing(app: Running) -> None:
    path, before = delivered(app), left(app)
    answer = app.client.get(path)
    assert answer.status_code == 200
    assert "Unsubscribe from weekly?" in answer.text
    assert app.client.head(path).status_code == 200
    assert left(app) == before


def test_a_mail_programs_one_click_leaves_once_and_is_on_record(app: Running) -> None:
    path, before = delivered(app), left(app)
    for _ in range(2):
        answer = app.client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "You are unsubscribed" in answer.text
    assert left(app) == before + 1
    with app.platform.session() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "delivery:left")).all()
    assert {row.subject for row in rows} == {app.ann.email}


def test_a_forged_address_leaves_nothing_and_says_nothing_of_the_tenant(app: Running) -> None:
    path, before = delivered(app), left(app)
    for forged in (path[:-1] + ("0" if path[-1] != "0" else "1"), path.split(".")[0], "/unsubscribe/x.y"):
        answer = app.client.post(forged)
        assert answer.status_code == 404
        assert "Acme" not in answer.text
    assert left(app) == before
