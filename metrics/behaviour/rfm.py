"""Recency, frequency and money of each entity, scored among all of them, and the segment that the scores make.

A. M. Hughes, "Strategic Database Marketing" (1994) for the scores; the names of the segments are those in common use.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from core.errors import InvalidError
from metrics.behaviour.event_set import EventSet

Integers = npt.NDArray[np.int64]

SCORES = 5
_DAY_US = 86_400_000_000


class RfmSegment(StrEnum):
    """Where an entity stands by its recency and its frequency."""

    ABOUT_TO_SLEEP = "about to sleep"
    AT_RISK = "at risk"
    CANNOT_LOSE = "cannot lose"
    CHAMPIONS = "champions"
    HIBERNATING = "hibernating"
    LOYAL = "loyal"
    NEED_ATTENTION = "need attention"
    NEW = "new"
    POTENTIAL_LOYALISTS = "potential loyalists"
    PROMISING = "promising"


_S = RfmSegment
# A row for each score of recency from 1 on, a column for each of frequency.
_GRID = (
    (_S.HIBERNATING, _S.HIBERNATING, _S.AT_RISK, _S.AT_RISK, _S.CANNOT_LOSE),
    (_S.HIBERNATING, _S.HIBERNATING, _S.AT_RISK, _S.AT_RISK, _S.CANNOT_LOSE),
    (_S.ABOUT_TO_SLEEP, _S.ABOUT_TO_SLEEP, _S.NEED_ATTENTION, _S.LOYAL, _S.LOYAL),
    (_S.PROMISING, _S.POTENTIAL_LOYALISTS, _S.POTENTIAL_LOYALISTS, _S.LOYAL, _S.LOYAL),
    (_S.NEW, _S.POTENTIAL_LOYALISTS, _S.POTENTIAL_LOYALISTS, _S.CHAMPIONS, _S.CHAMPIONS),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RfmTable:
    """A place for each entity that did one of the events, `entities` being their numbers in the event set.

    `recency_days` is how long ago the last of them was, `frequency` how many there were, `amounts` what they add up to
    in units of the event set's amounts, None without any. The scores go from 1, the worst, to 5.
    """

    entities: Integers
    recency_days: npt.NDArray[np.float64]
    frequency: Integers
    amounts: Integers | None
    recency_score: Integers
    frequency_score: Integers
    amount_score: Integers | None
    segments: tuple[RfmSegment, ...]

    def sizes(self) -> dict[RfmSegment, int]:
        """How many entities each segment has, those without any left out."""
        return dict(sorted(Counter(self.segments).items()))

    def members(self, segment: RfmSegment) -> list[int]:
        """The numbers of the entities of a segment."""
        return [int(entity) for entity, own in zip(self.entities, self.segments, strict=True) if own is segment]


def score_rfm(events: EventSet, named: Collection[str] | None, *, until: int) -> RfmTable:
    """The scores at a moment (microseconds since 1970) from the events of these names before it, all where None.

    A score is one more than five times the share of entities that are worse, so equals have equal scores. Raises
    InvalidError when nothing happened before the moment.
    """
    rows = np.flatnonzero(events.are_of(named) & (events.times <= until))
    if rows.size == 0:
        raise InvalidError("None of these events came before that moment; choose a later one, or other events.")
    owner = events.entity_of_rows()[rows]
    entities, last, frequency = _last_of_each(owner)
    recency = (until - events.times[rows[last]]) / _DAY_US
    amounts = None
    if events.amounts is not None:
        amounts = np.zeros(events.entity_count, np.int64)
        np.add.at(amounts, owner, events.amounts.units[rows])
        amounts = amounts[entities]
    recency_score, frequency_score = _scores(-recency), _scores(frequency)
    return RfmTable(
        entities=entities,
        recency_days=recency,
        frequency=frequency,
        amounts=amounts,
        recency_score=recency_score,
        frequency_score=frequency_score,
        amount_score=None if amounts is None else _scores(amounts),
        segments=tuple(
            _GRID[one - 1][other - 1]
            for one, other in zip(recency_score.tolist(), frequency_score.tolist(), strict=True)
        ),
    )


def _last_of_each(owner: Integers) -> tuple[Integers, Integers, Integers]:
    """Each entity, the place of its last row, and how many it has; rows of one entity stand together."""
    entities, first, counts = np.unique(owner, return_index=True, return_counts=True)
    return entities, first + counts - 1, counts


def _scores(values: npt.NDArray[np.float64] | Integers) -> Integers:
    worse = np.sort(values).searchsorted(values)
    return 1 + SCORES * worse // values.size
