"""The numbers of `demo/FACTS.md`: each table in it is the answer to a named, hand-written query.

`python -m tests.demo.facts` writes the tables of the file anew; its sentences are written by hand.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import duckdb

import demo

FACTS = Path(demo.__file__).parent / "FACTS.md"

_MARK = re.compile(r"<!-- (\w+)/(\w+) -->\n((?:\|.*\n)*)")

Rows = list[list[str]]


def read_queries(tenant: str) -> dict[str, str]:
    """The hand-written queries of a tenant by name."""
    text = Path(__file__).with_name(f"facts_{tenant}.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def read_tables(text: str) -> dict[tuple[str, str], Rows]:
    """The tables of the file by tenant and query: the head first, then the rows."""
    return {(tenant, query): _cells(table) for tenant, query, table in _MARK.findall(text)}


def ask(connection: duckdb.DuckDBPyConnection, query: str) -> Rows:
    """The answer as it stands in the file: the head first, then the rows."""
    answer = connection.execute(query)
    head = [column[0] for column in answer.description]
    return [head, *([_written(value) for value in row] for row in answer.fetchall())]


def open_tables(tenant: demo.DemoTenant) -> duckdb.DuckDBPyConnection:
    """A database in memory with the tables of a demo tenant."""
    connection = duckdb.connect()
    for name, table in tenant.tables.items():
        connection.register(f"{name}_rows", table)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM {name}_rows")
        connection.unregister(f"{name}_rows")
    return connection


def write_tables(text: str, connections: Mapping[str, duckdb.DuckDBPyConnection]) -> str:
    """The file with every table answered anew."""

    def answered(match: re.Match[str]) -> str:
        tenant, query = match.group(1), match.group(2)
        head, *rows = ask(connections[tenant], read_queries(tenant)[query])
        rule = ["---" if place == 0 else "---:" for place in range(len(head))]
        lines = [f"| {' | '.join(cells)} |\n" for cells in (head, rule, *rows)]
        return f"<!-- {tenant}/{query} -->\n{''.join(lines)}"

    return _MARK.sub(answered, text)


def _cells(table: str) -> Rows:
    rows = [[cell.strip() for cell in line.strip("|\n ").split("|")] for line in table.splitlines()]
    return rows[:1] + rows[2:]


def _written(value: object) -> str:
    """A value as it is written in the file."""
    if value is None:
        return "none"
    if isinstance(value, Decimal | float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def main() -> None:
    """Writes the tables of the file anew."""
    connections = {slug: open_tables(demo.build(slug)) for slug in demo.SLUGS}
    FACTS.write_text(write_tables(FACTS.read_text(encoding="utf-8"), connections), encoding="utf-8")


if __name__ == "__main__":
    main()
