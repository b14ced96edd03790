"""Deliveries to 500 recipients with 40 distinct policies: grouped, against one render for each recipient.

One by one is measured on 50 recipients and counted ten times, since it is the same work for each. Every message is read
back at the mail server, which is a process of its own as it is anywhere else: a row of somebody else's territory is a
leak. Memory is the peak of the process that delivers.
"""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.outcome import Bar, Outcome

KIND = "delivery"
_ROOT = Path(__file__).resolve().parents[2]
_ROUNDS, _MEMBERS, _POLICIES, _SAMPLE = 5, 500, 40, 50


def run() -> Outcome:
    """The two ways in turn, A B A B."""
    samples: dict[str, list[float]] = {}
    for _ in range(_ROUNDS):
        grouped, single = _measure("grouped", _MEMBERS), _measure("single", _SAMPLE)
        samples.setdefault("grouped", []).append(grouped["seconds"])
        samples.setdefault("one by one", []).append(single["seconds"] * _MEMBERS / _SAMPLE)
        samples.setdefault("grouped MiB", []).append(grouped["mib"])
        samples.setdefault("renders", []).append(grouped["renders"])
        samples.setdefault("rows leaked", []).append(grouped["leaked"] + single["leaked"])
        if grouped["messages"] != _MEMBERS:
            raise RuntimeError(f"{grouped['messages']} messages arrived, not {_MEMBERS}")
    middle = {name: median(values) for name, values in samples.items()}
    return Outcome(
        samples=samples,
        bars=(
            Bar(name="delivery", ratio=middle["grouped"] / middle["one by one"], most=1 / 8),
            Bar(name="delivery renders", ratio=max(samples["renders"]) / _POLICIES, most=1.0),
            Bar(name="delivery leaks", ratio=max(samples["rows leaked"]), most=0.0),
            Bar(name="delivery memory of 500 MiB", ratio=middle["grouped MiB"] / 500, most=1.0),
        ),
    )


def _measure(way: str, members: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.delivery_run", way, str(members)]
    done = subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer
