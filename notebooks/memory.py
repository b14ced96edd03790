"""What cells came to, kept until something they depend on has changed."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from notebooks.cell import Cell
from notebooks.registry import cell_kinds, kind_name
from notebooks.scope import Scope
from notebooks.writer import write_cell

if TYPE_CHECKING:
    from notebooks.run import CellRun

MAX_RUNS = 2_000
MAX_BYTES = 128 * 1024 * 1024


def cell_key(cell: Cell, scope: Scope, data: str, parents: Iterable[str]) -> str:
    """The key of a run: equal keys come to equal results.

    `data` names the version of the data and the definitions, and whose rows they are; `parents` are the keys of the
    cells this one reads.
    """
    parts: list[object] = [sorted(write_cell(cell).items()), data, list(parents), scope.given.get(cell.name)]
    if cell_kinds()[kind_name(cell)].is_filtered:
        parts += [scope.today, scope.period, scope.where, scope.fiscal_start_month, scope.week_start]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


class RunMemory:
    """The runs of a process by their keys, bounded in number and size; the longest unused goes first."""

    def __init__(self, *, max_runs: int = MAX_RUNS, max_bytes: int = MAX_BYTES) -> None:
        self._max_runs = max_runs
        self._max_bytes = max_bytes
        self._runs: OrderedDict[str, tuple[CellRun, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def find(self, key: str) -> "CellRun | None":
        """The run of a key, if it is still known."""
        with self._lock:
            found = self._runs.get(key)
            if found is None:
                return None
            self._runs.move_to_end(key)
            return found[0]

    def keep(self, key: str, run: "CellRun") -> None:
        """Remember a run. One that failed for a reason of ours is not kept: it may go well the next time."""
        if run.problem is not None and run.problem.reference:
            return
        size = run.size
        with self._lock:
            self._drop(key)
            self._runs[key] = (run, size)
            self._bytes += size
            while len(self._runs) > self._max_runs or (self._bytes > self._max_bytes and len(self._runs) > 1):
                self._drop(next(iter(self._runs)))

    def forget(self, key: str) -> None:
        """Have a cell run again, whatever is known of it."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: str) -> None:
        found = self._runs.pop(key, None)
        if found is not None:
            self._bytes -= found[1]
