"""A DuckDB store in memory for one test, and the way questions are asked of it."""

from collections.abc import Mapping
from textwrap import dedent
from typing import Any

import duckdb

from metrics import Catalog, CompileContext, CompiledQuery, MetricQuery, compile_query, load_catalog

Rows = list[tuple[Any, ...]]


TINY = """
    model: tiny
    table: tiny
    dimensions: {a: {}, b: {}}
    measures: {n: {agg: count}}
    metrics: {n: {kind: simple, measure: n}}
"""


class SmallStore:
    """Tables made with plain SQL; definitions are checked against them as they are."""

    def __init__(self, *statements: str) -> None:
        self.connection = duckdb.connect()
        # The zone of the connection must not matter, so it is one that no test asks for.
        self.connection.execute("SET TimeZone = 'Pacific/Auckland'")
        for statement in statements:
            self.connection.execute(statement)

    def schema(self) -> dict[str, dict[str, str]]:
        """Table to column to type, as the engine names them."""
        schema: dict[str, dict[str, str]] = {}
        found = self.connection.execute("SELECT table_name, column_name, data_type FROM information_schema.columns")
        for table, column, type_name in found.fetchall():
            schema.setdefault(table, {})[column] = type_name
        return schema

    def catalog(self, *models: str) -> Catalog:
        """The catalogue of indented YAML texts, one for each model."""
        return load_catalog(as_files(*models), self.schema())

    def run(self, compiled: CompiledQuery) -> Rows:
        """The rows of a compiled query; its columns must be those it announces."""
        result = self.connection.execute(compiled.sql, compiled.parameters)
        assert [column[0] for column in result.description] == [column.name for column in compiled.columns]
        return result.fetchall()

    def ask(self, catalog: Catalog, query: MetricQuery, context: CompileContext | None = None) -> Rows:
        """The rows of a question."""
        return self.run(compile_query(catalog, query, context))

    def sql(self, text: str) -> Rows:
        """The rows of SQL written by hand."""
        return self.connection.execute(text).fetchall()


def as_files(*models: str) -> Mapping[str, str]:
    """Definition files named by their order."""
    return {f"model_{number}.yaml": dedent(text) for number, text in enumerate(models, start=1)}
