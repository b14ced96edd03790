"""Five million CRM rows upserted onto five million, with history, against a plain insert of the same staged Parquet.

Of the rows that come a fifth is changed, one in twenty is new and the others are as they were. Each load is a process
of its own on a copy of the same file, with two threads and 1,024 MiB for the engine. A quick run is
`LOAD_ROWS=500000 make bench NAME=load`; what does not grow with the rows weighs more there.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.load_run import prepare
from benchmarks.outcome import Bar, Outcome

KIND = "load"
_ROUNDS = 3
_ROOT = Path(__file__).resolve().parents[2]
_ROWS = 5_000_000
_MOST_MIB = 1536
_FILES = {"plumbline": "store.duckdb", "duckdb": "plain.duckdb"}


def run() -> Outcome:
    """Both in turn, A B A B. Raises ValueError where the rows are not what they have to be."""
    rows = int(os.environ.get("LOAD_ROWS", _ROWS))
    samples: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="plumbline-load-") as name:
        folder = Path(name)
        prepare(folder, rows)
        for _ in range(_ROUNDS):
            for work in _FILES:
                answer = _measure(work, folder)
                _check(work, answer, rows)
                samples.setdefault(f"load {work}", []).append(float(answer["seconds"]))
                samples.setdefault(f"load {work} MiB", []).append(float(answer["mib"]))
    middle = {name: median(values) for name, values in samples.items()}
    return Outcome(
        samples=samples,
        bars=(
            Bar(name="load", ratio=middle["load plumbline"] / middle["load duckdb"], most=3),
            Bar(name="load memory", ratio=middle["load plumbline MiB"] / _MOST_MIB, most=1),
        ),
    )


def _measure(work: str, folder: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="plumbline-load-") as name:
        copy = Path(name)
        shutil.copy(folder / _FILES[work], copy)
        (copy / "comes.parquet").hardlink_to(folder / "comes.parquet")
        command = [sys.executable, "-m", "benchmarks.load_run", work, str(copy)]
        done = subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, text=True)
        answer: dict[str, float] = json.loads(done.stdout)
        return answer


def _check(work: str, answer: dict[str, float], rows: int) -> None:
    """Ids come from a twentieth on: those that were there and can be divided by five are changed."""
    new = rows // 20
    changed = len(range(new + -new % 5, rows, 5))
    # The history has the rows that were changed as they were.
    expected = {"rows": 2 * rows} if work == "duckdb" else {"added": new, "updated": changed, "deals": changed}
    found = {name: answer[name] for name in expected}
    if found != expected:
        raise ValueError(f"{work} brought {found}, not {expected}")
