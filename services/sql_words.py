"""The words of SQL that a member may write: tables and columns they see, functions that are allowed, metrics."""

from collections.abc import Mapping
from dataclasses import dataclass

from metrics.function_names import function_names
from metrics.sql_metrics import FUNCTION
from services.permitted import permitted
from services.platform import Platform
from services.policies import find_view
from tenants.access import Permission, Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlWords:
    """`tables` has the type of each column by its name; what a policy hides is not in it."""

    tables: Mapping[str, Mapping[str, str]]
    functions: tuple[str, ...]


@permitted(Permission.SQL_QUERY)
def list_sql_words(platform: Platform, principal: Principal) -> SqlWords:
    """The words that a SELECT of the principal can be made of."""
    view = find_view(platform, principal)
    tables: dict[str, dict[str, str]] = {}
    for name, columns in sorted(platform.store(principal.tenant).schema().items()):
        seen = None if view is None else view.table(name)
        if view is None:
            tables[name] = dict(columns)
        elif seen is not None:
            tables[name] = {column: kind for column, kind in columns.items() if column in seen.columns}
    return SqlWords(tables=tables, functions=(FUNCTION, *function_names()))
