"""Funnels and retention over event tables: specs and Arrow tables in, frozen results out.

Knows nothing of tenants or pages. numba is imported at the first computation, not with this package.
"""

from metrics.behaviour.event_file import load_events
from metrics.behaviour.event_set import EventSet, build_event_set
from metrics.behaviour.funnel import compute_funnel, count_walk
from metrics.behaviour.funnel_walk import FunnelWalk
from metrics.behaviour.result import Cohort, FunnelResult, RetentionResult, Segment, StepCount
from metrics.behaviour.retention import compute_retention, period_edges
from metrics.behaviour.spec import (
    Exclusion,
    FunnelSpec,
    Mode,
    Order,
    Period,
    RetentionSpec,
    Step,
    Weekday,
    parse_brackets,
    parse_events,
)
from metrics.behaviour.visits import Visits, find_visits
from metrics.behaviour.walk import to_us, walk_funnel
from metrics.behaviour.warming import warm_for, warm_kernels
from metrics.behaviour.window import parse_window

__all__ = [
    "Cohort",
    "EventSet",
    "Exclusion",
    "FunnelResult",
    "FunnelSpec",
    "FunnelWalk",
    "Mode",
    "Order",
    "Period",
    "RetentionResult",
    "RetentionSpec",
    "Segment",
    "Step",
    "StepCount",
    "Visits",
    "Weekday",
    "build_event_set",
    "compute_funnel",
    "compute_retention",
    "count_walk",
    "find_visits",
    "load_events",
    "parse_brackets",
    "parse_events",
    "parse_window",
    "period_edges",
    "to_us",
    "walk_funnel",
    "warm_for",
    "warm_kernels",
]
