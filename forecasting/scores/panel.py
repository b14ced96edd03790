"""The same entities on many days: what was known of each on a day, and what became of it within a time.

Days are whole days since 1970. An entity is there once for each of the days on which its outcome was still open.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasting.scores.features import Features, Floats
from forecasting.scores.quality import Flags

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """Rows of equal length: `entity` and `day` of each, its features as of that day, and whether it came to the event
    within `within` days after it. `groups` names the column whose own rates are the baseline, empty for the rate of
    all."""

    entity: Integers
    day: Integers
    features: Features
    is_event: Flags
    within: int
    groups: str = ""

    def rows(self, chosen: Flags) -> "Panel":
        """Some of the rows."""
        places = np.flatnonzero(chosen)
        return Panel(
            entity=self.entity[places],
            day=self.day[places],
            features=self.features.take(places),
            is_event=self.is_event[places],
            within=self.within,
            groups=self.groups,
        )

    def known_at(self, day: int) -> "Panel":
        """The rows whose outcome was known at the end of a day."""
        return self.rows(self.day + self.within <= day)

    def on(self, day: int) -> "Panel":
        """The rows of a day."""
        return self.rows(self.day == day)

    def at_most(self, most: int) -> "Panel":
        """At most about `most` rows: of entities drawn evenly, all their rows."""
        size = self.entity.size
        if size <= most:
            return self
        entities, codes = np.unique(self.entity, return_inverse=True)
        kept = np.random.default_rng(1).random(entities.size) < most / size
        return self.rows(kept[codes])

    def baseline(self, features: Features) -> Floats:
        """The rate of each row's group among the rows here, drawn towards the rate of all as if by twenty rows."""
        rate = float(self.is_event.mean())
        if not self.groups:
            return np.full(features.size, rate)
        texts = self.features.texts[self.groups]
        known, codes = np.unique(texts.astype(np.str_), return_inverse=True)
        rows, events = np.bincount(codes), np.bincount(codes, weights=self.is_event)
        rates = dict(zip(known.tolist(), ((events + _PRIOR * rate) / (rows + _PRIOR)).tolist(), strict=True))
        return np.array([rates.get(str(text), rate) for text in features.texts[self.groups]], np.float64)


_PRIOR = 20.0


def stack_features(parts: Sequence[Features]) -> Features:
    """The rows of all parts, which have the same columns, one after another."""
    first = parts[0]
    return Features(
        numbers={name: np.concatenate([part.numbers[name] for part in parts]) for name in first.numbers},
        texts={name: np.concatenate([part.texts[name] for part in parts]) for name in first.texts},
        size=sum(part.size for part in parts),
    )
