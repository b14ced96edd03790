"""A dashboard of 12 tiles over 10 M rows, opened cold: its questions together, against SQL by hand, tile by tile."""

import time
from collections.abc import Callable
from statistics import median

from benchmarks.deal_history import ROWS, TILES, Dashboard, open_dashboard
from benchmarks.outcome import Bar, Outcome
from services.query import ask
from services.rollups import build_for_page

KIND = "dashboard"
_ROUNDS = 5
Rows = list[list[tuple[object, ...]]]


def run(rows: int = ROWS) -> Outcome:
    """The two in turn, each with nothing known from before."""
    samples: dict[str, list[float]] = {"plumbline": [], "by hand": []}
    with open_dashboard(rows) as board:
        for _ in range(_ROUNDS):
            answers = [
                _timed(board, way, samples[name])
                for name, way in (("plumbline", draw_tiles), ("by hand", draw_by_hand))
            ]
            require_equal(*answers)
    ratio = median(samples["plumbline"]) / median(samples["by hand"])
    return Outcome(samples=samples, bars=(Bar(name="dashboard", ratio=ratio, most=1.0),))


def draw_tiles(board: Dashboard) -> Rows:
    """Every tile, as a page asks for them."""
    build_for_page(board.platform, board.principal, [tile.query for tile in TILES])
    return [ask(board.platform, board.principal, tile.query).rows() for tile in TILES]


def draw_by_hand(board: Dashboard) -> Rows:
    """Every tile by its own SQL."""
    tables = [board.store.query(tile.sql)[0] for tile in TILES]
    return [list(zip(*(column.to_pylist() for column in table.columns), strict=True)) for table in tables]


def require_equal(ours: Rows, theirs: Rows) -> None:
    """Raises AssertionError where two ways do not give the same cells."""
    for tile, one, other in zip(TILES, ours, theirs, strict=True):
        if one != other:
            raise AssertionError(f"{tile.sql}\n{one[:5]}\n{other[:5]}")


def _timed(board: Dashboard, way: Callable[[Dashboard], Rows], samples: list[float]) -> Rows:
    board.forget()
    began = time.perf_counter()
    answer = way(board)
    samples.append(time.perf_counter() - began)
    return answer
