"""Which rows of the metadata are a tenant's, found by following the tables' keys; read, removed and put back."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import ColumnElement, Connection, DateTime, Table, delete, insert, select

from core.clock import as_utc
from tenants.all_tables import ALL_TABLES

# Kept through a restore: what was done and used is not undone with the data.
LOG = frozenset(
    {
        "audit_checkpoints", "audit_events", "audit_heads", "usage_months",
        "delivered_files", "deliveries", "delivery_runs", "unsubscribed",
    }
)  # fmt: skip
# Not in a backup: a restored session or link would let somebody in who was shut out since.
FLEETING = frozenset(
    {
        "public_links", "saml_sessions", "scim_tokens", "second_steps", "sessions", "signin_links", "sso_flows",
        "viewings", "write_keys",
    }
)  # fmt: skip
# Of the installation, not of a tenant.
INSTALLATION = frozenset({"installation_keys", "saml_assertions", "signin_attempts"})
_AT_ONCE = 500

Row = Mapping[str, object]


def tenant_tables(tenant_id: str) -> dict[Table, ColumnElement[bool]]:
    """The tables with rows of tenants, parents first, each with the condition for those of one tenant."""
    found: dict[Table, ColumnElement[bool]] = {}
    for table in ALL_TABLES.sorted_tables:
        condition = _condition(table, tenant_id, found)
        if condition is not None:
            found[table] = condition
    return found


def _condition(
    table: Table, tenant_id: str, parents: Mapping[Table, ColumnElement[bool]]
) -> ColumnElement[bool] | None:
    if table.name == "tenants":
        return table.c.id == tenant_id
    if "tenant_id" in table.c:
        return table.c.tenant_id == tenant_id
    for key in sorted(table.foreign_keys, key=lambda one: (one.parent.nullable is True, one.parent.name)):
        parent = key.column.table
        if parent is not table and parent in parents:
            return key.parent.in_(select(key.column).where(parents[parent]))
    return None


def copy_rows(source: Connection, target: Connection, tenant_id: str, *, but: Iterable[str]) -> int:
    """Copy a tenant's rows from one database to another, but for those tables; returns how many."""
    left_out = frozenset(but)
    count = 0
    for table, condition in tenant_tables(tenant_id).items():
        if table.name in left_out:
            continue
        for rows in _batches(source, table, condition):
            target.execute(insert(table), rows)
            count += len(rows)
    return count


def delete_rows(connection: Connection, tenant_id: str, *, but: Iterable[str]) -> None:
    """Delete a tenant's rows, but for those tables."""
    left_out = frozenset(but)
    for table, condition in reversed(tenant_tables(tenant_id).items()):
        if table.name not in left_out:
            connection.execute(delete(table).where(condition))


def read_rows(connection: Connection, table: Table, condition: ColumnElement[bool]) -> Iterator[dict[str, object]]:
    """The rows of a table that fit, by its key, times in UTC."""
    statement = select(table).where(condition).order_by(*table.primary_key)
    zoned = [column.name for column in table.c if isinstance(column.type, DateTime)]
    for row in connection.execute(statement).mappings():
        values = dict(row)
        for name in zoned:
            if isinstance(moment := values[name], dt.datetime):
                values[name] = as_utc(moment)
        yield values


def _batches(connection: Connection, table: Table, condition: ColumnElement[bool]) -> Iterator[list[dict[str, object]]]:
    rows = read_rows(connection, table, condition)
    own = [(key.parent.name, key.column.name) for key in table.foreign_keys if key.column.table is table]
    if own:
        rows = iter(_parents_first(list(rows), own[0]))
    waiting: list[dict[str, object]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == _AT_ONCE:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _parents_first(rows: list[dict[str, object]], link: tuple[str, str]) -> list[dict[str, object]]:
    """Rows of a table that refers to itself, each behind the one it refers to."""
    child, parent = link
    placed: set[object] = {None}
    ordered: list[dict[str, object]] = []
    while rows:
        ready = [row for row in rows if row[child] in placed]
        if not ready:
            # A circle: the database says which row it does not take.
            return ordered + rows
        placed.update(row[parent] for row in ready)
        ordered += ready
        taken = {id(row) for row in ready}
        rows = [row for row in rows if id(row) not in taken]
    return ordered
