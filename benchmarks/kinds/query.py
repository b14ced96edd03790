"""Each of 12 tiles over 10 M rows by itself, cold, against the same tile as SQL by hand."""

import time
from collections.abc import Callable
from statistics import median

from benchmarks.deal_history import ROWS, TILES, Dashboard, Tile, open_dashboard
from benchmarks.outcome import Bar, Outcome
from services.query import ask

KIND = "query"
_ROUNDS = 5
Rows = list[tuple[object, ...]]


def run(rows: int = ROWS) -> Outcome:
    """Tile by tile, A B A B; the bar is that of the worst tile."""
    samples: dict[str, list[float]] = {}
    ratios: list[float] = []
    with open_dashboard(rows) as board:
        for number, tile in enumerate(TILES, start=1):
            ours, theirs = (samples.setdefault(f"tile {number:2} {way}", []) for way in ("plumbline", "by hand"))
            for _ in range(_ROUNDS):
                answers = _timed(board, tile, _ask, ours), _timed(board, tile, _run, theirs)
                if answers[0] != answers[1]:
                    raise AssertionError(f"{tile.sql}\n{answers[0][:5]}\n{answers[1][:5]}")
            ratios.append(median(ours) / median(theirs))
    return Outcome(samples=samples, bars=(Bar(name="query worst tile", ratio=max(ratios), most=1.1),))


def _ask(board: Dashboard, tile: Tile) -> Rows:
    return ask(board.platform, board.principal, tile.query).rows()


def _run(board: Dashboard, tile: Tile) -> Rows:
    table = board.store.query(tile.sql)[0]
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _timed(board: Dashboard, tile: Tile, way: Callable[[Dashboard, Tile], Rows], samples: list[float]) -> Rows:
    board.forget_answers()
    began = time.perf_counter()
    answer = way(board, tile)
    samples.append(time.perf_counter() - began)
    return answer
