"""What entities do after, before or between events: flows for a Sankey diagram, and the matrix of transitions."""

from metrics.behaviour.paths.flow import Flow, FlowSpec, Side, find_flows
from metrics.behaviour.paths.transitions import count_transitions

__all__ = ["Flow", "FlowSpec", "Side", "count_transitions", "find_flows"]
