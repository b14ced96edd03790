"""Credit by what would be lost without a channel: a Markov chain over the journeys, and the Shapley value.

E. Anderl et al., "Mapping the customer journey", International Journal of Research in Marketing 33 (2016), 457-474, for
the removal effect of a first-order chain; L. S. Shapley, "A value for n-person games" (1953), with the worth of a set
of channels the conversions of journeys that used no other (as in R. Zhao et al., 2018).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import comb

import numpy as np

from core.errors import LimitError
from metrics.behaviour.attribution.spec import MOST_CHANNELS

Path = tuple[str, ...]


def markov_shares(paths: Mapping[tuple[Path, bool], int]) -> dict[str, float]:
    """Each channel's share of all conversions, from how often each path was walked and whether it converted."""
    channels = sorted({channel for path, _ in paths for channel in path})
    place = {channel: number + 1 for number, channel in enumerate(channels)}
    steps = np.zeros((len(channels) + 1, len(channels) + 2))
    for (path, is_converted), count in paths.items():
        at = 0
        for channel in path:
            steps[at, place[channel] - 1] += count
            at = place[channel]
        steps[at, len(channels) + (not is_converted)] += count
    chances = steps / np.maximum(1, steps.sum(axis=1, keepdims=True))
    whole = _conversion(chances, removed=None)
    effects = {
        channel: 1 - _conversion(chances, removed=place[channel]) / whole if whole else 0.0 for channel in channels
    }
    total = sum(effects.values())
    return {channel: effect / total if total else 0.0 for channel, effect in effects.items()}


def _conversion(chances: np.ndarray[tuple[int, ...], np.dtype[np.float64]], *, removed: int | None) -> float:
    """The chance to convert from the start; whoever would come to a removed channel is lost."""
    count = chances.shape[0]
    moves = np.zeros((count, count))
    moves[:, 1:] = chances[:, : count - 1]
    converted = chances[:, count - 1].copy()
    if removed is not None:
        moves[:, removed] = 0
        moves[removed] = 0
        converted[removed] = 0
    return float(np.linalg.solve(np.eye(count) - moves, converted)[0])


def shapley_shares(paths: Mapping[tuple[Path, bool], int]) -> dict[str, float]:
    """Each channel's share of all conversions, exactly, over all sets of channels. Raises LimitError."""
    channels: Sequence[str] = sorted({channel for path, _ in paths for channel in path})
    if len(channels) > MOST_CHANNELS:
        raise LimitError(
            f"Shapley values are exact for up to {MOST_CHANNELS} channels; there are {len(channels)}. "
            "Group some of them."
        )
    place = {channel: number for number, channel in enumerate(channels)}
    worth = np.zeros(1 << len(channels))
    for (path, is_converted), count in paths.items():
        if is_converted:
            worth[sum(1 << place[channel] for channel in set(path))] += count
    sets = np.arange(worth.size)
    for bit in range(len(channels)):
        with_bit = (sets >> bit & 1).astype(bool)
        worth[with_bit] += worth[sets[with_bit] ^ (1 << bit)]
    sizes = np.bitwise_count(sets)
    gains: dict[str, float] = defaultdict(float)
    for channel in channels:
        without = sets[(sets >> place[channel] & 1) == 0]
        weight = np.array([1 / (len(channels) * comb(len(channels) - 1, size)) for size in range(len(channels))])
        gains[channel] = float((weight[sizes[without]] * (worth[without | 1 << place[channel]] - worth[without])).sum())
    total = sum(gains.values())
    return {channel: gain / total if total else 0.0 for channel, gain in gains.items()}
