"""After warming, no question waits for a compiler."""

import json
import subprocess
import sys

# In a process of its own, because here other tests have compiled what they needed.
_ASK = """
import datetime as dt, importlib, json, pkgutil, sys
from dataclasses import replace
import numpy as np, pyarrow as pa
from metrics.behaviour import *
from metrics.behaviour import kernels
from metrics.behaviour.paths import FlowSpec, Side, find_flows

def compiled():
    names = [f"metrics.behaviour.kernels.{one.name}" for one in pkgutil.iter_modules(kernels.__path__)]
    own = [(name, *item) for name in names for item in vars(importlib.import_module(name)).items()]
    found = {f"{module}.{name}": len(value.signatures) for module, name, value in own
             if hasattr(value, "signatures") and value.__module__ == module}
    assert len(found) > 20
    return found

warm_kernels()
before = compiled()
for sort in (False, True):
    users = np.random.default_rng(1).integers(0, 9, 90)
    names = pa.array([f"e{one}" for one in users % 3])
    table = pa.table({"u": np.sort(users) if sort else users, "t": np.arange(90), "e": names, "k": names})
    for is_indexed in (False, True):
        events = build_event_set(table, entity="u", time="t", event="e", keep=["k"], is_indexed=is_indexed)
        steps = tuple(Step(name=one, events=(one,)) for one in ("e0", "e1", "e2"))
        plain = FunnelSpec(steps=steps, window=dt.timedelta(days=3))
        asked = [replace(plain, order=order, has_times=has_times) for order in Order for has_times in (False, True)]
        asked += [replace(plain, breakdown="k", attribution=one) for one in Attribution]
        asked += [replace(plain, held=("k",)), replace(plain, counts_attempts=True), replace(plain, entry=Entry.FIRST)]
        asked += [replace(plain, limits=(None, dt.timedelta(1), None)), replace(plain, excluded=("e3",))]
        asked += [replace(plain, session_gap=dt.timedelta(1)), replace(plain, grace=dt.timedelta(1))]
        for spec in asked:
            compute_funnel(events, spec)
        for mode in Mode:
            compute_retention(events, RetentionSpec(start=("e0",), returns=("e1",), period=Period.DAY, mode=mode))
        for side in Side:
            find_flows(events, FlowSpec(anchor="e1", side=side))
json.dump({name: count - before[name] for name, count in compiled().items() if count > before[name]}, sys.stdout)
"""


def test_no_question_compiles_anything_after_warming() -> None:
    done = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {}
