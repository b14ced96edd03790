"""Each of 12 tiles over 10 M rows by itself, without rollups, against the same tile as SQL by hand.

What is timed is compiling and reading; what a whole answer costs besides (permissions, the definitions in force, the
record of who read what) is the same few milliseconds for any tile.
"""

import time
from collections.abc import Callable
from statistics import median

import pyarrow as pa

from benchmarks.deal_history import ROWS, TILES, Dashboard, Tile, open_dashboard
from benchmarks.outcome import Bar, Outcome
from metrics import compile_query
from services.definitions import require_catalog
from services.tenant_calendar import compile_context

KIND = "query"
# Tiles that take a moment are asked more often: one switch of the processor is longer than they are.
_LEAST_ROUNDS = 7
_MOST_ROUNDS = 101
_SECONDS = 2.0


def run(rows: int = ROWS) -> Outcome:
    """Tile by tile, A B A B; the bar is that of the worst tile."""
    samples: dict[str, list[float]] = {}
    ratios: list[float] = []
    with open_dashboard(rows) as board:
        for number, tile in enumerate(TILES, start=1):
            ours, theirs = (samples.setdefault(f"tile {number:2} {way}", []) for way in ("plumbline", "by hand"))
            while _is_short(ours, theirs):
                # Whoever comes second finds the processor's cache warm, so they take turns.
                if len(ours) % 2:
                    other, one = _timed(board, tile, _read, theirs), _timed(board, tile, _compile_and_read, ours)
                else:
                    one, other = _timed(board, tile, _compile_and_read, ours), _timed(board, tile, _read, theirs)
                if one.to_pydict() != other.to_pydict():
                    raise AssertionError(f"{tile.sql}\n{one.to_pylist()[:5]}\n{other.to_pylist()[:5]}")
            ratios.append(median(ours) / median(theirs))
    return Outcome(samples=samples, bars=(Bar(name="query worst tile", ratio=max(ratios), most=1.1),))


def _is_short(ours: list[float], theirs: list[float]) -> bool:
    """Whether a tile was not asked often enough."""
    rounds = len(ours)
    return rounds < _LEAST_ROUNDS or (rounds < _MOST_ROUNDS and sum(ours) + sum(theirs) < _SECONDS)


def _compile_and_read(board: Dashboard, tile: Tile) -> pa.Table:
    catalog = require_catalog(board.platform, board.principal)
    compiled = compile_query(catalog, tile.query, compile_context(board.platform, board.principal))
    return board.store.query(compiled.sql, compiled.parameters)[0]


def _read(board: Dashboard, tile: Tile) -> pa.Table:
    return board.store.query(tile.sql)[0]


def _timed(board: Dashboard, tile: Tile, way: Callable[[Dashboard, Tile], pa.Table], samples: list[float]) -> pa.Table:
    began = time.perf_counter()
    answer = way(board, tile)
    samples.append(time.perf_counter() - began)
    return answer
