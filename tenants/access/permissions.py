"""What can be permitted, as `resource:action`."""

from enum import StrEnum


class Permission(StrEnum):
    """Every permission there is; a role is a set of them."""

    DATA_IMPORT = "data:import"
    DATA_READ = "data:read"
    DEFINITION_APPLY = "definition:apply"
    DEFINITION_READ = "definition:read"
    MEMBER_ADD = "member:add"
    METRIC_QUERY = "metric:query"
    NOTEBOOK_READ = "notebook:read"
    NOTEBOOK_WRITE = "notebook:write"
    REPORT_EXPORT = "report:export"
    SIGNIN_CONFIGURE = "signin:configure"
