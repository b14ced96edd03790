"""Workbooks against openpyxl: 200,000 rows of 12 columns, and 20 sheets with a native chart each.

Each file is written by a process of its own. Memory is the peak of that process less what it held before it began to
write, so that the rows themselves, which every writer is given, do not count. The same cells are written by all: typed
values with number formats below a head.
"""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.outcome import Bar, Outcome

KIND = "excel"
_ROUNDS = 5
_ROOT = Path(__file__).resolve().parents[2]
ROWS, CHARTS, MONTHS = 200_000, 20, 36
WRITERS = ("plumbline", "openpyxl", "openpyxl write-only")


def run() -> Outcome:
    """The writers in turn, A B C A B C."""
    samples: dict[str, list[float]] = {}
    for _ in range(_ROUNDS):
        for work, writers in (("table", WRITERS), ("charts", WRITERS[:2])):
            for writer in writers:
                seconds, mib = _measure(work, writer)
                samples.setdefault(f"{work} {writer}", []).append(seconds)
                samples.setdefault(f"{work} {writer} MiB", []).append(mib)
    middle = {name: median(values) for name, values in samples.items()}
    return Outcome(
        samples=samples,
        bars=(
            Bar(name="excel", ratio=middle["table plumbline"] / middle["table openpyxl"], most=1 / 2),
            Bar(
                name="excel write-only",
                ratio=middle["table plumbline"] / middle["table openpyxl write-only"],
                most=1 / 1.3,
            ),
            Bar(name="excel memory", ratio=middle["table plumbline MiB"] / middle["table openpyxl MiB"], most=0.3),
            Bar(name="excel charts", ratio=middle["charts plumbline"] / middle["charts openpyxl"], most=1 / 2),
        ),
    )


def _measure(work: str, writer: str) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.excel_writer", work, writer]
    answer = json.loads(subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, text=True).stdout)
    return float(answer["seconds"]), float(answer["mib"])


def make_rows() -> list[tuple[object, ...]]:
    """Rows of four texts, a date and seven numbers."""
    first = dt.date(2025, 1, 1)
    return [
        (
            f"Account {row % 5000}", ("EMEA", "AMER", "APAC")[row % 3], f"Owner {row % 40}", f"Stage {row % 7}",
            first + dt.timedelta(days=row % 600), row, row * 1.25, row % 97, (row % 100) / 100, row * 3, row / 7, -row,
        )
        for row in range(ROWS)
    ]  # fmt: skip
