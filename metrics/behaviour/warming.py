"""Compiles the kernels, or loads their machine code, before the first question is asked."""

import datetime as dt

import pyarrow as pa
import pyarrow.csv as csv

from metrics.behaviour.event_set import build_event_set
from metrics.behaviour.funnel import compute_funnel
from metrics.behaviour.retention import compute_retention
from metrics.behaviour.spec import FunnelSpec, Period, RetentionSpec, Step

_EVENTS = b"entity,time,event\na,3,x\nb,2,x\na,1,y\n"


def warm_kernels(*, is_indexed: bool = True) -> None:
    """Runs every kernel on a handful of events; may run in a thread of its own, a second when nothing is cached.

    Without `is_indexed`, only those that answer a question to a file.
    """
    # Read from text, because making a table of Python lists would import pandas.
    table = csv.read_csv(pa.py_buffer(_EVENTS))
    steps = (Step(name="x", events=("x",)), Step(name="y", events=("y",)))
    for indexed in (False, True)[: 1 + is_indexed]:
        events = build_event_set(table, entity="entity", time="time", event="event", keep=["event"], is_indexed=indexed)
        for has_times in (False, True):
            compute_funnel(events, FunnelSpec(steps=steps, window=dt.timedelta(days=1), has_times=has_times))
        compute_retention(events, RetentionSpec(start=("x",), returns=("x",), period=Period.DAY, periods=1))
