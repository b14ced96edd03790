"""What entities do after, before or between events: flows for a Sankey diagram, and the matrix of transitions."""

from metrics.behaviour.paths.flow import ENDED, Flow, FlowSpec, Side, entities_through, find_flows
from metrics.behaviour.paths.transitions import count_transitions, entities_moving

__all__ = [
    "ENDED",
    "Flow",
    "FlowSpec",
    "Side",
    "count_transitions",
    "entities_moving",
    "entities_through",
    "find_flows",
]
