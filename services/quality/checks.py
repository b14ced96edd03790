"""The checks of a tenant's tables: put in force, handed out, measured."""

from collections.abc import Iterable, Mapping

from core.errors import InvalidError, UserError
from services.applying import Applied, put_in_force
from services.permitted import permitted
from services.platform import Platform
from services.quality.check import Check, CheckState, Finding
from services.quality.reader import read_checks
from services.quality.results import CheckResult, Measured, find_checks, list_results, past_values, record_results
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.documents import Document, DocumentKind, list_documents, remove_documents
from tenants.tenant import Tenant


@permitted(Permission.DEFINITION_APPLY)
def apply_checks(platform: Platform, principal: Principal, files: Mapping[str, str], *, prune: bool = False) -> Applied:
    """Check YAML texts by file name and put them in force; `prune` removes the checks of tables that no file names.

    What changed is measured at once. Raises DefinitionError with all problems; then nothing is changed.
    """
    if not files:
        raise InvalidError("There is no .yaml or .yml file to apply.")
    found = read_checks(files, platform.store(principal.tenant).schema())
    texts = dict(zip(found, files.values(), strict=True))
    with platform.session() as session:
        applied = put_in_force(
            session, principal, DocumentKind.CHECKS, texts, prune=prune, action=AuditAction.CHECKS_APPLIED
        )
    measure_checks(platform, principal.tenant, (*applied.changed, *applied.removed))
    return applied


@permitted(Permission.DEFINITION_APPLY)
def remove_checks(platform: Platform, principal: Principal, table: str) -> None:
    """Take the checks of a table out of force; a table without any is left as it is."""
    with platform.session() as session:
        in_force = {one.name for one in list_documents(session, principal.tenant.id, DocumentKind.CHECKS)}
        if table not in in_force:
            return
        remove_documents(session, principal, DocumentKind.CHECKS, [table])
        record_event(session, AuditAction.CHECKS_APPLIED, subject=table, principal=principal, data={"removed": [table]})
    measure_checks(platform, principal.tenant, [table])


@permitted(Permission.DEFINITION_READ)
def export_checks(platform: Platform, principal: Principal) -> list[Document]:
    """The checks in force, as they were applied, one document for each table."""
    with platform.session() as session:
        return list_documents(session, principal.tenant.id, DocumentKind.CHECKS)


@permitted(Permission.SOURCE_SYNC)
def run_checks(platform: Platform, principal: Principal, tables: Iterable[str] | None = None) -> list[CheckResult]:
    """Measure the checks of these tables, of all for None, and give how they came out."""
    known = find_checks(platform, principal.tenant)
    chosen = set(known) if tables is None else set(tables) & set(known)
    measure_checks(platform, principal.tenant, sorted(chosen))
    return [result for result in list_results(platform, principal) if result.table in chosen]


def measure_checks(platform: Platform, tenant: Tenant, tables: Iterable[str]) -> None:
    """Measure the checks of these tables and record it."""
    known = find_checks(platform, tenant)
    for table in tables:
        past = past_values(platform, tenant, table)
        measured = [_find(platform, tenant, check, past.get(check.label, [])) for check in known.get(table, ())]
        record_results(platform, tenant, table, measured)


def _find(platform: Platform, tenant: Tenant, check: Check, past: list[int]) -> Measured:
    """One check measured over all rows. One that cannot be measured has failed: nobody knows what it would tell."""
    try:
        table, _ = platform.store(tenant).query(check.measure().sql("duckdb"))
    except UserError as error:
        finding = Finding(state=CheckState.FAILED, said=f"It cannot be measured: {error.message}")
        return Measured(check=check, value=None, finding=finding)
    value = table.column(0)[0].as_py()
    return Measured(check=check, value=value, finding=check.judge(value, past, platform.clock()))
