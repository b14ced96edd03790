"""The built-in roles and the permissions each has."""

from enum import StrEnum

from tenants.access.permissions import Permission


class Role(StrEnum):
    """A member's role in a tenant."""

    ADMIN = "admin"
    ANALYST = "analyst"
    EXECUTIVE = "executive"
    MANAGER = "manager"


_READ = frozenset(
    {
        Permission.ALERT_MANAGE,
        Permission.DEFINITION_READ,
        Permission.METRIC_QUERY,
        Permission.NOTEBOOK_READ,
        Permission.REPORT_EXPORT,
    }
)
_BUILD = _READ | {
    Permission.DATA_IMPORT,
    Permission.DATA_READ,
    Permission.DEFINITION_APPLY,
    Permission.NOTEBOOK_WRITE,
    Permission.SCHEDULE_MANAGE,
    Permission.SOURCE_SYNC,
    Permission.SQL_QUERY,
}
_PERMISSIONS = {
    Role.ADMIN: _BUILD
    | {
        Permission.AUDIT_READ,
        Permission.DELIVERY_READ,
        Permission.FOLDER_MANAGE,
        Permission.LINK_MANAGE,
        Permission.MEMBER_ADD,
        Permission.MEMBER_MANAGE,
        Permission.MEMBER_READ,
        Permission.MEMBER_VIEW_AS,
        Permission.POLICY_APPLY,
        Permission.POLICY_READ,
        Permission.ROLE_MANAGE,
        Permission.ROLE_READ,
        Permission.SIGNIN_CONFIGURE,
        Permission.SOURCE_CONFIGURE,
        Permission.TENANT_MANAGE,
        Permission.USAGE_READ,
    },
    Role.ANALYST: _BUILD,
    Role.EXECUTIVE: _READ,
    Role.MANAGER: _READ,
}


DESCRIPTIONS = {
    Role.ADMIN: "Everything, members, roles and sign-in included",
    Role.ANALYST: "Builds: data, definitions, notebooks, SQL",
    Role.EXECUTIVE: "Looks: figures, notebooks and reports",
    Role.MANAGER: "Looks as an executive does; policies choose the rows of the team",
}


def permissions_of(role: Role) -> frozenset[Permission]:
    """The permissions of a role."""
    return _PERMISSIONS[role]
