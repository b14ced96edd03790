"""Runs: planned when a schedule is due, and leased to one process at a time."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from core.errors import InternalError
from core.ids import new_id
from services.deliveries.pulse import is_claimable, this_process
from services.deliveries.rest import next_rested, rested_moments
from services.deliveries.schedules import schedule_of
from services.deliveries.spec import CatchUp, RunKind, Schedule
from services.platform import Platform
from tenants.changes import count_changed, insert_into
from tenants.delivery_schema import DeliveryRunRow, ScheduleRow

LEASE = dt.timedelta(minutes=10)
# A time that is older than this was missed, and the schedule's catch-up policy says what becomes of it.
_LATE = dt.timedelta(minutes=15)
_MOST_CAUGHT_UP = 31

# Built once: it runs with every step of every recipient.
_RUNS = DeliveryRunRow.metadata.tables[DeliveryRunRow.__tablename__]
_PROLONG = (
    update(_RUNS)
    .where(_RUNS.c.id == bindparam("of_run"), _RUNS.c.lease_owner == bindparam("held_by"), _RUNS.c.is_open)
    .values(lease_until=bindparam("until"))
)


class LeaseLost(InternalError):
    """Another process works on the run now; this one must not touch it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that this process holds the lease of."""

    id: str
    tenant_id: str
    schedule_id: str
    schedule: str
    period: str
    kind: RunKind
    requested_by: str
    is_addressed: bool
    attempts: int
    lease_owner: str


def period_of(moment: dt.datetime) -> str:
    """The name of a scheduled period: its time in UTC."""
    return f"{moment:%Y-%m-%dT%H:%MZ}"


def plan_due(platform: Platform) -> int:
    """Make the runs of every schedule that is due, and move it to its next time; returns how many runs are new."""
    now = platform.clock()
    with platform.session() as session:
        due = [
            schedule_of(row)
            for row in session.scalars(
                select(ScheduleRow).where(ScheduleRow.is_active, ScheduleRow.next_at <= now).order_by(ScheduleRow.name)
            )
        ]
    return sum(_plan(platform, schedule, now) for schedule in due)


def _plan(platform: Platform, schedule: Schedule, now: dt.datetime) -> int:
    """One transaction: of two processes that plan at once, one moves the schedule and the other finds it moved."""
    plan = schedule.plan
    passed = [schedule.next_at]
    for moment in rested_moments(plan.cron, plan.zone, plan.rest, schedule.next_at):
        if moment > now:
            break
        passed = [*passed[-_MOST_CAUGHT_UP + 1 :], moment]
    with platform.session() as session:
        move = update(ScheduleRow).where(
            ScheduleRow.id == schedule.id, ScheduleRow.next_at == schedule.next_at, ScheduleRow.is_active
        )
        if count_changed(session, move.values(next_at=next_rested(plan.cron, plan.zone, plan.rest, now))) != 1:
            return 0
        wanted = _caught_up(passed, plan.catch_up, now)
        return sum(
            _insert(session, schedule, period=period_of(moment), kind=RunKind.SCHEDULED, by="", now=now)
            for moment in wanted
        )


def _caught_up(passed: list[dt.datetime], catch_up: CatchUp, now: dt.datetime) -> list[dt.datetime]:
    match catch_up:
        case CatchUp.ALL:
            return passed
        case CatchUp.LATEST:
            return passed[-1:]
        case CatchUp.NONE:
            return [moment for moment in passed[-1:] if now - moment <= _LATE]


def begin_run(
    session: Session, schedule: Schedule, *, kind: RunKind, by: str, now: dt.datetime, is_addressed: bool = False
) -> Run:
    """A run that was asked for, outside the schedule's times; this process holds its lease from the beginning."""
    period = f"{kind.value} {period_of(now)} {new_id()[:8]}"
    row = DeliveryRunRow(
        **_values(schedule, period=period, kind=kind, by=by, now=now),
        lease_owner=_new_owner(),
        lease_until=now + LEASE,
    )
    row.is_addressed = is_addressed
    session.add(row)
    session.flush()
    return _run_of(row)


def plan_run(session: Session, schedule: Schedule, *, kind: RunKind, now: dt.datetime) -> str:
    """A run outside a schedule's times that whoever is free works on; returns its period."""
    period = f"{kind.value} {period_of(now)} {new_id()[:8]}"
    _insert(session, schedule, period=period, kind=kind, by="", now=now)
    return period


def _insert(session: Session, schedule: Schedule, *, period: str, kind: RunKind, by: str, now: dt.datetime) -> int:
    values = _values(schedule, period=period, kind=kind, by=by, now=now)
    insert = insert_into(session, DeliveryRunRow).values(values).on_conflict_do_nothing().returning(DeliveryRunRow.id)
    return 0 if session.scalar(insert) is None else 1


def _values(schedule: Schedule, *, period: str, kind: RunKind, by: str, now: dt.datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "tenant_id": schedule.tenant_id,
        "schedule_id": schedule.id,
        "schedule_name": schedule.plan.name,
        "notebook": schedule.plan.notebook,
        "period": period,
        "kind": kind.value,
        "requested_by": by,
        "is_open": True,
        "is_addressed": False,
        "due_at": now,
        "attempts": 0,
        "reason": "",
        "created_at": now,
    }


def claim_run(platform: Platform) -> Run | None:
    """Take the lease of an open run that is due; None where there is none to take."""
    now, owner = platform.clock(), _new_owner()
    with platform.session() as session:
        due = select(DeliveryRunRow.id).where(is_claimable(now)).order_by(DeliveryRunRow.due_at, DeliveryRunRow.id)
        for found in session.scalars(due.limit(10)).all():
            take = update(DeliveryRunRow).where(DeliveryRunRow.id == found, is_claimable(now))
            if count_changed(session, take.values(lease_owner=owner, lease_until=now + LEASE)) == 1:
                return _run_of(session.get_one(DeliveryRunRow, found, populate_existing=True))
    return None


def _new_owner() -> str:
    return f"{this_process()}{new_id()[:12]}"


def require_lease(session: Session, run: Run, now: dt.datetime) -> None:
    """Prolong the lease within a step's transaction. Raises LeaseLost when another process has taken the run over."""
    held = _PROLONG, {"of_run": run.id, "held_by": run.lease_owner, "until": now + LEASE}
    if session.connection().execute(*held).rowcount != 1:
        raise LeaseLost(f"the run {run.id} was taken over by another process")


def release_run(
    platform: Platform, run: Run, *, due_at: dt.datetime | None, reason: str = "", attempts: int = 0
) -> None:
    """Give the lease back: the run is done, or there is more to do at `due_at`."""
    statement = update(DeliveryRunRow).where(
        DeliveryRunRow.id == run.id, DeliveryRunRow.lease_owner == run.lease_owner, DeliveryRunRow.is_open
    )
    now = platform.clock()
    values: dict[str, object] = {"lease_owner": None, "lease_until": None, "reason": reason, "attempts": attempts}
    values |= {"is_open": False, "finished_at": now} if due_at is None else {"due_at": due_at}
    with platform.session() as session:
        session.execute(statement.values(values))


def _run_of(row: DeliveryRunRow) -> Run:
    return Run(
        id=row.id,
        tenant_id=row.tenant_id,
        schedule_id=row.schedule_id,
        schedule=row.schedule_name,
        period=row.period,
        kind=RunKind(row.kind),
        requested_by=row.requested_by,
        is_addressed=row.is_addressed,
        attempts=row.attempts,
        lease_owner=row.lease_owner or "",
    )
