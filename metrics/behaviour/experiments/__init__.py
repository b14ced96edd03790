"""Experiments on sufficient statistics: differences with intervals, fixed or always valid, checks and planning."""

from metrics.behaviour.experiments.assignment import Assignment, Measure, assign, outcomes, samples
from metrics.behaviour.experiments.checks import adjust_p_values, sample_ratio_p_value
from metrics.behaviour.experiments.comparison import Comparison, Method, chance_to_win, compare
from metrics.behaviour.experiments.planning import power_of, required_entities
from metrics.behaviour.experiments.sample import Sample, adjusted_sample, mean_sample, proportion_sample, ratio_sample

__all__ = [
    "Assignment",
    "Comparison",
    "Measure",
    "Method",
    "Sample",
    "adjust_p_values",
    "adjusted_sample",
    "assign",
    "chance_to_win",
    "compare",
    "mean_sample",
    "outcomes",
    "power_of",
    "proportion_sample",
    "ratio_sample",
    "required_entities",
    "sample_ratio_p_value",
    "samples",
]
