"""Who is asking."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.errors import ForbiddenError
from tenants.access.permissions import Permission
from tenants.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A member, or the operator at the machine's own command line, asking within one tenant."""

    tenant: Tenant
    member_id: str | None
    email: str
    name: str
    roles: tuple[str, ...]
    permissions: frozenset[Permission]
    attributes: Mapping[str, object] = field(default_factory=dict)

    @property
    def role(self) -> str:
        """The roles in words."""
        return " and ".join(self.roles)

    def can(self, permission: Permission) -> bool:
        """Whether the principal holds a permission."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises ForbiddenError, which reads the same whether the thing is absent or not allowed."""
        if not self.can(permission):
            raise ForbiddenError(
                f"There is no such thing here, or your role ({self.role}) does not include {permission.value}. "
                "Ask an administrator of your organisation."
            )


def operator(tenant: Tenant) -> Principal:
    """The person who runs the process: whoever can read the data folder can do everything already."""
    return Principal(
        tenant=tenant,
        member_id=None,
        email="operator",
        name="Operator",
        roles=("operator",),
        permissions=frozenset(Permission),
    )
