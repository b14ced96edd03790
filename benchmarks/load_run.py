"""One load in a process of its own: seconds and peak memory as JSON. Usage: load_run plumbline|duckdb FOLDER."""

import json
import sys
import time
from pathlib import Path

import duckdb

from core.secrets import Secret

_KEY = Secret(b"k" * 32)


_ROWS = """
SELECT id, 'Deal ' || id AS name, 'Account ' || (id % 50000) AS account, 'Owner ' || (id % 200) AS owner,
    ['New', 'Open', 'Won', 'Lost'][1 + (id + CASE WHEN $moved AND id % 5 = 0 THEN 1 ELSE 0 END) % 4] AS stage,
    (id % 100000)::DECIMAL(18, 2) AS amount, DATE '2024-01-01' + (id % 700)::INTEGER AS close_date,
    TIMESTAMPTZ '2026-01-01 00:00:00+00' + INTERVAL 1 SECOND * (id % 86400) AS updated_at
FROM range($first, $last) AS numbers(id)
"""


def prepare(folder: Path, rows: int) -> None:
    """Staged rows, a store and a plain database that hold the first of them, and the rows that come.

    Of those that come every fifth is changed, one in twenty is new, the others are as they were.
    """
    with duckdb.connect() as connection:
        for name, first, moved in (("base", 0, False), ("comes", rows // 20, True)):
            made = connection.sql(_ROWS, params={"first": first, "last": first + rows, "moved": moved})
            made.write_parquet(str(folder / f"{name}.parquet"), compression="zstd")
    _apply(folder, folder / "base.parquet", "base")
    with duckdb.connect(str(folder / "plain.duckdb")) as connection:
        connection.execute("CREATE TABLE deals AS SELECT * FROM read_parquet(?)", [str(folder / "base.parquet")])


def _apply(folder: Path, file: Path, run: str) -> dict[str, int]:
    from tenants.store import ChangeMode, TableChange
    from tenants.store.limits import StoreLimits
    from tenants.store.store import Store

    store = Store("bench", folder / "store.duckdb", _KEY, staging=folder, limits=StoreLimits())
    change = TableChange(
        source="crm", stream="deals", table="deals", mode=ChangeMode.UPSERT, run=run, key=("id",), rows=(file,)
    )
    outcome = store.apply(change)
    counts = {"added": outcome.added, "updated": outcome.updated, **store.history_rows()}
    store.close()
    return counts


def _insert(folder: Path) -> dict[str, int]:
    with duckdb.connect(str(folder / "plain.duckdb"), config={"threads": 2, "memory_limit": "1024MiB"}) as connection:
        connection.execute("INSERT INTO deals SELECT * FROM read_parquet(?)", [str(folder / "comes.parquet")])
        connection.execute("CHECKPOINT")
        return {"rows": int(connection.execute("SELECT count(*) FROM deals").fetchall()[0][0])}


def main(work: str, folder: Path) -> None:
    """Load, and tell what it took."""
    began = time.perf_counter()
    counts = _apply(folder, folder / "comes.parquet", "comes") if work == "plumbline" else _insert(folder)
    seconds = time.perf_counter() - began
    sys.stdout.write(json.dumps({"seconds": seconds, "mib": _peak_mib(), **counts}))


def _peak_mib() -> float:
    """The most memory this process held; what `getrusage` tells counts the process it was started from too."""
    (line,) = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
