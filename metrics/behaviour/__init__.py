"""Funnels and retention over event tables: specs and Arrow tables in, frozen results out.

Knows nothing of tenants or pages. numba is imported at the first computation, not with this package.
"""

from metrics.behaviour.event_file import load_events
from metrics.behaviour.event_set import EventSet, build_event_set
from metrics.behaviour.funnel import compute_funnel
from metrics.behaviour.result import Cohort, FunnelResult, RetentionResult, Segment, StepCount
from metrics.behaviour.retention import compute_retention
from metrics.behaviour.spec import (
    Exclusion,
    FunnelSpec,
    Mode,
    Order,
    Period,
    RetentionSpec,
    Step,
    Weekday,
    parse_events,
)
from metrics.behaviour.warming import warm_for, warm_kernels
from metrics.behaviour.window import parse_window

__all__ = [
    "Cohort",
    "EventSet",
    "Exclusion",
    "FunnelResult",
    "FunnelSpec",
    "Mode",
    "Order",
    "Period",
    "RetentionResult",
    "RetentionSpec",
    "Segment",
    "Step",
    "StepCount",
    "Weekday",
    "build_event_set",
    "compute_funnel",
    "compute_retention",
    "load_events",
    "parse_events",
    "parse_window",
    "warm_for",
    "warm_kernels",
]
