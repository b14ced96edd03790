"""What checks found: recorded with each measurement, the newest of each told to whoever may read the table."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, or_, select, update

from core.clock import as_utc
from core.ids import new_id
from services.permitted import permitted
from services.platform import Platform
from services.policies import find_view
from services.quality.check import Check, CheckState, Finding, OnFailure
from services.quality.reader import Checks, read_checks
from tenants.access import Permission, Principal
from tenants.documents import DocumentKind, list_documents
from tenants.quality_schema import CheckResultRow
from tenants.tenant import Tenant

# How long measurements are kept to be compared with.
_KEPT = dt.timedelta(days=90)
_MOST_PAST = 20
# Built once: it is asked with every question.
_FAILING = (
    select(CheckResultRow.table_name, CheckResultRow.check)
    .where(CheckResultRow.tenant_id == bindparam("tenant"), CheckResultRow.is_newest)
    .where(or_(CheckResultRow.state == CheckState.FAILED.value, CheckResultRow.fails_from <= bindparam("now")))
    .order_by(CheckResultRow.table_name, CheckResultRow.check)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """A check in force and how it came out last; `measured_at` is None for one that was never measured."""

    table: str
    label: str
    on_failure: OnFailure
    state: CheckState
    said: str
    measured_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A check with the number just measured."""

    check: Check
    value: int | None
    finding: Finding


def find_checks(platform: Platform, tenant: Tenant) -> Checks:
    """The checks in force by table."""
    with platform.session() as session:
        documents = list_documents(session, tenant.id, DocumentKind.CHECKS)
    return read_checks({f"{document.name}.yaml": document.text for document in documents})


@permitted(Permission.DATA_READ)
def list_results(platform: Platform, principal: Principal) -> list[CheckResult]:
    """Each check of the tables that the reader sees; how many rows broke it is told to those who see all rows."""
    view = find_view(platform, principal)
    newest = _newest_rows(platform, principal)
    return [
        _result(check, newest.get((table, check.label)), platform.clock(), is_bound=view is not None)
        for table, checks in find_checks(platform, principal.tenant).items()
        if view is None or view.table(table) is not None
        for check in checks
    ]


def _newest_rows(platform: Platform, principal: Principal) -> dict[tuple[str, str], CheckResultRow]:
    of_newest = (CheckResultRow.tenant_id == principal.tenant.id, CheckResultRow.is_newest)
    with platform.session() as session:
        return {(row.table_name, row.check): row for row in session.scalars(select(CheckResultRow).where(*of_newest))}


def _result(check: Check, row: CheckResultRow | None, now: dt.datetime, *, is_bound: bool) -> CheckResult:
    state, said = CheckState.UNKNOWN, "Not measured yet."
    if row is not None:
        is_old = row.fails_from is not None and as_utc(row.fails_from) <= now
        state, said = CheckState.FAILED if is_old else CheckState(row.state), "" if is_bound else row.said
    return CheckResult(
        table=check.table,
        label=check.label,
        on_failure=check.on_failure,
        state=state,
        said=said,
        measured_at=None if row is None else as_utc(row.measured_at),
    )


def failing_tables(platform: Platform, tenant: Tenant) -> dict[str, tuple[str, ...]]:
    """The tables with a failed check, each with what should be so; cheap, as every page asks it."""
    found: dict[str, tuple[str, ...]] = {}
    with platform.metadata.reading() as connection:
        for table, label in connection.execute(_FAILING, {"tenant": tenant.id, "now": platform.clock()}):
            found[table] = (*found.get(table, ()), label)
    return found


def past_values(platform: Platform, tenant: Tenant, table: str) -> dict[str, list[int]]:
    """What was measured before, by check, newest first."""
    statement = (
        select(CheckResultRow.check, CheckResultRow.value)
        .where(CheckResultRow.tenant_id == tenant.id, CheckResultRow.table_name == table)
        .where(CheckResultRow.value.is_not(None))
        .order_by(CheckResultRow.measured_at.desc())
    )
    found: dict[str, list[int]] = {}
    with platform.session() as session:
        for label, value in session.execute(statement):
            if value is not None:
                found.setdefault(label, []).append(value)
    return {label: values[:_MOST_PAST] for label, values in found.items()}


def record_results(platform: Platform, tenant: Tenant, table: str, measured: Sequence[Measured]) -> None:
    """Put measurements of a table on record in place of the newest; those too old to be compared with go."""
    now = platform.clock()
    own = (CheckResultRow.tenant_id == tenant.id, CheckResultRow.table_name == table)
    with platform.session() as session:
        session.execute(update(CheckResultRow).where(*own, CheckResultRow.is_newest).values(is_newest=False))
        session.execute(delete(CheckResultRow).where(*own, CheckResultRow.measured_at < now - _KEPT))
        for one in measured:
            session.add(
                CheckResultRow(
                    id=new_id(),
                    tenant_id=tenant.id,
                    table_name=table,
                    check=one.check.label,
                    state=one.finding.state.value,
                    said=one.finding.said,
                    value=one.value,
                    fails_from=one.finding.fails_from,
                    measured_at=now,
                )
            )
