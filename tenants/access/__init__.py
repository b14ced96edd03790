"""Who may do what: principals, roles, permissions, passwords, sign-in links and sessions."""

from tenants.access.permissions import Permission
from tenants.access.principal import Principal, Viewer, operator
from tenants.access.roles import Role, permissions_of

__all__ = ["Permission", "Principal", "Role", "Viewer", "operator", "permissions_of"]
