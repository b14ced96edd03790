"""Who may see and change a model with its metrics, or a source with its tables: said on it, or on its folder."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.errors import ForbiddenError
from services.definitions import hidden_models
from services.folders import require_edit
from services.permitted import permitted
from services.platform import Platform
from services.sharing import Sharing, grant_rows, told
from tenants.access import Permission, Principal
from tenants.access.data_grants import DataKind, find_place, level_of_data
from tenants.access.grants import Level
from tenants.audit import AuditAction, record_event
from tenants.documents import DocumentKind, document_versions
from tenants.folder_schema import DataPlaceRow, GrantRow
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
    platform: Platform,
    principal: Principal,
    model: str,
    *,
    is_restricted: bool,
    grants: Mapping[str, str],
    folder_id: str | None = None,
) -> None:
    """Say who may see a model and its metrics, and who may change it, in place of what was said before.

    It then lies in that folder, None being the top, and has the folder's grants beside its own unless it is restricted.
    `grants` and what is raised are as for `services.sharing.share`; ForbiddenError also for a folder that the principal
    may not change.
    """
    hidden = hidden_models(platform, principal)
    with platform.session() as session:
        _require_model(session, principal, model, hidden)
        sharing = Sharing(is_restricted=is_restricted, grants=grants, folder_id=folder_id)
        _share(session, principal, DataKind.MODEL, model, sharing=sharing)


@permitted(Permission.SOURCE_CONFIGURE)
def describe_source_sharing(platform: Platform, principal: Principal, source: str) -> Sharing:
    """Who may see a source and its tables. Raises ForbiddenError for one that the principal may not change."""
    with platform.session() as session:
        _require_source(session, principal, source)
        return _sharing(session, principal, DataKind.SOURCE, source)


@permitted(Permission.SOURCE_CONFIGURE)
def share_source(
    platform: Platform,
    principal: Principal,
    source: str,
    *,
    is_restricted: bool,
    grants: Mapping[str, str],
    folder_id: str | None = None,
) -> None:
    """Say who may see a source and its tables, and who may sync and change it, in place of what was said before.

    It then lies in that folder, None being the top, and has the folder's grants beside its own unless it is restricted.
    `grants` and what is raised are as for `services.sharing.share`; ForbiddenError also for a folder that the principal
    may not change.
    """
    with platform.session() as session:
        _require_source(session, principal, source)
        sharing = Sharing(is_restricted=is_restricted, grants=grants, folder_id=folder_id)
        _share(session, principal, DataKind.SOURCE, source, sharing=sharing)


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
    place = find_place(session, principal, kind, name)
    return Sharing(
        is_restricted=place is not None and place.is_restricted,
        grants=dict(sorted((to, level) for _, to, level in granted)),
        folder_id=None if place is None else place.folder_id,
    )


def _share(session: Session, principal: Principal, kind: DataKind, name: str, *, sharing: Sharing) -> None:
    own, before = principal.tenant.id, _sharing(session, principal, kind, name)
    if sharing.folder_id != before.folder_id:
        require_edit(session, principal, sharing.folder_id)
    row = find_place(session, principal, kind, name) or DataPlaceRow(tenant_id=own, kind=kind.value, name=name)
    row.folder_id, row.is_restricted = sharing.folder_id, sharing.is_restricted
    session.add(row)
    session.execute(delete(GrantRow).where(GrantRow.tenant_id == own, kind.granted(name)))
    on = {"model": name} if kind is DataKind.MODEL else {"source": name}
    session.add_all(grant_rows(session, principal, sharing.grants, on=on))
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
