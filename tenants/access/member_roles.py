"""The roles that members have, and the rule that a tenant always has an administrator."""

from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from core.errors import ConflictError
from tenants.access.roles import Role
from tenants.schema import MemberRoleRow, MemberRow, TenantRow

# Built once: it is asked with every request.
_ROLES_OF = (
    select(MemberRoleRow.member_id, MemberRoleRow.role)
    .where(MemberRoleRow.member_id.in_(bindparam("members", expanding=True)))
    .order_by(MemberRoleRow.role)
)


def roles_by_member(session: Session, member_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The roles of each member, by name."""
    found: dict[str, list[str]] = {member_id: [] for member_id in member_ids}
    for member_id, role in session.execute(_ROLES_OF, {"members": list(found)}):
        found[member_id].append(role)
    return {member_id: tuple(roles) for member_id, roles in found.items()}


def give_roles(session: Session, member_id: str, roles: Iterable[str]) -> None:
    """Let a member have exactly these roles."""
    session.execute(delete(MemberRoleRow).where(MemberRoleRow.member_id == member_id))
    session.add_all(MemberRoleRow(member_id=member_id, role=role) for role in sorted(set(roles)))
    session.flush()


def lock_members(session: Session, tenant_id: str) -> None:
    """Let nobody else change members of the tenant until the transaction ends.

    An update that changes nothing locks the row on PostgreSQL and takes the write lock of SQLite, so that of two who
    remove the last two administrators the second one sees what the first one did.
    """
    session.execute(update(TenantRow).where(TenantRow.id == tenant_id).values(slug=TenantRow.slug))


def is_last_admin(session: Session, tenant_id: str, member_id: str) -> bool:
    """Whether no other active member of the tenant is an administrator; call it after `lock_members`."""
    statement = (
        select(func.count())
        .select_from(MemberRoleRow)
        .join(MemberRow, MemberRow.id == MemberRoleRow.member_id)
        .where(
            MemberRow.tenant_id == tenant_id,
            MemberRow.is_active,
            MemberRow.id != member_id,
            MemberRoleRow.role == Role.ADMIN.value,
        )
    )
    return session.scalar(statement) == 0


def require_other_admin(session: Session, tenant_id: str, member_id: str) -> None:
    """Raises ConflictError where a member is the only administrator; call it after `lock_members`."""
    if is_last_admin(session, tenant_id, member_id):
        raise ConflictError("This is the only administrator. Make another member one first.")
