"""What a tenant's store holds: its tables, their rows, and when each was loaded."""

import datetime as dt
from dataclasses import dataclass
from typing import cast

from services.imports import list_imports
from services.permitted import permitted
from services.platform import Platform
from services.policies import find_view, visible_counts
from tenants.access import Permission, Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFacts:
    """One table: `source` is the file it came from; `loaded_at` is None where no import is on record."""

    name: str
    rows: int
    columns: int
    source: str
    loaded_at: dt.datetime | None
    loaded_by: str


@permitted(Permission.DATA_READ)
def list_tables(platform: Platform, principal: Principal) -> list[TableFacts]:
    """The tables of the principal's tenant by name, with the rows the principal sees; hidden tables are left out."""
    store = platform.store(principal.tenant)
    columns = store.schema()
    newest: dict[str, tuple[str, dt.datetime, str]] = {}
    for run in reversed(list_imports(platform, principal, limit=500)):
        for table in cast(list[dict[str, object]], run.report["tables"]):
            newest[str(table["name"])] = (str(table["source"]), run.created_at, run.created_by)
    found: list[TableFacts] = []
    for name, rows in visible_counts(store, find_view(platform, principal)).items():
        source, loaded_at, loaded_by = newest.get(name, ("", None, ""))
        found.append(
            TableFacts(
                name=name,
                rows=rows,
                columns=len(columns.get(name, {})),
                source=source,
                loaded_at=loaded_at,
                loaded_by=loaded_by,
            )
        )
    return found
