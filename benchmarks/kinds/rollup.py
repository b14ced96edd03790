"""A dashboard of 12 tiles over 10 M rows with its rollups built, against the same without; cells identical.

What is timed is what rollups are for: compiling (what was compiled once is known, on both sides) and reading.
Permissions, the definitions in force and the record of who read what cost the same with and without; what a whole
answer takes is shown beside, without a bar.
"""

import time
from statistics import median

import pyarrow as pa

from benchmarks.deal_history import ROWS, TILES, Dashboard, Tile, open_dashboard
from benchmarks.outcome import Bar, Outcome
from metrics import compile_once
from metrics.rollup import StoredRollup
from services.definitions import require_catalog
from services.query import ask
from services.rollups import build_suggested, find_rollups
from services.tenant_calendar import compile_context

KIND = "rollup"
_ROUNDS = 5


def run(rows: int = ROWS) -> Outcome:
    """The two in turn; rollups are built before."""
    samples: dict[str, list[float]] = {"with rollups": [], "without": [], "whole answers, with rollups": []}
    with open_dashboard(rows) as board:
        _build(board)
        rollups = find_rollups(board.platform, board.principal, require_catalog(board.platform, board.principal))
        for _ in range(_ROUNDS):
            answers = [
                _timed(board, stored, samples[name]) for name, stored in (("with rollups", rollups), ("without", ()))
            ]
            for tile, one, other in zip(TILES, *answers, strict=True):
                if one != other:
                    raise AssertionError(f"{tile.sql}\n{one.to_pylist()[:5]}\n{other.to_pylist()[:5]}")
            board.forget_answers()
            began = time.perf_counter()
            for tile in TILES:
                ask(board.platform, board.principal, tile.query)
            samples["whole answers, with rollups"].append(time.perf_counter() - began)
    ratio = median(samples["with rollups"]) / median(samples["without"])
    return Outcome(samples=samples, bars=(Bar(name="rollup", ratio=ratio, most=0.1),))


def _build(board: Dashboard) -> None:
    """Have every tile be asked as often as it takes to be worth a rollup."""
    for tile in TILES:
        for _ in range(3):
            board.platform.questions.record(board.principal.tenant.id, tile.query, 1000)
    build_suggested(board.platform, board.principal)


def _timed(board: Dashboard, rollups: tuple[StoredRollup, ...], samples: list[float]) -> list[pa.Table]:
    began = time.perf_counter()
    answers = [_read(board, tile, rollups) for tile in TILES]
    samples.append(time.perf_counter() - began)
    return answers


def _read(board: Dashboard, tile: Tile, rollups: tuple[StoredRollup, ...]) -> pa.Table:
    catalog = require_catalog(board.platform, board.principal)
    context = compile_context(board.platform, board.principal)
    compiled = compile_once(catalog, tile.query, context, rollups=rollups)
    if compiled.rolled is not None:
        return board.store.query(compiled.rolled.sql, compiled.rolled.parameters, extracts=compiled.rolled.tables)[0]
    return board.store.query(compiled.sql, compiled.parameters)[0]
