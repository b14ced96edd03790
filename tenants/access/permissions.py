"""What can be permitted, as `resource:action`."""

from enum import StrEnum


class Permission(StrEnum):
    """Every permission there is; a role is a set of them."""

    ALERT_MANAGE = "alert:manage"
    AUDIT_READ = "audit:read"
    DATA_IMPORT = "data:import"
    DATA_READ = "data:read"
    DEFINITION_APPLY = "definition:apply"
    DEFINITION_READ = "definition:read"
    DELIVERY_READ = "delivery:read"
    FOLDER_MANAGE = "folder:manage"
    LINK_MANAGE = "link:manage"
    MEMBER_ADD = "member:add"
    MEMBER_MANAGE = "member:manage"
    MEMBER_READ = "member:read"
    MEMBER_VIEW_AS = "member:view-as"
    METRIC_QUERY = "metric:query"
    NOTEBOOK_READ = "notebook:read"
    NOTEBOOK_WRITE = "notebook:write"
    POLICY_APPLY = "policy:apply"
    POLICY_READ = "policy:read"
    REPORT_EXPORT = "report:export"
    ROLE_MANAGE = "role:manage"
    ROLE_READ = "role:read"
    SCHEDULE_MANAGE = "schedule:manage"
    SIGNIN_CONFIGURE = "signin:configure"
    SOURCE_CONFIGURE = "source:configure"
    SOURCE_SYNC = "source:sync"
    SQL_QUERY = "sql:query"
    TENANT_MANAGE = "tenant:manage"
    USAGE_READ = "usage:read"


# What somebody who looks as a member does keeps of the member's permissions: those that only show.
SEEING = frozenset(
    {
        Permission.AUDIT_READ,
        Permission.DATA_READ,
        Permission.DEFINITION_READ,
        Permission.DELIVERY_READ,
        Permission.FOLDER_MANAGE,
        Permission.MEMBER_READ,
        Permission.METRIC_QUERY,
        Permission.NOTEBOOK_READ,
        Permission.POLICY_READ,
        Permission.ROLE_READ,
        Permission.SQL_QUERY,
        Permission.USAGE_READ,
    }
)
