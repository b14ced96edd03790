"""A hundred million events on disk, and a fresh process that counts them: how fast, and in how much memory.

`python -m benchmarks.large_events FOLDER` is that process; it prints what it measured as JSON.
"""

import datetime as dt
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from metrics.behaviour import FunnelResult, FunnelSpec, Step, compute_funnel, load_events, stream_file, warm_kernels

WINDOW = dt.timedelta(days=30)
NAMES = 20
FILES = 20
ENTITIES_PER_FILE = 250_000
_ROWS_PER_FILE = 5_000_000
_ROUNDS = 5
# A machine on which the benchmarks' times are meant counts to ten million in so many seconds.
_QUIET_LOOP_S = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Each round over all events in seconds, and how many seconds the processors worked for one; the peak in MiB.

    `first_s` and `later_s` are calls on one file in memory, the first one after the start of the process. `loop_s` is
    how long the machine took to count to ten million at the time.
    """

    streamed_s: list[float]
    cpu_s: float
    counts: list[int]
    peak_mib: float
    first_s: float
    later_s: list[float]
    loop_s: float

    @property
    def slowness(self) -> float:
        """How many times slower the machine was than a quiet one."""
        return self.loop_s / _QUIET_LOOP_S


def write_large(folder: Path) -> None:
    """Twenty Parquet files of five million events each, in the order of entity and time: twenty events an entity."""
    random = np.random.default_rng(7)
    weights = 0.9 ** np.arange(NAMES)
    names = [f"s{name}" for name in range(NAMES)]
    for file in range(FILES):
        shares = np.full(ENTITIES_PER_FILE, 1 / ENTITIES_PER_FILE)
        entity = np.repeat(np.arange(ENTITIES_PER_FILE), random.multinomial(_ROWS_PER_FILE, shares))
        keys = np.sort((entity + file * ENTITIES_PER_FILE) << 24 | random.integers(0, 180 * 86_400, _ROWS_PER_FILE))
        event = random.choice(NAMES, _ROWS_PER_FILE, p=weights / weights.sum()).astype(np.int8)
        seconds = 1_767_225_600 + (keys & ((1 << 24) - 1))
        table = pa.table(
            {
                "entity": (keys >> 24).astype(np.int32),
                "time": pa.array(seconds).cast(pa.timestamp("s")).cast(pa.timestamp("ms")),
                "event": pa.DictionaryArray.from_arrays(pa.array(event), names),
            }
        )
        parquet.write_table(table, folder / f"{file:02}.parquet", compression="NONE", use_dictionary=["event"])


def measure_large(folder: Path) -> Measured:
    """What a process of its own measures on the files of a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.large_events", str(folder)], check=True, capture_output=True, text=True
    )
    return Measured(**json.loads(done.stdout))


def _measure(folder: Path) -> Measured:
    warm_kernels()
    columns = {"entity": "entity", "time": "time", "event": "event"}
    events = load_events(folder / "00.parquet", **columns)
    calls = [_timed(lambda: compute_funnel(events, _funnel(5)))[0] for _ in range(1 + _ROUNDS)]
    before = time.process_time()
    rounds = [_timed(lambda: stream_file(folder, _funnel(12), **columns)) for _ in range(_ROUNDS)]
    return Measured(
        streamed_s=[seconds for seconds, _ in rounds],
        cpu_s=(time.process_time() - before) / _ROUNDS,
        counts=[step.count for step in rounds[0][1].steps],
        peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        first_s=calls[0],
        later_s=calls[1:],
        loop_s=_loop_s(),
    )


def _timed(work: Callable[[], FunnelResult]) -> tuple[float, FunnelResult]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def _funnel(steps: int) -> FunnelSpec:
    return FunnelSpec(
        steps=tuple(Step(name=f"s{number}", events=(f"s{number}",)) for number in range(steps)),
        window=WINDOW,
        has_times=False,
    )


def _loop_s() -> float:
    began, total = time.perf_counter(), 0
    for number in range(10**7):
        total += number
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(_measure(Path(sys.argv[1])))))
