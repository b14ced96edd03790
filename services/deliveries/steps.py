"""The steps of a run, each one transaction: address, render each group once, send to each recipient once, finish."""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from email.utils import parseaddr
from itertools import groupby

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.errors import UserError
from core.ids import new_id
from services.deliveries.bounces import stopped_addresses
from services.deliveries.channels import require_channel
from services.deliveries.orders import find_order, removed_reason
from services.deliveries.recipients import find_readers, gone_reason, key_of, list_recipients, may_read
from services.deliveries.rendering import keep_rendered
from services.deliveries.rest import quiet_until
from services.deliveries.runs import LeaseLost, Run, release_run, require_lease
from services.deliveries.sending import send_one
from services.deliveries.spec import FINAL, NOTICES, DeliveryState, RunKind, Schedule
from services.platform import Platform
from tenants import directory
from tenants.access import Permission, Principal
from tenants.changes import insert_into
from tenants.delivery_schema import DeliveryRow, DeliveryRunRow
from tenants.tenant import Tenant

_MOST_ATTEMPTS = 5
_AFTER_FAULT = dt.timedelta(minutes=5)
_IN_DOUBT = "The process ended while it was sending; it may have arrived before, with the same message id."


def work_on(platform: Platform, run: Run, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Do what there is to do of a run, and say when there is more. Raises what is not to be shown, after a pause."""
    try:
        _work(platform, run, is_stopping)
    except LeaseLost:
        return
    except Exception as error:
        attempts = run.attempts + 1
        reason = f"{type(error).__name__}: {error}"[:500]
        if attempts < _MOST_ATTEMPTS:
            release_run(
                platform, run, due_at=platform.clock() + _AFTER_FAULT * attempts, reason=reason, attempts=attempts
            )
        else:
            with platform.session() as session:
                _end_all(session, run, DeliveryState.FAILED, "It failed again and again; the operator's log tells why.")
            release_run(platform, run, due_at=None, reason=reason, attempts=attempts)
        raise


def _work(platform: Platform, run: Run, is_stopping: Callable[[], bool]) -> None:
    with platform.session() as session:
        schedule = find_order(session, run)
        tenant = directory.tenant_of(session, run.tenant_id)
        if schedule is None:
            _end_all(session, run, DeliveryState.SKIPPED, removed_reason(run))
    if schedule is None:
        release_run(platform, run, due_at=None, reason=removed_reason(run))
        return
    # What is late, or is tried again, waits for the end of the quiet hours too; what a person asks for does not.
    if run.kind in {RunKind.SCHEDULED, *NOTICES} and (
        loud_at := quiet_until(schedule.plan.rest, schedule.plan.zone or tenant.zone, platform.clock())
    ):
        release_run(platform, run, due_at=loud_at, reason="It waits for the end of the quiet hours.")
        return
    if not run.is_addressed:
        address_run(platform, run, tenant, schedule)
    _take_up_doubtful(platform, run)
    # Sending may find a policy changed and hand the recipient back to be rendered again.
    while not is_stopping() and _is_due(platform, run):
        render_waiting(platform, run, tenant, schedule)
        send_rendered(platform, run, tenant, schedule, is_stopping)
    _finish(platform, run)


def address_run(platform: Platform, run: Run, tenant: Tenant, schedule: Schedule) -> None:
    """Make a row for each recipient; a row that is there already stays as it is."""
    is_test = run.kind is RunKind.TEST
    addresses = [run.requested_by] if is_test else list_recipients(platform, tenant, schedule)
    now = platform.clock()
    with platform.session() as session:
        is_mailed = schedule.plan.channel.get("kind") == "mail" and not is_test
        stopped = stopped_addresses(session, tenant, addresses, now) if is_mailed else {}
    domain = parseaddr(platform.settings.mail_from)[1].rpartition("@")[2]
    rows = [
        {
            "id": new_id(),
            "run_id": run.id,
            "tenant_id": tenant.id,
            "schedule_id": schedule.id,
            "period": run.period,
            "recipient": address,
            "state": (DeliveryState.SKIPPED if address in stopped else DeliveryState.WAITING).value,
            "reason": stopped.get(address, ""),
            "due_at": now,
            "created_at": now,
            "message_id": f"<{_message_key(schedule.id, run.period, address)}@{domain}>",
        }
        for address in addresses
    ]
    with platform.session() as session:
        require_lease(session, run, now)
        for row in rows:
            session.execute(insert_into(session, DeliveryRow).values(row).on_conflict_do_nothing())
        session.execute(update(DeliveryRunRow).where(DeliveryRunRow.id == run.id).values(is_addressed=True))


def copy_delivery(session: Session, row: DeliveryRow, run: Run, *, now: dt.datetime) -> None:
    """A row of another run that sends what was rendered for this one."""
    kept = ("tenant_id", "schedule_id", "recipient", "group_key", "policies", "policy_sentence", "row_counts")
    proof = ("document_version", "watermark", "loaded_at", "values_hash", "subject", "files")
    domain = row.message_id.rpartition("@")[2].rstrip(">")
    session.add(
        DeliveryRow(
            **{name: getattr(row, name) for name in (*kept, *proof)},
            id=new_id(),
            run_id=run.id,
            period=run.period,
            state=DeliveryState.RENDERED.value,
            due_at=now,
            created_at=now,
            message_id=f"<{_message_key(row.schedule_id, run.period, row.recipient)}@{domain}>",
        )
    )


def render_waiting(platform: Platform, run: Run, tenant: Tenant, schedule: Schedule) -> None:
    """Group the recipients that wait by what they may see, and render each group once."""
    groups: dict[str, list[tuple[DeliveryRow, Principal]]] = {}
    waiting = _rows(platform, run, DeliveryState.WAITING)
    with platform.session() as session:
        readers = find_readers(session, tenant, schedule, [row.recipient for row in waiting])
        allowed = {email for email, reader in readers.items() if may_read(session, reader, schedule.plan.notebook)}
    for row in waiting:
        reader = readers.get(row.recipient)
        if reader is None:
            _end(platform, run, [row], DeliveryState.SKIPPED, gone_reason(schedule, row.recipient))
        elif not reader.can(Permission.REPORT_EXPORT):
            _end(platform, run, [row], DeliveryState.SKIPPED, f"{row.recipient} may not receive reports.")
        elif row.recipient not in allowed:
            _end(platform, run, [row], DeliveryState.SKIPPED, f"{row.recipient} may not see this notebook.")
        else:
            try:
                groups.setdefault(key_of(platform, reader, is_readable=True), []).append((row, reader))
            except UserError as error:
                _end(platform, run, [row], DeliveryState.FAILED, error.message)
    for members in groups.values():
        rows = [row for row, _ in members]
        try:
            keep_rendered(platform, run, schedule, members[0][1], rows)
        except UserError as error:
            _end(platform, run, rows, DeliveryState.FAILED, error.message)


def send_rendered(
    platform: Platform, run: Run, tenant: Tenant, schedule: Schedule, is_stopping: Callable[[], bool]
) -> None:
    """Send what is rendered, group by group, so that the files of one group only are in memory."""
    rows = _rows(platform, run, DeliveryState.RENDERED)
    if not rows:
        return
    channel = require_channel(schedule.plan.channel)
    try:
        opened = channel.open_channel(platform, tenant, schedule.plan.channel)
        with opened as sender:
            for _, group in groupby(rows, key=lambda row: row.group_key):
                contents: dict[str, bytes] = {}
                for row in group:
                    if is_stopping():
                        return
                    send_one(platform, run, tenant, row, sender, contents)
    except UserError as error:
        _end(platform, run, _rows(platform, run, DeliveryState.RENDERED), DeliveryState.FAILED, error.message)


def _rows(platform: Platform, run: Run, state: DeliveryState) -> Sequence[DeliveryRow]:
    statement = (
        select(DeliveryRow)
        .where(DeliveryRow.run_id == run.id, DeliveryRow.state == state.value, DeliveryRow.due_at <= platform.clock())
        .order_by(DeliveryRow.group_key, DeliveryRow.recipient)
    )
    with platform.session() as session:
        return session.scalars(statement).all()


def _is_due(platform: Platform, run: Run) -> bool:
    return any(_rows(platform, run, state) for state in (DeliveryState.WAITING, DeliveryState.RENDERED))


def _take_up_doubtful(platform: Platform, run: Run) -> None:
    """Whoever held the lease before ended while sending: whether the message arrived cannot be known, so send again.

    It has the same message id, by which mailboxes tell that it is the same message.
    """
    with platform.session() as session:
        require_lease(session, run, platform.clock())
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.run_id == run.id, DeliveryRow.state == DeliveryState.SENDING.value)
            .values(state=DeliveryState.RENDERED.value, reason=_IN_DOUBT)
        )


def _finish(platform: Platform, run: Run) -> None:
    statement = select(func.min(DeliveryRow.due_at), func.count()).where(DeliveryRow.run_id == run.id)
    is_open = DeliveryRow.state.not_in([state.value for state in FINAL])
    with platform.session() as session:
        due_at, waiting = session.execute(statement.where(is_open)).one()
        total = session.scalar(select(func.count()).where(DeliveryRow.run_id == run.id))
    reason = "" if total else "There was nobody to send to."
    release_run(platform, run, due_at=as_utc(due_at) if waiting else None, reason=reason)


def _end(platform: Platform, run: Run, rows: Sequence[DeliveryRow], state: DeliveryState, reason: str) -> None:
    with platform.session() as session:
        require_lease(session, run, platform.clock())
        statement = update(DeliveryRow).where(DeliveryRow.id.in_([row.id for row in rows]))
        session.execute(statement.values(state=state.value, reason=reason))


def _end_all(session: Session, run: Run, state: DeliveryState, reason: str) -> None:
    is_open = DeliveryRow.state.not_in([final.value for final in FINAL])
    statement = update(DeliveryRow).where(DeliveryRow.run_id == run.id, is_open)
    session.execute(statement.values(state=state.value, reason=reason))


def _message_key(schedule_id: str, period: str, address: str) -> str:
    return hashlib.sha256(f"{schedule_id}\n{period}\n{address}".encode()).hexdigest()[:40]
