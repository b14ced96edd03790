"""Funnels and retention over event tables: specs and Arrow tables in, frozen results out.

Knows nothing of tenants or pages. numba is imported at the first computation, not with this package.
"""

from metrics.behaviour.event_file import load_events
from metrics.behaviour.event_set import EventSet, build_event_set
from metrics.behaviour.funnel import compute_funnel, count_walk, result_of
from metrics.behaviour.funnel_part import FunnelPart, count_part, merge_parts
from metrics.behaviour.funnel_walk import FunnelWalk
from metrics.behaviour.result import Cohort, FunnelResult, RetentionResult, Segment, StepCount
from metrics.behaviour.retention import compute_retention, count_cells, period_edges, result_of_counts
from metrics.behaviour.spec import (
    Attribution,
    Entry,
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
from metrics.behaviour.stream import stream_file, stream_funnel, whole_entities
from metrics.behaviour.visits import Visits, find_visits
from metrics.behaviour.walk import walk_funnel
from metrics.behaviour.warming import warm_for, warm_kernels
from metrics.behaviour.window import parse_window, to_us

__all__ = [
    "Attribution",
    "Cohort",
    "Entry",
    "EventSet",
    "Exclusion",
    "FunnelPart",
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
    "count_cells",
    "count_part",
    "count_walk",
    "find_visits",
    "load_events",
    "merge_parts",
    "parse_brackets",
    "parse_events",
    "parse_window",
    "period_edges",
    "result_of",
    "result_of_counts",
    "stream_file",
    "stream_funnel",
    "to_us",
    "walk_funnel",
    "warm_for",
    "warm_kernels",
    "whole_entities",
]
