"""Gradient-boosted trees, slow and restrained; their contributions are LightGBM's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from forecasting.scores.features import Features, Floats
from forecasting.scores.linear import frequent_levels

_LEVELS = 200
_ROUNDS = 300
_SETTINGS = {
    "objective": "binary", "learning_rate": 0.025, "num_leaves": 15, "min_data_in_leaf": 40, "bagging_fraction": 0.8,
    "bagging_freq": 1, "feature_fraction": 0.5, "lambda_l2": 5.0, "cat_smooth": 20.0, "max_cat_to_onehot": 8,
    "seed": 1, "deterministic": True, "force_row_wise": True, "verbose": -1, "num_threads": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Boosted:
    """The trees and the codes of categories."""

    booster: Any
    levels: Mapping[str, dict[str | None, int]]

    def contributions(self, features: Features) -> Floats:
        """For each row the part of each column in the log-odds, the expected value last."""
        found = self.booster.predict(_matrix(features, self.levels), pred_contrib=True, num_threads=1)
        return np.asarray(found, np.float64)

    def totals(self, features: Features) -> Floats:
        """The log-odds of each row: what its contributions add up to, in a tenth of their time."""
        found = self.booster.predict(_matrix(features, self.levels), raw_score=True, num_threads=1)
        return np.asarray(found, np.float64)


def fit_boosted(features: Features, is_event: npt.NDArray[np.bool_]) -> Boosted:
    """The trees for at least some hundred rows."""
    import lightgbm

    levels = {name: frequent_levels(texts, _LEVELS) for name, texts in features.texts.items()}
    first = len(features.numbers)
    data = lightgbm.Dataset(
        _matrix(features, levels),
        is_event.astype(np.float64),
        categorical_feature=list(range(first, first + len(levels))),
        free_raw_data=True,
    )
    return Boosted(booster=lightgbm.train(_SETTINGS, data, _ROUNDS), levels=levels)


def _matrix(features: Features, levels: Mapping[str, dict[str | None, int]]) -> Floats:
    columns = list(features.numbers.values())
    for name, codes in levels.items():
        columns.append(np.array([codes.get(text, np.nan) for text in features.texts[name]], np.float64))
    return np.column_stack(columns).astype(np.float64)
