"""Runs a SQL cell: references become names whose values are bound; nothing a member typed becomes part of the SQL."""

from collections.abc import Collection
from dataclasses import replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from core.result import Result
from notebooks.ask import Ask, SqlQuestion
from notebooks.kinds.sql.spec import SqlCell
from notebooks.kinds.table.output import TableOutput
from notebooks.references import Reference, free_name, replace_references, require_values
from notebooks.scope import Scope


def run(cell: SqlCell, ask: Ask, scope: Scope) -> TableOutput:
    """The first rows of the answer, and all of them for other cells. Raises UserError."""
    values: dict[str, tuple[object, ...]] = {}
    prefix = free_name(cell.sql)

    def put(reference: Reference, before: str) -> str:
        # The same reference may stand in a list and alone, so each place has a name of its own.
        name = f"{prefix}{len(values)}"
        values[name] = tuple(require_values(reference, scope.values_of(reference), before))
        return name

    text = replace_references(cell.sql, put)
    tables = {name: scope.results[name] for name in reads(cell, scope.results)}
    answer = ask.select(SqlQuestion(text=text, values=values, tables=tables))
    shown = replace(answer, table=answer.table.slice(0, cell.limit))
    return TableOutput(
        title=cell.title or cell.name.replace("_", " ").capitalize(),
        subtitle="",
        result=shown,
        parts=Result(columns=(), table=shown.table.select([]), watermark=answer.watermark),
        totals=None,
        additive=frozenset(),
        quotients={},
        total_rows=int(answer.table.num_rows),
        answer=answer,
    )


def reads(cell: SqlCell, cells: Collection[str]) -> tuple[str, ...]:
    """The cells among `cells` that the SELECT reads as tables; none where it cannot be parsed."""
    prefix = free_name(cell.sql)
    try:
        trees = sqlglot.parse(replace_references(cell.sql, lambda *_: prefix), dialect="duckdb")
    except (SqlglotError, RecursionError):
        return ()
    found = [table for tree in trees if tree is not None for table in tree.find_all(exp.Table) if not table.db]
    local = {cte.alias for tree in trees if tree is not None for cte in tree.find_all(exp.CTE)}
    return tuple(dict.fromkeys(one.name for one in found if one.name in cells and one.name not in local))
