"""Who may see and change a model with its metrics, or a source with its tables: said on it, as on notebooks."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.errors import ForbiddenError
from services.definitions import hidden_models
from services.permitted import permitted
from services.platform import Platform
from services.sharing import Sharing, grant_rows, told
from tenants.access import Permission, Principal
from tenants.access.data_grants import DataKind, is_restricted, level_of_data
from tenants.access.grants import Level
from tenants.audit import AuditAction, record_event
from tenants.documents import DocumentKind, document_versions
from tenants.folder_schema import GrantRow, RestrictionRow
from tenants.granted import list_granted
from tenants.source_schema import SourceRow


@permitted(Permission.DEFINITION_APPLY)
def describe_model_sharing(platform: Platform, principal: Principal, model: str) -> Sharing:
    """Who may see a model and its metrics. Raises ForbiddenError for one that the principal may not change."""
    hidden = hidden_models(platform, principal)
    with platform.session() as session:
        _require_model(session, principal, model, hidden)
        return _sharing(session, principal, DataKind.MODEL, model)


@permitted(Permission.DEFINITION_APPLY)
def share_model(
    platform: Platform, principal: Principal, model: str, *, is_restricted: bool, grants: Mapping[str, str]
) -> None:
    """Say who may see a model and its metrics, and who may change it, in place of what was said before.

    `grants` and what is raised are as for `services.sharing.share`.
    """
    hidden = hidden_models(platform, principal)
    with platform.session() as session:
        _require_model(session, principal, model, hidden)
        _share(session, principal, DataKind.MODEL, model, is_restricted=is_restricted, grants=grants)


@permitted(Permission.SOURCE_CONFIGURE)
def describe_source_sharing(platform: Platform, principal: Principal, source: str) -> Sharing:
    """Who may see a source and its tables. Raises ForbiddenError for one that the principal may not change."""
    with platform.session() as session:
        _require_source(session, principal, source)
        return _sharing(session, principal, DataKind.SOURCE, source)


@permitted(Permission.SOURCE_CONFIGURE)
def share_source(
    platform: Platform, principal: Principal, source: str, *, is_restricted: bool, grants: Mapping[str, str]
) -> None:
    """Say who may see a source and its tables, and who may sync and change it, in place of what was said before.

    `grants` and what is raised are as for `services.sharing.share`.
    """
    with platform.session() as session:
        _require_source(session, principal, source)
        _share(session, principal, DataKind.SOURCE, source, is_restricted=is_restricted, grants=grants)


def _require_model(session: Session, principal: Principal, model: str, hidden: frozenset[str]) -> None:
    known = dict(document_versions(session, principal.tenant.id, DocumentKind.DEFINITION))
    may_edit = level_of_data(session, principal, DataKind.MODEL, model) >= Level.EDIT
    if model not in known or model in hidden or not may_edit:
        raise ForbiddenError(f"There is no model {model!r} here that you may share.")


def _require_source(session: Session, principal: Principal, source: str) -> None:
    known = select(SourceRow.id).where(SourceRow.tenant_id == principal.tenant.id, SourceRow.name == source)
    may_edit = level_of_data(session, principal, DataKind.SOURCE, source) >= Level.EDIT
    if session.scalar(known) is None or not may_edit:
        raise ForbiddenError(f"There is no source {source!r} here that you may share.")


def _sharing(session: Session, principal: Principal, kind: DataKind, name: str) -> Sharing:
    granted = list_granted(session, GrantRow.tenant_id == principal.tenant.id, kind.granted(name))
    return Sharing(
        is_restricted=is_restricted(session, principal, kind, name),
        grants=dict(sorted((to, level) for _, to, level in granted)),
    )


def _share(
    session: Session,
    principal: Principal,
    kind: DataKind,
    name: str,
    *,
    is_restricted: bool,
    grants: Mapping[str, str],
) -> None:
    own, before = principal.tenant.id, _sharing(session, principal, kind, name)
    row = session.get(RestrictionRow, (own, kind.value, name))
    if is_restricted and row is None:
        session.add(RestrictionRow(tenant_id=own, kind=kind.value, name=name))
    elif not is_restricted and row is not None:
        session.delete(row)
    session.execute(delete(GrantRow).where(GrantRow.tenant_id == own, kind.granted(name)))
    on = {"model": name} if kind is DataKind.MODEL else {"source": name}
    session.add_all(grant_rows(session, principal, grants, on=on))
    session.flush()
    if level_of_data(session, principal, kind, name) < Level.EDIT:
        raise ForbiddenError("You would lock yourself out. Keep edit for yourself, or ask an administrator.")
    after = _sharing(session, principal, kind, name)
    record_event(
        session,
        AuditAction.GRANTS_CHANGED,
        subject=name,
        principal=principal,
        data={"kind": kind.value},
        before=told(before),
        after=told(after),
    )
