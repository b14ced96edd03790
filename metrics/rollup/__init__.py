"""Rollups: aggregates by day and some dimensions, from which coarser ones are made, and only where they are equal.

One scan for many questions: those of a page, or those that are asked again and again. Knows nothing of stores: what to
build is a tree, where it was put is a name.
"""

from metrics.rollup.build import RollupTrees, compile_rollup, compile_totals
from metrics.rollup.choose import choose_rollups
from metrics.rollup.need import needs_of
from metrics.rollup.serve import serve_plan
from metrics.rollup.spec import Rollup, StoredRollup

__all__ = [
    "Rollup",
    "RollupTrees",
    "StoredRollup",
    "choose_rollups",
    "compile_rollup",
    "compile_totals",
    "needs_of",
    "serve_plan",
]
