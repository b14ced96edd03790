"""Reads the checks of tables from YAML files, noting every problem with its line."""

from collections.abc import Collection, Iterator, Mapping

import services.quality.kinds
from core.names import suggestion
from core.registry import find_kinds
from metrics.document import Section, read_document
from metrics.errors import DefinitionError, Problem
from services.quality.check import Check, OnFailure

Checks = dict[str, tuple[Check, ...]]
Schema = Mapping[str, Collection[str]]


def read_checks(files: Mapping[str, str], schema: Schema | None = None) -> Checks:
    """The checks of files by table. Raises DefinitionError with every problem, also against `schema` if given."""
    problems: list[Problem] = []
    found: Checks = {}
    for file, text in files.items():
        top = read_document(file, text, problems)
        table = None if top is None else top.require("table", "each file has the checks of one table")
        if top is None or table is None:
            continue
        if table in found:
            top.note(f"table {table} has checks in two files")
        top.title = f"the checks of {table}"
        found[table] = _read_items(top, table)
        top.finish()
        if schema is not None:
            problems += [Problem(file=file, line=line, message=told) for line, told in _absent(found[table], schema)]
    if problems:
        raise DefinitionError(problems)
    return found


def _read_items(top: Section, table: str) -> tuple[Check, ...]:
    items = top.items("checks", "a check of `checks`")
    if not items:
        top.note(f"table {table} has no `checks`")
    checks = [check for item in items if (check := _read_item(item, table)) is not None]
    labels = [check.label for check in checks]
    for number, check in enumerate(checks):
        if check.label in labels[:number]:
            top.note(f"table {table} is checked twice that {check.label}", line=check.line)
    return tuple(checks)


def _read_item(item: Section, table: str) -> Check | None:
    kinds = find_kinds(services.quality.kinds)
    chosen = item.choice("check", list(kinds))
    if chosen is None:
        if not item.has("check"):
            item.note(f"a check needs `check`: one of {', '.join(sorted(kinds))}")
        return None
    on_failure = OnFailure(item.choice("on_failure", list(OnFailure)) or OnFailure.MARK)
    check: Check | None = kinds[chosen].read(item, table, on_failure)
    item.finish()
    return check


def _absent(checks: tuple[Check, ...], schema: Schema) -> Iterator[tuple[int, str]]:
    """The tables and columns that are not there."""
    for check in checks:
        for table, column in check.columns() or ((check.table, ""),):
            if table not in schema:
                yield check.line, f"there is no table {table}. {suggestion(table, schema)}"
            elif column and column not in schema[table]:
                yield check.line, f"{table} has no column {column}. {suggestion(column, schema[table])}"
