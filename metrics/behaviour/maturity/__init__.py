"""How much of a young cohort's outcome is known yet: conversion over age, with those still open counted as open."""

from metrics.behaviour.maturity.cohort import CohortMaturity, compare_at_age, project_cohort
from metrics.behaviour.maturity.conversion import Conversion, estimate_conversion
from metrics.behaviour.maturity.incidence import IncidenceCurve, Outcome, estimate_incidence, estimate_survival

__all__ = [
    "CohortMaturity",
    "Conversion",
    "IncidenceCurve",
    "Outcome",
    "compare_at_age",
    "estimate_conversion",
    "estimate_incidence",
    "estimate_survival",
    "project_cohort",
]
