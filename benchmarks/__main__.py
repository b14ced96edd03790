"""Runs the benchmarks named on the command line, or all; ends with 1 when a bar is missed."""

import json
import sys
from pathlib import Path

import benchmarks.kinds as kinds
from benchmarks.outcome import Outcome
from core.registry import find_kinds

_OUT = Path(__file__).parent / "out"


def main(names: list[str]) -> int:
    """Run, print a line for each bar, write JSON."""
    known = find_kinds(kinds)
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.stderr.write(f"no benchmark {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    _OUT.mkdir(exist_ok=True)
    is_missed = False
    for name in names or list(known):
        outcome: Outcome = known[name].run()
        sys.stdout.write(outcome.table() + "\n")
        (_OUT / f"{name}.json").write_text(json.dumps(outcome.as_json(), indent=2) + "\n")
        is_missed = is_missed or not outcome.is_passed
    return int(is_missed)


sys.exit(main(sys.argv[1:]))
