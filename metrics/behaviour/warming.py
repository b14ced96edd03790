"""Compiles the kernels, or loads their machine code, before the first question is asked."""

import datetime as dt
from dataclasses import replace

import pyarrow as pa
import pyarrow.csv as csv

from metrics.behaviour.event_set import build_event_set
from metrics.behaviour.funnel import compute_funnel
from metrics.behaviour.retention import compute_retention
from metrics.behaviour.spec import FunnelSpec, Period, RetentionSpec, Step

_EVENTS = b"entity,time,event\n1,3,x\n2,2,x\n1,1,y\n"


def warm_kernels() -> None:
    """Runs every kernel on a handful of events; may run in a thread of its own, a second when nothing is cached."""
    steps = (Step(name="x", events=("x",)), Step(name="y", events=("y",)))
    for is_indexed in (False, True):
        for has_times in (False, True):
            warm_for(
                FunnelSpec(steps=steps, window=dt.timedelta(days=1), has_times=has_times, breakdown="event"),
                is_indexed=is_indexed,
            )
        warm_for(RetentionSpec(start=("x",), returns=("x",), period=Period.DAY, periods=1), is_indexed=is_indexed)


def warm_for(spec: FunnelSpec | RetentionSpec, *, is_indexed: bool = False) -> None:
    """Runs the kernels that one question needs, so that its own time is that of counting."""
    # Read from text, because making a table of Python lists would import pandas.
    table = csv.read_csv(pa.py_buffer(_EVENTS))
    events = build_event_set(table, entity="entity", time="time", event="event", keep=["event"], is_indexed=is_indexed)
    if isinstance(spec, RetentionSpec):
        compute_retention(events, spec)
    else:
        compute_funnel(events, replace(spec, breakdown="event" if spec.breakdown else None))
