"""Why a member may or may not: of a permission, a notebook or a table, for an administrator who is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import ForbiddenError
from core.names import suggestion
from services.permitted import permitted
from services.platform import Platform
from services.policies import find_view, visible_counts
from tenants.access import Permission, Principal
from tenants.access.grants import Level, level_of_notebook
from tenants.access.tenant_roles import list_roles
from tenants.directory import find_member
from tenants.documents import DocumentKind, find_document
from tenants.folder_schema import FolderRow, NotebookPlaceRow
from tenants.granted import granted_on_folder, granted_on_notebook
from tenants.notebook_states import find_state

_MAY = {Level.VIEW: "see", Level.COMMENT: "comment on", Level.EDIT: "change"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Whether a member may, and the reasons, one sentence each."""

    is_allowed: bool
    reasons: tuple[str, ...]


@permitted(Permission.MEMBER_VIEW_AS)
def explain_access(platform: Platform, principal: Principal, email: str, what: str) -> Explanation:
    """Why the member of that address may or may not: `what` is a permission, a notebook's name or a table.

    Raises ForbiddenError for a member or thing that is not there, RefusedError for a policy that no longer fits.
    """
    what = what.strip()
    store = platform.store(principal.tenant)
    with platform.session() as session:
        member = find_member(session, principal.tenant, email)
        if member is None:
            raise ForbiddenError(f"There is no active member {email.strip()!r} here.")
        if what in list(Permission):
            return _permission(session, member, Permission(what))
        # Whoever explains sees no more by it than they may.
        if level_of_notebook(session, principal, what) >= Level.VIEW:
            return _notebook(session, member, what)
    if what in store.row_counts():
        return _table(platform, member, what)
    nearest = suggestion(what, [*Permission, *store.row_counts()])
    raise ForbiddenError(f"There is no permission, notebook or table {what!r} here. {nearest}")


def _permission(session: Session, member: Principal, permission: Permission) -> Explanation:
    giving = [role.name for role in list_roles(session, member.tenant.id) if permission in role.permissions]
    own = [role for role in giving if role in member.roles]
    if own:
        return Explanation(is_allowed=True, reasons=(f"The role {_all(own)} includes {permission.value}.",))
    return Explanation(
        is_allowed=False,
        reasons=(
            f"{member.name} has the role {member.role}, which does not include {permission.value}.",
            f"These do: {_all(giving) or 'none'}.",
        ),
    )


def _notebook(session: Session, member: Principal, name: str) -> Explanation:
    level = level_of_notebook(session, member, name)
    tenant_id = member.tenant.id
    state = find_state(session, tenant_id, name)
    reasons: list[str] = []
    if not member.can(Permission.NOTEBOOK_READ):
        reasons += _permission(session, member, Permission.NOTEBOOK_READ).reasons
    if state.trashed_at is not None:
        reasons.append(f"{name} lies in the trash, where {state.trashed_by} put it.")
    if state.published_version is None and level < Level.EDIT:
        reasons.append(f"{name} was never published, so that only who may change it sees it.")
    document = find_document(session, tenant_id, DocumentKind.NOTEBOOK, name)
    is_allowed = document is not None and not reasons and level >= Level.VIEW
    if level >= Level.VIEW:
        reasons.append(f"Grants let {member.name} {_MAY[level]} it.")
    return Explanation(is_allowed=is_allowed, reasons=(*reasons, *_way_down(session, tenant_id, name)))


def _way_down(session: Session, tenant_id: str, name: str) -> list[str]:
    """What is said on a notebook and on the folders it lies in, up to where nothing comes down any more."""
    place = session.get(NotebookPlaceRow, (tenant_id, name))
    said = [
        _said(name, granted_on_notebook(session, tenant_id, name), is_restricted=bool(place and place.is_restricted))
    ]
    is_open, folder_id = not (place and place.is_restricted), place.folder_id if place else None
    while is_open and folder_id is not None:
        folder = session.get_one(FolderRow, folder_id)
        granted = granted_on_folder(session, tenant_id, folder_id)
        said.append(_said(f"The folder {folder.name}", granted, is_restricted=folder.is_restricted))
        is_open, folder_id = not folder.is_restricted, folder.parent_id
    return [*said, "At the top everybody may see and change."] if is_open else said


def _said(what: str, granted: Sequence[tuple[str, str]], *, is_restricted: bool) -> str:
    named = ", ".join(f"{to} ({level})" for to, level in granted) or "nobody"
    return f"{what} {'is restricted and' if is_restricted else 'is not restricted and'} names {named}."


def _table(platform: Platform, member: Principal, table: str) -> Explanation:
    view = find_view(platform, member)
    rows = platform.store(member.tenant).row_counts()[table]
    if view is None:
        return Explanation(is_allowed=True, reasons=(f"No policy binds {member.name}: all {rows:,} rows are seen.",))
    policies = _all(view.policies)
    if view.table(table) is None:
        return Explanation(
            is_allowed=False,
            reasons=(f"{table} is hidden: no rule of {policies} reaches it, and it is not named in `open`.",),
        )
    seen = visible_counts(platform.store(member.tenant), view).get(table, 0)
    return Explanation(is_allowed=seen > 0, reasons=(f"{seen:,} of {rows:,} rows of {table} are seen.", view.sentence))


def _all(names: Sequence[str]) -> str:
    return " and ".join(names)
