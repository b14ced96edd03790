"""The roles of a tenant: listed, made of permissions, and removed. Nobody hands out or makes what they do not hold."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import ConflictError, ForbiddenError, InvalidError
from services.permitted import permitted, require_holding
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.access.tenant_roles import TenantRole, keep_role, list_roles, require_role
from tenants.audit import AuditAction, record_event
from tenants.documents import DocumentKind, list_documents
from tenants.schema import MemberRoleRow, MemberRow, ProviderRow, RoleRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFacts:
    """A role, and how many active members have it."""

    role: TenantRole
    members: int


@permitted(Permission.ROLE_READ)
def describe_roles(platform: Platform, principal: Principal) -> list[RoleFacts]:
    """The tenant's roles, built-in ones first."""
    statement = (
        select(MemberRoleRow.role, func.count())
        .join(MemberRow, MemberRow.id == MemberRoleRow.member_id)
        .where(MemberRow.tenant_id == principal.tenant.id, MemberRow.is_active)
        .group_by(MemberRoleRow.role)
    )
    with platform.session() as session:
        members: dict[str, int] = dict(session.execute(statement).tuples().all())
        return [
            RoleFacts(role=role, members=members.get(role.name, 0)) for role in list_roles(session, principal.tenant.id)
        ]


@permitted(Permission.MEMBER_READ)
def role_names(platform: Platform, principal: Principal) -> list[str]:
    """The names of the roles a member of the tenant can have."""
    with platform.session() as session:
        return [role.name for role in list_roles(session, principal.tenant.id)]


@permitted(Permission.ROLE_MANAGE)
def save_role(
    platform: Platform, principal: Principal, *, name: str, description: str, permissions: Iterable[str]
) -> None:
    """Make a role, or put its permissions in place of what it had; who has it has the new ones at once.

    Raises InvalidError, ForbiddenError for permissions that the principal does not hold or a role they have.
    """
    chosen = sorted(set(permissions))
    require_holding(principal, [Permission(one) for one in chosen if one in list(Permission)])
    _require_not_own(principal, name)
    with platform.session() as session:
        row = session.get(RoleRow, (principal.tenant.id, name))
        before = None if row is None else list(row.permissions)
        keep_role(session, principal.tenant.id, name=name, description=description, permissions=chosen)
        record_event(session, AuditAction.ROLE_SAVED, subject=name, principal=principal, before=before, after=chosen)


@permitted(Permission.ROLE_MANAGE)
def remove_role(platform: Platform, principal: Principal, name: str) -> None:
    """Remove a role of the tenant's own. Raises ForbiddenError, ConflictError naming where it is used."""
    with platform.session() as session:
        role = require_role(session, principal.tenant.id, name)
        if role.is_built_in:
            raise InvalidError(f"{name} is built in and stays.")
        _require_not_own(principal, name)
        used = _uses(session, principal.tenant.id, name)
        if used:
            raise ConflictError(f"The role {name} is used by {', '.join(used)}. Give them another one first.")
        session.delete(session.get_one(RoleRow, (principal.tenant.id, name)))
        before = sorted(role.permissions)
        record_event(session, AuditAction.ROLE_REMOVED, subject=name, principal=principal, before=before)


def _require_not_own(principal: Principal, name: str) -> None:
    if name in principal.roles:
        raise ForbiddenError(f"You have the role {name} yourself, and nobody changes their own rights.")


def _uses(session: Session, tenant_id: str, name: str) -> list[str]:
    """The members (also inactive ones, who may come back), providers and policies that name a role."""
    members = (
        select(MemberRow.email)
        .join(MemberRoleRow, MemberRoleRow.member_id == MemberRow.id)
        .where(MemberRow.tenant_id == tenant_id, MemberRoleRow.role == name)
    )
    used = list(session.scalars(members.order_by(MemberRow.email).limit(5)))
    for provider in session.scalars(select(ProviderRow).where(ProviderRow.tenant_id == tenant_id)):
        given = {provider.configuration.get("default_role"), *_values(provider.configuration.get("role_of_group"))}
        used += [f"the provider {provider.name}"] if name in given else []
    from metrics.policy import read_policies

    documents = list_documents(session, tenant_id, DocumentKind.POLICY)
    policies = read_policies({f"{document.name}.yaml": document.text for document in documents})
    return used + [f"the policy {policy.name}" for policy in policies.values() if name in policy.roles]


def _values(mapping: object) -> list[object]:
    return list(mapping.values()) if isinstance(mapping, dict) else []
