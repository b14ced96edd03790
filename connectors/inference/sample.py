"""A few values of each column, from the beginning, the middle and the end of a file, to propose readings from."""

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from connectors.engine import Engine
from connectors.inference.expressions import column, count, is_known, named, scan, select

_CELLS = 400_000
_FEWEST_ROWS, _MOST_ROWS = 100, 2_000
_EXTRA_VALUES = 500


def sample_values(engine: Engine, path: Path, names: tuple[str, ...]) -> dict[str, dict[str, int]]:
    """How often each trimmed, not empty text occurs in a sample, by column; only a column without any has none."""
    rows = max(_FEWEST_ROWS, min(_MOST_ROWS, _CELLS // len(names)))
    found: dict[str, Counter[str]] = {name: Counter() for name in names}
    with pq.ParquetFile(path) as file:
        groups = file.metadata.num_row_groups
        for group in sorted({0, groups // 2, groups - 1} & set(range(groups))):
            batch = next(file.iter_batches(batch_size=rows, row_groups=[group]), None)
            if batch is not None:
                for name, values in batch.to_pydict().items():
                    found[name].update(_trimmed(values))
    missing = [name for name, values in found.items() if not values]
    for name in _not_empty(engine, path, missing):
        found[name].update(_first_values(engine, path, name))
    return {name: dict(values) for name, values in found.items()}


def _trimmed(values: list[str | None]) -> list[str]:
    return [bare for value in values if value is not None and (bare := value.strip(" "))]


def _not_empty(engine: Engine, path: Path, names: list[str]) -> list[str]:
    """Those of the columns that have any value at all."""
    if not names:
        return []
    query = select([named(count(column(name)), name) for name in names]).from_(scan())
    return [name for name, known in engine.row(query, [str(path)]).items() if known]


def _first_values(engine: Engine, path: Path, name: str) -> list[str]:
    query = select([named(column(name), "value")]).from_(scan()).where(is_known(column(name))).limit(_EXTRA_VALUES)
    return _trimmed([str(row["value"]) for row in engine.rows(query, [str(path)])])
