"""Columns that know the outcome, or only name the row."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasting.scores.features import Features, Texts
from forecasting.scores.quality import rank_area

_NEAR_PERFECT = 0.95
_FEWEST = 40
# A text of which so many are different names rows; it has nothing to say of others.
_UNIQUE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A column that is left out, and why."""

    name: str
    reason: str


def find_leaks(features: Features, is_event: npt.NDArray[np.bool_]) -> tuple[Leak, ...]:
    """The columns that alone tell nearly every outcome (area under the curve of 0.95 and more), and names of rows."""
    found = []
    for name in features.names:
        reason = _reason(features, name, is_event)
        if reason:
            found.append(Leak(name=name, reason=reason))
    return tuple(found)


def _reason(features: Features, name: str, is_event: npt.NDArray[np.bool_]) -> str | None:
    if name in features.texts:
        texts = features.texts[name]
        known = [text for text in texts if text is not None]
        if known and len(set(known)) > _UNIQUE * len(known) and len(known) > 20:
            return "its values are nearly all different, as the names of rows are"
        values = _rates_of_others(texts, is_event)
    else:
        numbers = features.numbers[name]
        values = np.where(np.isnan(numbers), np.nanmin(numbers, initial=0.0) - 1, numbers)
    if is_event.size < _FEWEST:
        return None
    area = max(rank_area(values, is_event), rank_area(-values, is_event))
    if area < _NEAR_PERFECT:
        return None
    return f"alone it tells nearly every outcome (area under the curve {area:.3f}), so it may be known only afterwards"


def _rates_of_others(texts: Texts, is_event: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """For each row how often the other rows with its value were the event, drawn towards the overall rate."""
    names = np.array(["\0" if text is None else text for text in texts], dtype=np.str_)
    _, codes = np.unique(names, return_inverse=True)
    events = np.bincount(codes, weights=is_event)[codes] - is_event
    others = np.bincount(codes)[codes] - 1
    # The overall rate without the row would itself tell the row's outcome.
    return np.asarray((events + is_event.mean() * 5) / (others + 5), np.float64)
