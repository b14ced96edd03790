"""The compliance report: who has access to what, and who looked at what in a period, from the tenant's own records.

Every event of the period stands in exactly one part: what was read, who signed in, what was refused, or, whatever kind
it is of, what was changed. A kind of event that is added later is in the last one until it is put elsewhere.
"""

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from core.clock import as_utc
from core.errors import InvalidError
from core.numbers import Figure
from core.result import Column, ColumnType
from exports import Block, Heading, KpiRow, KpiTile, Problem, Report, TableBlock, Text, render_report
from metrics.period import date_label
from services.audit import verify_log
from services.members import MemberFacts, describe_members
from services.permitted import permitted
from services.platform import Platform
from services.policies import describe_policies
from services.roles import describe_roles
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.schema import AuditRow
from tenants.usage import UsageItem

READ = frozenset(
    {
        AuditAction.AUDIT_EXPORTED, AuditAction.DATA_ACCESSED, AuditAction.DELIVERY_OPENED, AuditAction.DELIVERY_SENT,
        AuditAction.REPORT_EXPORTED, AuditAction.TENANT_EXPORTED,
    }
)  # fmt: skip
SIGNED_IN = frozenset({AuditAction.SESSION_STARTED, AuditAction.SESSION_ENDED})
REFUSED = frozenset({AuditAction.ACCESS_DENIED, AuditAction.SIGNIN_REFUSED})
_MOST_ROWS = 2_000
_AT_ONCE = 1_000


@dataclass(slots=True, kw_only=True)
class _Group:
    """Events of one person, kind and subject."""

    events: int = 0
    rows: int = 0
    policies: set[str] = field(default_factory=set)
    first: dt.datetime
    last: dt.datetime


Key = tuple[str, str, str]


@permitted(Permission.AUDIT_READ)
def export_compliance(
    platform: Platform, principal: Principal, *, first: dt.date, last: dt.date, format_name: str = "pdf"
) -> bytes:
    """The report of a period, both days included, as a file; on record. Raises InvalidError, ForbiddenError.

    It also takes the permissions to read members, roles and policies, which it tells of.
    """
    content = render_report(_build(platform, principal, first, last), format_name)
    with platform.session() as session:
        record_event(
            session,
            AuditAction.AUDIT_EXPORTED,
            subject="compliance report",
            principal=principal,
            data={"first": first.isoformat(), "last": last.isoformat(), "format": format_name, "bytes": len(content)},
            usage={UsageItem.REPORTS: 1},
        )
    return content


def _build(platform: Platform, principal: Principal, first: dt.date, last: dt.date) -> Report:
    if last < first:
        raise InvalidError(f"The period ends on {last}, before it begins on {first}. Exchange the two days.")
    zone = zoneinfo.ZoneInfo(principal.tenant.zone)
    start = dt.datetime.combine(first, dt.time(), zone).astimezone(dt.UTC)
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone).astimezone(dt.UTC)
    proof = verify_log(platform, principal)
    groups = _group(platform, principal, start, end)
    members = describe_members(platform, principal)
    whole = f"{proof.lines:,} lines of the audit log, {proof.first} to {proof.last}, fit their hashes and signed head."
    return Report(
        title="Compliance report",
        subtitle="Who has access to what, and who looked at what",
        tenant_name=principal.tenant.name,
        prepared_for=principal.name,
        period=f"{date_label(first)} to {date_label(last)}",
        generated_at=platform.clock().astimezone(zone),
        accent=principal.tenant.accent,
        has_cover=True,
        blocks=(
            _figures(members, groups),
            Problem(title="The audit log is not whole", reason=" ".join(proof.problems[:5]))
            if proof.problems
            else Text(markdown=whole),
            Heading(text="Who has access to what"),
            *_access(platform, principal, members, zone),
            Heading(text="Who looked at what"),
            _reads(groups, zone),
            Heading(text="Who signed in, what was refused and what was changed"),
            _events("Sessions", groups, SIGNED_IN, zone),
            _events("Refused", groups, REFUSED, zone),
            _events("Changed", groups, frozenset(AuditAction) - READ - SIGNED_IN - REFUSED, zone),
        ),
    )


def _group(platform: Platform, principal: Principal, start: dt.datetime, end: dt.datetime) -> dict[Key, _Group]:
    """The events of the period by kind, person and subject; the log is read line by line."""
    statement = (
        select(AuditRow.action, AuditRow.actor, AuditRow.subject, AuditRow.at, AuditRow.data)
        .where(AuditRow.tenant_id == principal.tenant.id, AuditRow.at >= start, AuditRow.at < end)
        .order_by(AuditRow.sequence)
        .execution_options(yield_per=_AT_ONCE)
    )
    found: dict[Key, _Group] = {}
    with platform.session() as session:
        for action, actor, subject, at, data in session.execute(statement):
            moment = as_utc(at)
            group = found.setdefault((action, actor, subject), _Group(first=moment, last=moment))
            rows, policies = data.get("rows", 0), data.get("policies", [])
            group.events += 1
            group.last = moment
            group.rows += rows if isinstance(rows, int) else 0
            group.policies |= {str(one) for one in policies} if isinstance(policies, list) else set()
    return found


def _figures(members: Sequence[MemberFacts], groups: dict[Key, _Group]) -> KpiRow:
    active = sum(member.state != "deactivated" for member in members)

    def count(kinds: frozenset[AuditAction]) -> int:
        return sum(group.events for (action, _, _), group in groups.items() if action in kinds)

    figures = {
        "Members with access": active,
        "Times data was read": count(READ),
        "Refused": count(REFUSED),
        "Changes": count(frozenset(AuditAction) - READ - SIGNED_IN - REFUSED),
    }
    tiles = (KpiTile(label=label, value=Figure(f"{number:,}"), number=number) for label, number in figures.items())
    return KpiRow(tiles=tuple(tiles))


def _access(
    platform: Platform, principal: Principal, members: Sequence[MemberFacts], zone: zoneinfo.ZoneInfo
) -> Iterator[Block]:
    roles, policies = describe_roles(platform, principal), describe_policies(platform, principal)
    bound = {role.role.name: [policy.name for policy in policies if role.role.name in policy.roles] for role in roles}
    yield _table(
        "Members",
        ("Member", "Address", "Roles", "State", "Rows chosen by", "Last seen"),
        [
            (
                member.name,
                member.email,
                ", ".join(member.roles),
                member.state.value,
                ", ".join(sorted({name for role in member.roles for name in bound.get(role, [])})) or "all rows",
                None if member.seen_at is None else _local(member.seen_at, zone),
            )
            for member in members
        ],
    )
    yield _table(
        "Roles",
        ("Role", "Members", "May"),
        [(one.role.name, one.members, ", ".join(sorted(one.role.permissions))) for one in roles],
        numbers={"Members"},
    )
    yield _table(
        "Policies",
        ("Policy", "Roles", "Rows where", "Columns"),
        [(one.name, ", ".join(one.roles), one.rows or "all rows", one.columns or "as they are") for one in policies],
    )


def _reads(groups: dict[Key, _Group], zone: zoneinfo.ZoneInfo) -> TableBlock:
    rows = [
        (actor, action, subject, group.events, group.rows or None, ", ".join(sorted(group.policies)) or "none",
         _local(group.first, zone), _local(group.last, zone))
        for (action, actor, subject), group in sorted(groups.items(), key=lambda one: (one[0][1], one[0]))
        if action in READ
    ]  # fmt: skip
    names = ("Who", "What", "Of what", "Times", "Rows", "Policies", "First", "Last")
    return _table("Reads and exports", names, rows, numbers={"Times", "Rows"})


def _events(
    title: str, groups: dict[Key, _Group], kinds: frozenset[AuditAction], zone: zoneinfo.ZoneInfo
) -> TableBlock:
    rows = [
        (actor, action, subject, group.events, _local(group.first, zone), _local(group.last, zone))
        for (action, actor, subject), group in sorted(groups.items(), key=lambda one: one[1].first)
        if action in kinds
    ]
    return _table(title, ("Who", "What", "On what", "Times", "First", "Last"), rows, numbers={"Times"})


def _table(
    title: str, names: Sequence[str], rows: Sequence[tuple[object, ...]], *, numbers: set[str] | None = None
) -> TableBlock:
    columns = tuple(
        Column(
            name=name.lower().replace(" ", "_"),
            label=name,
            type=ColumnType.INTEGER if name in (numbers or set()) else ColumnType.TEXT,
        )
        for name in names
    )
    return TableBlock(title=title, columns=columns, rows=tuple(rows[:_MOST_ROWS]), total_rows=len(rows))


def _local(moment: dt.datetime, zone: zoneinfo.ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
