"""Scores: how likely each row is to convert, churn or expand, with a band and the reasons.

A table with outcomes in, a model that has proved itself on rows it did not see out. scikit-learn and LightGBM are
imported when a model is fitted.
"""

from forecasting.scores.drift import measure_drift
from forecasting.scores.features import Features, read_features
from forecasting.scores.leaks import find_leaks
from forecasting.scores.model import Score, ScoreModel, fit_scores
from forecasting.scores.panel import Panel, stack_features
from forecasting.scores.quality import Quality, measure_quality
from forecasting.scores.target import Target, read_target
from forecasting.scores.walk import CalibrationBin, WalkRecord, WalkTrial, fit_panel, walk_forward

__all__ = [
    "CalibrationBin",
    "Features",
    "Panel",
    "Quality",
    "Score",
    "ScoreModel",
    "Target",
    "WalkRecord",
    "WalkTrial",
    "find_leaks",
    "fit_panel",
    "fit_scores",
    "measure_drift",
    "measure_quality",
    "read_features",
    "read_target",
    "stack_features",
    "walk_forward",
]
