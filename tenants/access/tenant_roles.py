"""The roles of a tenant: those that are built in, and those it has made of permissions itself."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import ForbiddenError, InvalidError
from core.names import suggestion
from tenants.access.permissions import Permission
from tenants.access.roles import DESCRIPTIONS, Role, permissions_of
from tenants.schema import RoleRow

_NAME = re.compile(r"[a-z][a-z0-9-]{1,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRole:
    """A role: its permissions, and whether it is built in and cannot be changed."""

    name: str
    description: str
    permissions: frozenset[Permission]
    is_built_in: bool


def list_roles(session: Session, tenant_id: str) -> list[TenantRole]:
    """The built-in roles, then the tenant's own by name."""
    built_in = [
        TenantRole(name=role.value, description=DESCRIPTIONS[role], permissions=permissions_of(role), is_built_in=True)
        for role in Role
    ]
    statement = select(RoleRow).where(RoleRow.tenant_id == tenant_id).order_by(RoleRow.name)
    return built_in + [_role(row) for row in session.scalars(statement)]


def require_role(session: Session, tenant_id: str, name: str) -> TenantRole:
    """A role of the tenant. Raises ForbiddenError with the nearest names."""
    known = {role.name: role for role in list_roles(session, tenant_id)}
    if name not in known:
        raise ForbiddenError(f"There is no role {name!r} here. {suggestion(name, known)}")
    return known[name]


def require_roles(session: Session, tenant_id: str, names: Collection[str]) -> list[TenantRole]:
    """The roles a member is to have, at least one. Raises InvalidError with the nearest names."""
    known = {role.name: role for role in list_roles(session, tenant_id)}
    for name in names:
        if name not in known:
            raise InvalidError(f"{name!r} is not a role. {suggestion(name, known)}")
    if not names:
        raise InvalidError(f"A member needs a role. {suggestion('', known)}")
    return [known[name] for name in names]


def permissions_of_roles(session: Session, tenant_id: str, names: Iterable[str]) -> frozenset[Permission]:
    """What somebody with all these roles may do; a role that has gone gives nothing."""
    held: set[Permission] = set()
    for name in names:
        if name in list(Role):
            held |= permissions_of(Role(name))
        elif (row := session.get(RoleRow, (tenant_id, name))) is not None:
            held |= _role(row).permissions
    return frozenset(held)


def keep_role(session: Session, tenant_id: str, *, name: str, description: str, permissions: Iterable[str]) -> None:
    """Keep a role of the tenant's own, a new one or in place of the one of that name. Raises InvalidError."""
    if not _NAME.fullmatch(name):
        raise InvalidError(
            f"{name!r} cannot be a role's name: use 2 to 32 lower-case letters, digits and hyphens, beginning with a "
            "letter."
        )
    if name in list(Role):
        raise InvalidError(f"{name} is built in and stays as it is. Give your role another name.")
    chosen = sorted(set(permissions))
    for permission in chosen:
        if permission not in list(Permission):
            raise InvalidError(f"{permission!r} is not a permission. {suggestion(permission, list(Permission))}")
    if not chosen:
        raise InvalidError(f"The role {name} would allow nothing; choose at least one permission.")
    if len(description) > 200:
        raise InvalidError(f"The description has {len(description)} characters; it may have 200.")
    session.merge(RoleRow(tenant_id=tenant_id, name=name, description=description.strip(), permissions=chosen))
    session.flush()


def _role(row: RoleRow) -> TenantRole:
    # A permission of a later version that was put back to this one is not known here and gives nothing.
    known = frozenset(Permission(one) for one in row.permissions if one in list(Permission))
    return TenantRole(name=row.name, description=row.description, permissions=known, is_built_in=False)
