"""What the values of a staged table look like: nulls, distinct values, the smallest and the largest."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast as typed

import pyarrow.parquet as pq
from sqlglot import exp

from connectors.engine import Engine
from connectors.inference.expressions import call, column, count, named, scan, select
from connectors.result import Value
from core.result import ColumnType

_COLUMNS_AT_ONCE = 100
_EXACT_ROWS = 200_000
_EXACT_CELLS = 1_000_000
_EXAMPLE_ROWS = 200
_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The values of one column; `distinct` is exact for small tables and approximate for large ones."""

    values: int
    distinct: int
    minimum: Value | None
    maximum: Value | None


def profile_columns(
    engine: Engine, path: Path, columns: Sequence[tuple[str, ColumnType]], *, rows: int
) -> dict[str, Profile]:
    """A profile of each column of a Parquet file."""
    found: dict[str, Profile] = {}
    # Counting exactly keeps every value in memory.
    width = max(1, min(_COLUMNS_AT_ONCE, _EXACT_CELLS // max(rows, 1))) if rows <= _EXACT_ROWS else _COLUMNS_AT_ONCE
    for start in range(0, len(columns), width):
        batch = columns[start : start + width]
        parts = [part for at, (name, type_) in enumerate(batch) for part in _aggregates(at, name, type_, rows=rows)]
        row = engine.row(select(parts).from_(scan(), copy=False), [str(path)])
        for at, (name, _) in enumerate(batch):
            values = typed(int, row[f"{at}.values"])
            found[name] = Profile(
                values=values,
                distinct=min(values, typed(int, row[f"{at}.distinct"])),
                minimum=typed("Value | None", row.get(f"{at}.minimum")),
                maximum=typed("Value | None", row.get(f"{at}.maximum")),
            )
    return found


def _aggregates(at: int, name: str, type_: ColumnType, *, rows: int) -> list[exp.Expression]:
    values = column(name)
    is_small = rows <= _EXACT_ROWS
    distinct = call("count", exp.Distinct(expressions=[values])) if is_small else call("approx_count_distinct", values)
    parts = [named(count(values), f"{at}.values"), named(distinct, f"{at}.distinct")]
    if type_ is not ColumnType.TEXT:
        parts += [named(call("min", values), f"{at}.minimum"), named(call("max", values), f"{at}.maximum")]
    return parts


def first_examples(path: Path) -> dict[str, tuple[str, ...]]:
    """Up to three different values of each column from the first rows of a Parquet file, as text."""
    with pq.ParquetFile(path) as file:
        batch = next(file.iter_batches(batch_size=_EXAMPLE_ROWS), None)
    if batch is None:
        return {}
    return {
        name: tuple(dict.fromkeys(str(value) for value in values if value is not None))[:_EXAMPLES]
        for name, values in batch.to_pydict().items()
    }
