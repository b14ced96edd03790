"""Columns piled up: where each piece begins and ends, as amounts or as shares of what its column holds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

Values = Sequence[float | None]


class Stacking(StrEnum):
    """How the columns of several series stand: beside each other, piled up, or piled up to a hundred percent."""

    BESIDE = "beside"
    PILED = "piled"
    SHARES = "shares"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Where a value lies in its column, `start` nearer to zero."""

    start: float
    end: float


def pile(
    positions: Sequence[Sequence[float]], values: Sequence[Values], stacking: Stacking
) -> tuple[tuple[Piece | None, ...], ...]:
    """The pieces of each series, the first nearest to zero; what is negative is piled up below zero.

    >>> pile([[1.0], [1.0]], [[3.0], [1.0]], Stacking.SHARES)
    ((Piece(start=0.0, end=0.75),), (Piece(start=0.75, end=1.0),))
    """
    whole: dict[float, float] = defaultdict(float)
    if stacking is Stacking.SHARES:
        for places, series in zip(positions, values, strict=True):
            for at, value in zip(places, series, strict=True):
                whole[at] += abs(value or 0.0)
    ends: dict[tuple[float, bool], float] = defaultdict(float)
    piled = []
    for places, series in zip(positions, values, strict=True):
        pieces: list[Piece | None] = []
        for at, value in zip(places, series, strict=True):
            if value is None:
                pieces.append(None)
                continue
            size = value if stacking is not Stacking.SHARES else value / whole[at] if whole[at] else 0.0
            start = ends[at, value < 0]
            ends[at, value < 0] = start + size
            pieces.append(Piece(start=start, end=start + size))
        piled.append(tuple(pieces))
    return tuple(piled)
