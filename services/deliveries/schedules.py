"""Schedules of a tenant: made, listed, paused and removed."""

import datetime as dt
import re
from collections.abc import Collection, Sequence

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.errors import ConflictError, ForbiddenError, InvalidError
from core.ids import new_id
from core.names import suggestion
from notebooks import MetricCell
from services.deliveries.channels import check_shared, require_channel
from services.deliveries.condition import check_condition
from services.deliveries.moments import check_moments
from services.deliveries.passwords import drop_password, keep_password
from services.deliveries.recipients import is_listed
from services.deliveries.rest import OnHoliday, Rest, check_rest, next_rested
from services.deliveries.spec import OUTSIDE, ROLE, TEAM, CatchUp, OnProblem, Plan, Schedule
from services.guests.rules import load_rules
from services.notebooks import require_notebook
from services.permitted import permitted
from services.platform import Platform
from services.reports import check_password, report_formats
from tenants import directory
from tenants.access import Permission, Principal
from tenants.access.grants import Level, notebook_levels, reader_values, reading_of
from tenants.access.tenant_roles import list_roles
from tenants.audit import AuditAction, record_event
from tenants.delivery_schema import ScheduleRow
from tenants.teams import team_names

_NAME = re.compile(r"[a-z][a-z0-9-]{1,62}")
_MOST_RECIPIENTS = 5_000


@permitted(Permission.SCHEDULE_MANAGE)
def add_schedule(platform: Platform, principal: Principal, plan: Plan, *, password: str = "") -> Schedule:
    """Keep a schedule; it is first due at its next time. With a `password` its PDF files open with that alone, and the
    message tells no figure. Raises InvalidError, ConflictError, ForbiddenError.
    """
    now = platform.clock()
    zone = plan.zone or principal.tenant.zone
    _check(platform, principal, plan, zone, now)
    check_password(password, plan.formats)
    row = ScheduleRow(
        id=new_id(),
        tenant_id=principal.tenant.id,
        name=plan.name,
        notebook=plan.notebook,
        formats=list(plan.formats),
        cron=plan.cron,
        zone=zone,
        recipients=[normal_recipient(one) for one in plan.recipients],
        condition=plan.condition,
        on_problem=plan.on_problem.value,
        catch_up=plan.catch_up.value,
        channel=dict(plan.channel),
        quiet=plan.rest.quiet,
        holidays=plan.rest.holidays,
        on_holiday=plan.rest.on_holiday.value,
        is_active=plan.is_active,
        next_at=next_rested(plan.cron, zone, plan.rest, now),
        created_at=now,
        created_by=principal.email,
    )
    with platform.session() as session:
        if _find(session, principal, plan.name) is not None:
            raise ConflictError(f"There is a schedule {plan.name} already; remove it, or choose another name.")
        session.add(row)
        if password:
            keep_password(platform, session, principal.tenant, row.id, password)
        _record(session, principal, row, "added")
    return schedule_of(row)


@permitted(Permission.SCHEDULE_MANAGE)
def list_schedules(platform: Platform, principal: Principal) -> list[Schedule]:
    """The schedules of the principal's tenant by name, of the notebooks that the principal may see."""
    with platform.session() as session:
        return [
            schedule_of(row)
            for row in session.scalars(_visible(principal).order_by(ScheduleRow.name), reader_values(principal))
        ]


@permitted(Permission.SCHEDULE_MANAGE)
def own_schedules(platform: Platform, principal: Principal) -> list[Schedule]:
    """The running schedules that the principal made or receives, the next one first."""
    with platform.session() as session:
        found = [schedule_of(row) for row in session.scalars(_visible(principal), reader_values(principal))]
        own = [
            one
            for one in found
            if one.plan.is_active
            and (one.created_by == principal.email or is_listed(session, one.plan.recipients, principal))
        ]
    return sorted(own, key=lambda one: one.next_at)


@permitted(Permission.SCHEDULE_MANAGE)
def require_schedule(platform: Platform, principal: Principal, name: str) -> Schedule:
    """The schedule of that name. Raises ForbiddenError with the nearest names."""
    with platform.session() as session:
        return schedule_of(_require(session, principal, name))


@permitted(Permission.SCHEDULE_MANAGE)
def remove_schedule(platform: Platform, principal: Principal, name: str) -> None:
    """Remove a schedule. What it delivered stays on record; what is under way is not sent any more."""
    with platform.session() as session:
        row = _require(session, principal, name)
        session.execute(delete(ScheduleRow).where(ScheduleRow.id == row.id))
        drop_password(session, principal.tenant, row.id)
        _record(session, principal, row, "removed")


@permitted(Permission.SCHEDULE_MANAGE)
def pause_schedule(platform: Platform, principal: Principal, name: str, *, is_paused: bool) -> Schedule:
    """Stop a schedule, or let it run again from its next time on: what it missed while paused is not caught up."""
    with platform.session() as session:
        row = _require(session, principal, name)
        row.is_active = not is_paused
        row.next_at = next_rested(row.cron, row.zone, _rest_of(row), platform.clock())
        _record(session, principal, row, "paused" if is_paused else "resumed")
        return schedule_of(row)


@permitted(Permission.SCHEDULE_MANAGE)
def skip_next(platform: Platform, principal: Principal, name: str) -> Schedule:
    """Leave out the next time of a schedule."""
    with platform.session() as session:
        row = _require(session, principal, name)
        row.next_at = next_rested(row.cron, row.zone, _rest_of(row), as_utc(row.next_at))
        _record(session, principal, row, "skipped once")
        return schedule_of(row)


def schedule_of(row: ScheduleRow) -> Schedule:
    """A schedule as it is kept."""
    plan = Plan(
        name=row.name,
        notebook=row.notebook,
        cron=row.cron,
        zone=row.zone,
        recipients=tuple(row.recipients),
        formats=tuple(row.formats),
        condition=row.condition,
        on_problem=OnProblem(row.on_problem),
        catch_up=CatchUp(row.catch_up),
        channel=row.channel,
        is_active=row.is_active,
        rest=_rest_of(row),
    )
    return Schedule(
        id=row.id, tenant_id=row.tenant_id, plan=plan, next_at=as_utc(row.next_at), created_by=row.created_by
    )


def _rest_of(row: ScheduleRow) -> Rest:
    return Rest(quiet=row.quiet, holidays=row.holidays, on_holiday=OnHoliday(row.on_holiday))


def _check(platform: Platform, principal: Principal, plan: Plan, zone: str, now: dt.datetime) -> None:
    if not _NAME.fullmatch(plan.name):
        raise InvalidError(
            f"{plan.name!r} cannot be a schedule's name: use 2 to 63 lower-case letters, digits and hyphens, "
            "beginning with a letter."
        )
    check_moments(plan.cron, zone, now=now)
    check_rest(plan.rest)
    notebook = require_notebook(platform, principal, plan.notebook)
    check_condition(plan.condition, {cell.name for cell in notebook.cells if isinstance(cell, MetricCell)})
    for name in plan.formats:
        if name not in report_formats():
            raise InvalidError(f"There is no report format {name!r}. {suggestion(name, report_formats())}")
    require_channel(plan.channel).check(platform, plan.channel)
    check_shared(plan.channel, plan.recipients)
    if not plan.recipients:
        raise InvalidError("A schedule needs recipients: members, role:NAME, team:NAME or outside:ADDRESS.")
    if len(plan.recipients) > _MOST_RECIPIENTS:
        raise InvalidError(f"A schedule has at most {_MOST_RECIPIENTS:,} recipients; use role:NAME or team:NAME.")
    check_recipients(platform, principal, plan.recipients, may_leave=True)


def normal_recipient(text: str) -> str:
    """A recipient as it is kept; the names of teams stay as they are written."""
    return text.strip() if text.strip().startswith(TEAM) else text.strip().lower()


def check_recipients(
    platform: Platform, principal: Principal, recipients: Sequence[str], *, may_leave: bool = False
) -> None:
    """Raises InvalidError for a role or team, and ForbiddenError for a member, that the tenant does not have.

    Addresses outside are refused but where the list `may_leave` the organisation and its administrators allow it.
    """
    with platform.session() as session:
        known = {member.email for member in directory.list_members(session, principal.tenant)}
        roles = [role.name for role in list_roles(session, principal.tenant.id)]
        teams = team_names(session, principal.tenant.id)
        is_open = load_rules(session, principal.tenant.id).has_deliveries
    for recipient in map(normal_recipient, recipients):
        if recipient.startswith(ROLE):
            _require_known("role", recipient.removeprefix(ROLE), roles)
        elif recipient.startswith(TEAM):
            _require_known("team", recipient.removeprefix(TEAM), teams)
        elif recipient.startswith(OUTSIDE) and not may_leave:
            raise InvalidError(f"An alert tells members only, not {recipient!r}; name a member, a role or a team.")
        elif recipient.startswith(OUTSIDE):
            _require_outside(recipient.removeprefix(OUTSIDE), known, is_open=is_open)
        elif recipient not in known:
            raise ForbiddenError(f"{principal.tenant.slug} has no member {recipient!r}. {suggestion(recipient, known)}")


def _require_known(what: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise InvalidError(f"{name!r} is not a {what}. {suggestion(name, known)}")


def _require_outside(address: str, members: Collection[str], *, is_open: bool) -> None:
    if not is_open:
        raise ForbiddenError(
            f"{address!r} is outside, and nothing is sent outside here. An administrator can allow reports to "
            "addresses outside under Settings, Guests."
        )
    if not directory.is_email(address):
        raise InvalidError(f"{address!r} is not an e-mail address; write outside:name@example.com.")
    if address in members:
        raise InvalidError(f"{address!r} is a member: name them without outside:, and they get their own rows.")


def _visible(principal: Principal) -> Select[tuple[ScheduleRow]]:
    """The schedules of notebooks that the principal may see; one whose notebook has gone is its managers' to remove."""
    levels = notebook_levels(reading_of(principal))
    return (
        select(ScheduleRow)
        .outerjoin(levels, levels.c.name == ScheduleRow.notebook)
        .where(ScheduleRow.tenant_id == principal.tenant.id)
        .where(or_(levels.c.level.is_(None), levels.c.level >= int(Level.VIEW)))
    )


def _find(session: Session, principal: Principal, name: str) -> ScheduleRow | None:
    statement = select(ScheduleRow).where(ScheduleRow.tenant_id == principal.tenant.id, ScheduleRow.name == name)
    return session.scalar(statement)


def _require(session: Session, principal: Principal, name: str) -> ScheduleRow:
    row = session.scalar(_visible(principal).where(ScheduleRow.name == name), reader_values(principal))
    if row is None:
        names = [one.name for one in session.scalars(_visible(principal), reader_values(principal))]
        raise ForbiddenError(f"There is no schedule {name!r} here. {suggestion(name, names)}")
    return row


def _record(session: Session, principal: Principal, row: ScheduleRow, change: str) -> None:
    data: dict[str, object] = {"change": change, "notebook": row.notebook, "cron": row.cron, "zone": row.zone}
    data |= {"recipients": len(row.recipients), "formats": row.formats, "channel": row.channel.get("kind")}
    record_event(session, AuditAction.SCHEDULE_CHANGED, subject=row.name, principal=principal, data=data)
