"""The audit log: chained, signed, append-only; every way to change it is found and named. On both databases."""

import json
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.origin import begin_request
from services.organisation import add_member, create_tenant
from services.platform import Platform
from tenants.access import Principal, operator
from tenants.audit import AuditAction, record_event
from tenants.audit.verify import Proof, verify_chain
from tenants.schema import AuditHeadRow, AuditRow
from tenants.tenant import Tenant

_TRIGGERS = ("audit_events_update", "audit_events_delete", "audit_heads_update", "audit_heads_delete")


@pytest.fixture
def acme(platform: Platform) -> Tenant:
    """A tenant with six lines in its log, beside another with one."""
    tenant = create_tenant(platform, slug="acme", name="Acme")
    create_tenant(platform, slug="other", name="Other")
    for number in range(5):
        write(platform, operator(tenant), f"line {number}")
    return tenant


def write(platform: Platform, principal: Principal, subject: str) -> None:
    with platform.session() as session:
        record_event(session, AuditAction.NOTEBOOK_SAVED, subject=subject, principal=principal, after={"é": (1, None)})


def verify(platform: Platform, tenant: Tenant) -> Proof:
    with platform.session() as session:
        return verify_chain(session, tenant.id)


def break_in(platform: Platform, *statements: object) -> None:
    """Change the database as somebody would who owns it: the triggers are taken away first."""
    with platform.metadata.engine.begin() as connection:
        for name in _TRIGGERS:
            on = "" if connection.dialect.name == "sqlite" else f" ON {name.rpartition('_')[0]}"
            connection.execute(text(f"DROP TRIGGER {name}{on}"))
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]


def test_an_untouched_log_is_proved_line_by_line(platform: Platform, acme: Tenant) -> None:
    proof = verify(platform, acme)
    assert proof.problems == ()
    assert (proof.first, proof.last, proof.lines) == (1, 6, 6)


def test_a_line_tells_who_what_from_where_and_in_which_request(platform: Platform, acme: Tenant) -> None:
    origin = begin_request("192.0.2.7")
    ann = add_member(platform, operator(acme), email="ann@acme.example", name="Ann", role="admin")
    write(platform, ann, "review")
    with platform.session() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.subject == "review")).one()
    assert (row.actor, row.actor_id, row.address) == ("ann@acme.example", ann.member_id, "192.0.2.7")
    assert row.request_id == origin.request_id
    assert row.data == {"after": {"é": [1, None]}}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (update(AuditRow).where(AuditRow.sequence == 3).values(subject="nothing"), "Line 3 .* was altered"),
        (update(AuditRow).where(AuditRow.sequence == 3).values(actor="eve@evil.example"), "Line 3 .* was altered"),
        (delete(AuditRow).where(AuditRow.sequence == 3), "Line 3 is missing"),
        (delete(AuditRow).where(AuditRow.sequence < 3), "Lines 1 to 2 are missing"),
        (delete(AuditRow).where(AuditRow.sequence > 4), "end is cut off: the last line is 4, but line 6"),
        (update(AuditHeadRow).values(sequence=4), "head does not have its signature"),
    ],
)
def test_what_was_changed_is_found_and_named(platform: Platform, acme: Tenant, change: object, told: str) -> None:
    break_in(platform, change)
    with pytest.raises(AssertionError, match=told):
        assert "; ".join(verify(platform, acme).problems) == ""


def test_two_lines_that_changed_places_are_named(platform: Platform, acme: Tenant) -> None:
    of = update(AuditRow).where(AuditRow.tenant_id == acme.id)
    moves = [(2, 99), (4, 2), (99, 4)]
    break_in(platform, *(of.where(AuditRow.sequence == old).values(sequence=new) for old, new in moves))
    problems = "; ".join(verify(platform, acme).problems)
    assert "Line 2 " in problems
    assert "Line 4 " in problems


def test_an_end_cut_off_together_with_its_head_is_found(platform: Platform, acme: Tenant) -> None:
    with platform.session() as session:
        fourth = session.scalars(
            select(AuditRow.hash).where(AuditRow.sequence == 4, AuditRow.tenant_id == acme.id)
        ).one()
    cut = delete(AuditRow).where(AuditRow.sequence > 4, AuditRow.tenant_id == acme.id)
    head = update(AuditHeadRow).where(AuditHeadRow.tenant_id == acme.id).values(sequence=4, hash=fourth)
    break_in(platform, cut, head)
    assert verify(platform, acme).problems == ("The head does not have its signature: it was written without the key.",)


@pytest.mark.parametrize(
    "change",
    [
        update(AuditRow).values(subject="nothing"),
        delete(AuditRow),
        update(AuditHeadRow).values(sequence=1),
        delete(AuditHeadRow),
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_lines(
    platform: Platform, acme: Tenant, change: object
) -> None:
    with pytest.raises(DBAPIError, match="append-only"), platform.metadata.engine.begin() as connection:
        connection.execute(change)  # type: ignore[call-overload]
    assert verify(platform, acme).problems == ()


def test_an_event_goes_with_the_change_that_is_rolled_back(platform: Platform, acme: Tenant) -> None:
    session = Session(platform.metadata.engine, info={"sign": platform.keys.sign})
    record_event(session, AuditAction.NOTEBOOK_SAVED, subject="never", principal=operator(acme))
    session.rollback()
    session.close()
    proof = verify(platform, acme)
    assert (proof.last, proof.problems) == (6, ())


def test_writers_at_the_same_time_make_one_chain(platform: Platform, acme: Tenant) -> None:
    def write_five(number: int) -> None:
        for step in range(5):
            write(platform, operator(acme), f"{number}.{step}")

    together(8, write_five)
    proof = verify(platform, acme)
    assert (proof.lines, proof.problems) == (46, ())


def together(count: int, work: Callable[[int], object]) -> None:
    """Run `work` in threads that begin at once; the first failure is raised."""
    barrier = threading.Barrier(count)
    failures: list[BaseException] = []

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_a_subject_that_a_database_cannot_keep_is_made_plain(platform: Platform, acme: Tenant) -> None:
    write(platform, operator(acme), "nul \0 and half a pair \ud800")
    assert verify(platform, acme).problems == ()


def test_each_tenants_log_is_numbered_on_its_own(platform: Platform, acme: Tenant) -> None:
    other = platform.tenant("other")
    assert verify(platform, other).lines == 1
    with platform.session() as session:
        count = session.scalar(select(func.count()).where(AuditRow.tenant_id == acme.id))
        names = json.dumps(
            [row.data for row in session.scalars(select(AuditRow).where(AuditRow.tenant_id == other.id))]
        )
    assert count == 6
    assert "line 3" not in names
