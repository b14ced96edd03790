"""Random numbers that are the same on every platform and numpy version.

Only the raw 64-bit output of PCG64 is used, because numpy promises that stream and no other: its distributions may
change between versions. Each table draws from a stream of its own, so a change in one leaves the others alone.
"""

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_SEED = 20_241_121


class Stream:
    """An independent stream of random numbers, named by a path such as `("brightwater", "accounts")`."""

    __slots__ = ("_bits",)

    def __init__(self, *path: str) -> None:
        key = tuple(zlib.crc32(part.encode()) for part in path)
        self._bits = np.random.PCG64(np.random.SeedSequence(_SEED, spawn_key=key))

    def uniform(self, count: int) -> Floats:
        """`count` numbers in [0, 1), of 53 bits each."""
        raw = np.asarray(self._bits.random_raw(count), dtype=np.uint64)
        return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def normal(self, count: int) -> Floats:
        """`count` numbers of mean 0 and deviation 1, within ±6: a sum of twelve uniforms.

        The sum needs no logarithm or cosine, whose last bit differs between processors.
        """
        total = np.full(count, -6.0)
        for _ in range(12):
            total += self.uniform(count)
        return total

    def below(self, bound: int, count: int) -> Ints:
        """`count` whole numbers from 0 to `bound` - 1."""
        return (self.uniform(count) * bound).astype(np.int64)

    def pick(self, weights: Sequence[float] | Floats, count: int) -> Ints:
        """`count` positions in `weights`, each as likely as its weight."""
        return choose(weights, self.uniform(count))

    def spread(self, weights: Sequence[float] | Floats, count: int) -> Ints:
        """`count` positions in ascending order, spread over `weights` evenly: less noise than `pick`, never none."""
        return choose(weights, (np.arange(count) + self.uniform(count)) / count)

    def shuffle(self, count: int) -> Ints:
        """The numbers 0 to `count` - 1 in random order."""
        return np.argsort(self.uniform(count), kind="stable").astype(np.int64)


def choose(weights: Sequence[float] | Floats, points: Floats) -> Ints:
    """The position in `weights` that each point in [0, 1) falls on, when the weights are laid end to end.

    >>> choose([1, 3], np.array([0.2, 0.3])).tolist()
    [0, 1]
    """
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    found: Ints = np.searchsorted(edges, points * edges[-1], side="right").astype(np.int64)
    return np.minimum(found, len(edges) - 1)


def trim_to(counts: Ints, total: int, order: Ints, *, least: int = 1) -> Ints:
    """`counts` changed by single steps, in the given order and round after round, until they add up to `total`.

    >>> trim_to(np.array([3, 1, 2]), 4, np.array([2, 0, 1])).tolist()
    [2, 1, 1]
    """
    result = counts.copy()
    while (surplus := int(result.sum()) - total) != 0:
        open_ones = order[result[order] > least] if surplus > 0 else order
        result[open_ones[: abs(surplus)]] -= 1 if surplus > 0 else -1
    return result
