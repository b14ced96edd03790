"""Events over HTTP: a write key adds events of its tenant, each once, and can do nothing else."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import select, text

from core.errors import ConflictError, ForbiddenError, InvalidError
from services.events.batch import MOST_BYTES, MOST_EVENTS
from services.events.keys import create_write_key, list_write_keys, revoke_write_key
from services.sql import run_sql
from tenants.schema import AuditRow
from tests.app.conftest import Running, sign_in

AT = "/api/events/v1"


def event(number: int, **more: object) -> dict[str, object]:
    return {"id": f"e{number}", "event": "signed_up", "at": "2026-03-01T09:30:00+01:00", "user_id": "u1"} | more


@pytest.fixture
def bearer(app: Running) -> Iterator[dict[str, str]]:
    """The headers of Acme's website; its events go afterwards."""
    key = create_write_key(app.platform, app.ann, "website")
    yield {"authorization": f"Bearer {key}"}
    if any(one.name == "website" for one in list_write_keys(app.platform, app.ann)):
        revoke_write_key(app.platform, app.ann, "website")
    app.platform.store(app.ann.tenant).drop_source("events in")


def test_a_batch_is_stored_once_however_often_it_is_sent(app: Running, bearer: dict[str, str]) -> None:
    batch = {"events": [event(1, properties={"plan": "pro 😀", "n": 2**53 + 1}), event(2, account_id="a1"), event(1)]}
    first = app.client.post(AT, json=batch, headers=bearer)
    assert (first.status_code, first.json()) == (200, {"added": 2, "known": 1, "refused": []})
    again = app.client.post(AT, json={"events": [event(1, event="changed"), event(3)]}, headers=bearer)
    assert again.json() == {"added": 1, "known": 1, "refused": []}
    ask = "SELECT id, event, at = TIMESTAMPTZ '2026-03-01 08:30:00+00', account_id FROM events ORDER BY id"
    assert run_sql(app.platform, app.ann, ask).rows() == [
        ("e1", "signed_up", True, None), ("e2", "signed_up", True, "a1"), ("e3", "signed_up", True, None)
    ]  # fmt: skip
    (kept,) = run_sql(app.platform, app.ann, "SELECT properties FROM events WHERE id = 'e1'").rows()[0]
    assert json.loads(str(kept)) == {"plan": "pro 😀", "n": 2**53 + 1}
    assert "events" not in app.platform.store(app.bob.tenant).schema()
    with app.platform.session() as session:
        told = session.scalars(
            select(AuditRow).where(AuditRow.action == "events:received", AuditRow.tenant_id == app.ann.tenant.id)
        ).all()
    assert [(row.subject, row.data["added"], row.data["known"]) for row in told][-2:] == [
        ("website", 2, 1), ("website", 1, 1)
    ]  # fmt: skip


def test_events_that_cannot_be_kept_are_told_by_their_place_and_the_others_are_kept(
    app: Running, bearer: dict[str, str]
) -> None:
    bad = [
        (event(1, at="2026-03-01T09:30:00"), "at: Input should have timezone info"),
        (event(2, at="2999-01-01T00:00:00Z"), "more than a day ahead"),
        ({"event": "x", "at": "2026-03-01T09:30:00Z"}, "id: Field required"),
        (event(3, plan="pro"), "plan: Extra inputs are not permitted"),
        (event(4, properties={"text": "x" * 40_000}), "at most 32,000 bytes"),
        ("nonsense", "valid dictionary"),
    ]
    batch = {"events": [one for one, _ in bad] + [event(5)]}
    answer = app.client.post(AT, json=batch, headers=bearer)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["added"], [one["index"] for one in told["refused"]]) == (1, [0, 1, 2, 3, 4, 5])
    for (_, reason), one in zip(bad, told["refused"], strict=True):
        assert reason in one["reason"]
    assert app.client.post(AT, json={"events": ["x"]}, headers=bearer).status_code == 422


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"nonsense", 400, "is no JSON"),
        (b"[]", 400, "no list of events"),
        (json.dumps({"events": [event(n) for n in range(MOST_EVENTS + 1)]}).encode(), 413, "at most 1,000 events"),
        (b" " * (MOST_BYTES + 1), 413, "at most 1,000,000 bytes"),
    ],
    ids=["no JSON", "no list", "too many", "too long"],
)
def test_a_batch_that_is_none_is_refused_as_a_whole(
    app: Running, bearer: dict[str, str], body: bytes, status: int, reason: str
) -> None:
    answer = app.client.post(AT, content=body, headers=bearer)
    assert (answer.status_code, reason in answer.json()["error"]["message"]) == (status, True), answer.text
    assert app.platform.store(app.ann.tenant).streams() == []


def test_nothing_is_taken_without_a_key_that_is_in_force(app: Running, bearer: dict[str, str]) -> None:
    sign_in(app)
    revoke_write_key(app.platform, app.ann, "website")
    for headers in ({}, {"authorization": "Bearer plw_wrong"}, {"authorization": "Basic YTpi"}, bearer):
        answer = app.client.post(AT, json={"events": [event(1)]}, headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert app.platform.store(app.ann.tenant).streams() == []
    app.client.cookies.clear()
    assert app.client.get("/api/v1/me", headers=bearer).status_code == 401


def test_keys_are_listed_without_what_they_are_and_are_the_tenants_own(app: Running, bearer: dict[str, str]) -> None:
    key = bearer["authorization"].removeprefix("Bearer ")
    assert [one.name for one in list_write_keys(app.platform, app.ann)] == ["website"]
    assert list_write_keys(app.platform, app.bob) == []
    with pytest.raises(ForbiddenError, match="no write key website"):
        revoke_write_key(app.platform, app.bob, "website")
    with pytest.raises(ConflictError, match="already"):
        create_write_key(app.platform, app.ann, "website")
    with pytest.raises(InvalidError, match="short word"):
        create_write_key(app.platform, app.ann, "Web site")
    with app.platform.session() as session:
        for table in ("write_keys", "audit_events"):
            assert key not in str(session.execute(text(f"SELECT * FROM {table}")).all())
