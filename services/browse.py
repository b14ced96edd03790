"""Tables to look through: what is in each column, and rows, as the reader may see them."""

from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from core.errors import ForbiddenError
from services.permitted import permitted
from services.platform import Platform
from services.policies import find_view
from services.reading import read_rows
from tenants.access import Permission, Principal

_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """One column: how many values it has, about how many different ones, and the least and greatest as text."""

    name: str
    type: str
    values: int
    distinct: int
    least: str
    greatest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableProfile:
    """A table as a reader sees it, and how many past rows are kept of it; None where it keeps no history."""

    rows: int
    columns: tuple[ColumnProfile, ...]
    past_rows: int | None


@permitted(Permission.DATA_READ)
def profile_table(platform: Platform, principal: Principal, table: str) -> TableProfile:
    """Every column of a table over the rows the reader sees. Raises ForbiddenError."""
    columns = _columns(platform, principal, table)
    parts: list[exp.Expr] = [exp.Count(this=exp.Star())]
    for name in columns:
        column = exp.column(name, quoted=True)
        parts += [exp.Count(this=column), exp.func("approx_count_distinct", column.copy())]
        parts += [exp.cast(kind(this=column.copy()), "VARCHAR") for kind in (exp.Min, exp.Max)]
    named = [exp.alias_(part, f"v{number}") for number, part in enumerate(parts)]
    query = exp.select(*named).from_(exp.table_(table, quoted=True))
    answer, _, _ = read_rows(platform, principal, query, query.sql("duckdb"))
    total, *values = answer.to_pylist()[0].values()
    profiles = [
        ColumnProfile(
            name=name,
            type=kind,
            values=values[4 * place],
            distinct=min(values[4 * place + 1], values[4 * place]),
            least=(values[4 * place + 2] or "")[:_LONGEST],
            greatest=(values[4 * place + 3] or "")[:_LONGEST],
        )
        for place, (name, kind) in enumerate(columns.items())
    ]
    past = platform.store(principal.tenant).history_rows().get(table)
    return TableProfile(rows=total, columns=tuple(profiles), past_rows=past)


@permitted(Permission.DATA_READ)
def sample_table(platform: Platform, principal: Principal, table: str, *, rows: int = 100) -> pa.Table:
    """The first rows of a table that the reader sees. Raises ForbiddenError."""
    names = [exp.column(name, quoted=True) for name in _columns(platform, principal, table)]
    query = exp.select(*names).from_(exp.table_(table, quoted=True)).limit(rows)
    answer, _, _ = read_rows(platform, principal, query, query.sql("duckdb"))
    return answer


def _columns(platform: Platform, principal: Principal, table: str) -> dict[str, str]:
    """The columns of a table that the reader sees; an absent table and a hidden one look the same."""
    columns = platform.store(principal.tenant).schema().get(table)
    view = find_view(platform, principal)
    seen = None if view is None else view.table(table)
    if columns is None or (view is not None and seen is None):
        raise ForbiddenError(f"There is no table {table}.")
    return columns if seen is None else {name: kind for name, kind in columns.items() if name in seen.columns}
