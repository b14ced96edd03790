"""Who is asking."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from core.errors import ForbiddenError
from tenants.access.permissions import SEEING, Permission
from tenants.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """An administrator who looks as a member does, until then. What they do is on record as theirs."""

    member_id: str
    email: str
    name: str
    until: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody without an account, who was let in to one dashboard by a link or by the site that embeds it."""

    notebook: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A member, a guest, or the operator at the machine's own command line, asking within one tenant.

    With a `viewer` it is not the member who asks: nothing can be changed. A guest's `member_id` is nobody's.
    """

    tenant: Tenant
    member_id: str | None
    email: str
    name: str
    roles: tuple[str, ...]
    permissions: frozenset[Permission]
    attributes: Mapping[str, object] = field(default_factory=dict)
    viewer: Viewer | None = None
    guest: Guest | None = None

    @property
    def role(self) -> str:
        """The roles in words."""
        return " and ".join(self.roles)

    def can(self, permission: Permission) -> bool:
        """Whether the principal holds a permission."""
        return permission in self.permissions

    def seen_by(self, viewer: Viewer) -> "Principal":
        """The member as an administrator who looks as they do: what only shows is left of the permissions."""
        return replace(self, permissions=self.permissions & SEEING, viewer=viewer)

    def require_own_hand(self) -> None:
        """Raises ForbiddenError where somebody looks as the member: what is the member's own is not for them."""
        if self.viewer is not None:
            raise ForbiddenError(f"You look as {self.email} does; this is theirs alone. End looking as them first.")

    def require(self, permission: Permission) -> None:
        """Raises ForbiddenError, which reads the same whether the thing is absent or not allowed."""
        if not self.can(permission):
            if self.viewer is not None:
                raise ForbiddenError(
                    f"You look as {self.email} does, who does not hold {permission.value} or could change something "
                    "by it. End looking as them to act yourself."
                )
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
