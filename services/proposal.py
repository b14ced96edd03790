"""First metrics for what was imported: drafted from the reports of the imports, put in force when somebody says so."""

from collections.abc import Mapping, Sequence
from typing import cast

from sqlglot import exp

from core.result import ColumnType
from metrics.guard import DIALECT
from metrics.proposal import SketchColumn, SketchJoin, SketchTable, propose
from services.definitions import find_catalog
from services.imports import list_imports
from services.permitted import permitted
from services.platform import Platform
from services.policies import find_view
from services.reading import read_rows
from tenants.access import Permission, Principal

# A column with more values than this is no outcome.
_MOST_OUTCOMES = 12
_Report = Mapping[str, object]


@permitted(Permission.DEFINITION_APPLY)
def propose_definitions(platform: Platform, principal: Principal) -> dict[str, str]:
    """YAML texts by file name, for each imported table that no model in force reads; empty where there is none."""
    tables: dict[str, SketchTable] = {}
    joins: dict[tuple[str, str], SketchJoin] = {}
    described = _described(platform, principal)
    view = find_view(platform, principal)
    present = platform.store(principal.tenant).schema() if view is None else view.tables
    for run in list_imports(platform, principal, limit=200):
        for table in cast(Sequence[_Report], run.report["tables"]):
            name = str(table["name"])
            # The newest report of a table comes first; one of the demo tells no columns.
            if name in present and name not in described and name not in tables and "columns" in table:
                tables[name] = _sketch(platform, principal, table)
        for join in cast(Sequence[_Report], run.report.get("joins", ())):
            sketch = SketchJoin(
                **{part: str(join[part]) for part in ("from_table", "from_column", "to_table", "to_column")}
            )
            joins.setdefault((sketch.from_table, sketch.from_column), sketch)
    return propose(list(tables.values()), joins.values(), currency=principal.tenant.currency)


def _described(platform: Platform, principal: Principal) -> set[str]:
    catalog = find_catalog(platform, principal)
    models = {} if catalog is None else catalog.models
    return {model.table for model in models.values() if model.table is not None} | set(models)


def _sketch(platform: Platform, principal: Principal, table: _Report) -> SketchTable:
    name = str(table["name"])
    columns = [_column(column) for column in cast(Sequence[_Report], table["columns"])]
    few = [one for one in columns if one.type is ColumnType.TEXT and 2 <= one.distinct <= _MOST_OUTCOMES]
    values = _values(platform, principal, name, [one.name for one in few])
    return SketchTable(
        name=name,
        rows=cast(int, table["rows"]),
        key=tuple(cast(Sequence[str], table["key"])),
        columns=tuple(
            SketchColumn(
                name=one.name, type=one.type, nulls=one.nulls, distinct=one.distinct, values=values.get(one.name, ())
            )
            for one in columns
        ),
    )


def _column(column: _Report) -> SketchColumn:
    return SketchColumn(
        name=str(column["name"]),
        type=ColumnType(str(column["type"])),
        nulls=cast(int, column["nulls"]),
        distinct=cast(int, column["distinct"]),
    )


def _values(platform: Platform, principal: Principal, table: str, columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """All values of some columns of text, in one scan."""
    if not columns:
        return {}
    lists = [
        exp.alias_(exp.ArrayAgg(this=exp.Distinct(expressions=[exp.column(name, quoted=True)])), name, quoted=True)
        for name in columns
    ]
    tree = exp.select(*lists).from_(exp.table_(table, quoted=True))
    found, _, _ = read_rows(platform, principal, tree, tree.sql(DIALECT), subject=table)
    return {
        name: tuple(str(value) for value in found.column(name)[0].as_py() or () if value is not None)
        for name in columns
    }
