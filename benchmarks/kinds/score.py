"""Scores against plain logistic regression and default LightGBM, out of five folds, on three public data sets.

Of the largest, bank, every third row counts, so that the whole takes about ten minutes; with FULL=1 every row does.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.outcome import Bar, Outcome
from core.column_file import load_columns
from forecasting.scores import Features, fit_scores, measure_quality, read_features, read_target
from forecasting.scores.quality import Flags, Floats, Quality

KIND = "score"
_DATA = Path(__file__).parents[3] / "shared" / "data"
_WANTED_CALIBRATION = 0.03
_SMALL = (30, 100, 300)
_REPEATS = 10
_EVERY = {"bank": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A data set: its file, its outcome, and the columns that are not known beforehand or name rows."""

    path: str
    target: str
    dropped: tuple[str, ...]


CASES = {
    "leads": Case(
        path="leads_xeducation/Leads.csv",
        target="Converted",
        dropped=(
            "Prospect ID", "Lead Number", "Tags", "Lead Quality", "Last Activity", "Last Notable Activity",
            "Lead Profile", "Asymmetrique Activity Index", "Asymmetrique Profile Index",
            "Asymmetrique Activity Score", "Asymmetrique Profile Score", "",
        ),
    ),
    "churn": Case(path="telco_churn/Telco-Customer-Churn.csv", target="Churn", dropped=("customerID",)),
    "bank": Case(path="bank_marketing/bank-additional-full.csv.gz", target="y", dropped=("duration",)),
}  # fmt: skip
Predict = Callable[[Features, Flags, Features], Floats]


def run() -> Outcome:
    """Ours over the better of the two peers: Brier, and 1 - area; calibration error over 0.03; small samples."""
    samples: dict[str, list[float]] = {}
    bars: list[Bar] = []
    methods: dict[str, Predict] = {
        "plumbline": predict_ours,
        "logistic": predict_logistic,
        "lightgbm": predict_lightgbm,
    }
    for name in CASES:
        features, is_event = load_case(name)
        found = {method: fold_out(features, is_event, predict) for method, predict in methods.items()}
        for method, quality in found.items():
            samples[f"{name} area {method}"] = [quality.area]
            samples[f"{name} Brier {method}"] = [quality.brier]
        ours, *peers = found.values()
        bars += [
            Bar(name=f"{name} 1 - area", ratio=(1 - ours.area) / min(1 - one.area for one in peers), most=1.0),
            Bar(name=f"{name} Brier", ratio=ours.brier / min(one.brier for one in peers), most=1.0),
            Bar(name=f"{name} calibration", ratio=ours.calibration_error / _WANTED_CALIBRATION, most=1.0),
        ]
        for size in _SMALL:
            small = {method: small_brier(features, is_event, size, predict) for method, predict in methods.items()}
            samples |= {f"{name} Brier of {size} rows {method}": [value] for method, value in small.items()}
            mine, *others = small.values()
            bars.append(Bar(name=f"{name} Brier of {size} rows", ratio=mine / min(others), most=1.0))
    return Outcome(samples=samples, bars=tuple(bars))


def load_case(name: str) -> tuple[Features, Flags]:
    """The columns and the outcomes of a data set."""
    case = CASES[name]
    table = load_columns(_DATA / case.path)
    outcome = read_target(table, case.target)
    names = [column for column in table.column_names if column not in (*case.dropped, case.target)]
    features, is_event = read_features(table, names).take(outcome.rows), outcome.is_event
    if name not in _EVERY or os.environ.get("FULL") == "1":
        return features, is_event
    rows = np.arange(0, is_event.size, _EVERY[name], dtype=np.int64)
    return features.take(rows), is_event[rows]


def fold_out(features: Features, is_event: Flags, predict: Predict) -> Quality:
    """The quality of five folds' probabilities put together."""
    from sklearn.model_selection import StratifiedKFold

    found = np.empty(is_event.size)
    for kept, out in StratifiedKFold(5, shuffle=True, random_state=0).split(found, is_event):
        found[out] = predict(features.take(kept), is_event[kept], features.take(out))
    return measure_quality(found, is_event)


def small_brier(features: Features, is_event: Flags, size: int, predict: Predict) -> float:
    """The mean Brier score on 2,000 other rows of models that learn from so few."""
    random = np.random.default_rng(size)
    found: list[float] = []
    while len(found) < _REPEATS:
        rows = random.permutation(is_event.size)[: size + 2000]
        kept, out = rows[:size], rows[size:]
        # Five folds of each outcome need one row of it at least, and fitting needs more than one.
        if min(is_event[kept].sum(), size - is_event[kept].sum()) < 2:
            continue
        guesses = predict(features.take(kept), is_event[kept], features.take(out))
        found.append(float(np.mean((guesses - is_event[out]) ** 2)))
    return float(np.mean(found))


def predict_ours(features: Features, is_event: Flags, rows: Features) -> Floats:
    """The product's probabilities; the base rate where it refuses to serve a model."""
    from core.errors import InvalidError

    try:
        model = fit_scores(features, is_event)
    except InvalidError:
        return np.full(rows.size, (is_event.sum() + 1) / (is_event.size + 2))
    return np.array([one.probability for one in model.score(rows)])


def predict_logistic(features: Features, is_event: Flags, rows: Features) -> Floats:
    """Scaled numbers, one column for each category, scikit-learn's defaults."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    scaler = StandardScaler()
    middles = {name: np.nan_to_num(np.nanmean(values)) for name, values in features.numbers.items()}

    def numbers(one: Features) -> Floats:
        return np.column_stack([np.where(np.isnan(v), middles[n], v) for n, v in one.numbers.items()])

    def texts(one: Features) -> object:
        return np.column_stack([np.array(v, dtype=np.str_) for v in one.texts.values()])

    learned = np.hstack([scaler.fit_transform(numbers(features)), encoder.fit_transform(texts(features))])
    fitted = LogisticRegression(max_iter=2000).fit(learned, is_event)
    probabilities = fitted.predict_proba(np.hstack([scaler.transform(numbers(rows)), encoder.transform(texts(rows))]))
    return np.asarray(probabilities[:, 1], np.float64)


def predict_lightgbm(features: Features, is_event: Flags, rows: Features) -> Floats:
    """LightGBM with its defaults and native categories."""
    import lightgbm

    codes = {n: {text: at for at, text in enumerate(dict.fromkeys(v))} for n, v in features.texts.items()}

    def matrix(one: Features) -> Floats:
        texts = [np.array([codes[n].get(text, np.nan) for text in v], np.float64) for n, v in one.texts.items()]
        return np.column_stack([*one.numbers.values(), *texts])

    first = len(features.numbers)
    data = lightgbm.Dataset(
        matrix(features), is_event.astype(np.float64), categorical_feature=list(range(first, first + len(codes)))
    )
    settings = {"objective": "binary", "verbose": -1, "num_threads": 2}
    return np.asarray(lightgbm.train(settings, data, 100).predict(matrix(rows)), np.float64)
