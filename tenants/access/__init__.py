"""Who may do what: principals, roles, permissions, passwords, sign-in links and sessions."""

from tenants.access.permissions import Permission
from tenants.access.principal import Guest, Principal, Viewer, operator
from tenants.access.roles import Role, permissions_of

__all__ = ["Guest", "Permission", "Principal", "Role", "Viewer", "operator", "permissions_of"]
