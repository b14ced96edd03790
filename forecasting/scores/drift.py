"""Whether the rows that are scored look like the rows that were learned from."""

import numpy as np
import numpy.typing as npt

from forecasting.scores.features import Features

_BINS = 10


def measure_drift(learned: Features, scored: Features) -> dict[str, float]:
    """The population stability index of each column: below 0.1 stable, above 0.25 changed."""
    result = {}
    for name, values in learned.numbers.items():
        known = values[~np.isnan(values)]
        edges = np.unique(np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1])) if known.size else np.empty(0)
        result[name] = _index(*(_places(one.numbers[name], edges) for one in (learned, scored)))
    for name, texts in learned.texts.items():
        codes = {text: place for place, text in enumerate(dict.fromkeys(texts.tolist()))}
        parts = (
            np.array([codes.get(text, len(codes)) for text in one.texts[name]], np.int64) for one in (learned, scored)
        )
        result[name] = _index(*parts)
    return result


def _places(values: npt.NDArray[np.float64], edges: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    places = np.searchsorted(edges, values, side="right")
    return np.where(np.isnan(values), edges.size + 1, places).astype(np.int64)


def _index(before: npt.NDArray[np.int64], after: npt.NDArray[np.int64]) -> float:
    bins = int(max(before.max(initial=0), after.max(initial=0))) + 1
    # Half a row in each bin keeps an empty one finite.
    shares = [(np.bincount(one, minlength=bins) + 0.5) / (one.size + 0.5 * bins) for one in (before, after)]
    return float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))
