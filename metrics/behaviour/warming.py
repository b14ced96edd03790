"""Compiles the kernels, or loads their machine code, before the first question is asked."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pyarrow as pa
import pyarrow.csv as csv

from metrics.behaviour.event_set import EventSet, build_event_set
from metrics.behaviour.funnel import compute_funnel
from metrics.behaviour.paths import FlowSpec, find_flows
from metrics.behaviour.retention import compute_retention
from metrics.behaviour.spec import Attribution, FunnelSpec, Order, Period, RetentionSpec, Step

_EVENTS = b"entity,time,event\n1,3,x\n2,2,x\n1,1,y\n"


def warm_kernels(is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Runs every kernel on a handful of events; may run in a thread of its own, seconds when nothing is cached.

    `is_stopping` is asked between kernels: none is begun once it is true.
    """
    for warm in _each_kernel():
        if is_stopping():
            return
        warm()


def _each_kernel() -> Iterator[Callable[[], object]]:
    steps = (Step(name="x", events=("x",)), Step(name="y", events=("y",)))
    plain = FunnelSpec(steps=steps, window=dt.timedelta(days=1), breakdown="event")
    for is_indexed in (False, True):
        for has_times in (False, True):
            yield partial(warm_for, replace(plain, has_times=has_times), is_indexed=is_indexed)
            yield partial(warm_for, replace(plain, has_times=has_times, breakdown=None), is_indexed=is_indexed)
        days = RetentionSpec(start=("x",), returns=("x",), period=Period.DAY, periods=1)
        yield partial(warm_for, days, is_indexed=is_indexed)
    anchored = replace(plain, order=Order.ANCHORED, attribution=Attribution.LAST, grace=dt.timedelta(seconds=1))
    for spec in (
        anchored,
        replace(plain, limits=(None, dt.timedelta(hours=1))),
        replace(plain, breakdown=None, counts_attempts=True),
    ):
        yield partial(warm_for, spec)
    yield lambda: find_flows(_events(is_indexed=False), FlowSpec(anchor="x"))


def warm_for(spec: FunnelSpec | RetentionSpec, *, is_indexed: bool = False) -> None:
    """Runs the kernels that one question needs, so that its own time is that of counting."""
    events = _events(is_indexed=is_indexed)
    if isinstance(spec, RetentionSpec):
        compute_retention(events, spec)
    else:
        # Properties that are held constant are columns of the events asked about, which these do not have.
        held = ("event",) if spec.held else ()
        compute_funnel(events, replace(spec, breakdown="event" if spec.breakdown else None, held=held))


def _events(*, is_indexed: bool) -> EventSet:
    # Read from text, because making a table of Python lists would import pandas.
    table = csv.read_csv(pa.py_buffer(_EVENTS))
    return build_event_set(table, entity="entity", time="time", event="event", keep=["event"], is_indexed=is_indexed)
