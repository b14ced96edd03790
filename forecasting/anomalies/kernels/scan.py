"""One pass over a series in order of time: how unusual each point is, and where an alert opens.

Everything said of a point rests on the points before it. Histories are kept sorted, so a rank is a binary search.
"""

import math

import numpy as np
import numpy.typing as npt

from core.machine import kernel, part

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# The share of a history that counts as its tail, and the fewest values a tail is estimated from.
_TAIL = 0.03
_ALERT_TAIL = 0.05
_FEWEST = 8
# How many past values a statistic is compared with.
_DEPTH = 4000
_ALERT_DEPTH = 1000
# Points that are only learned from before the first is scored.
_WARM = 100
_ALERT_WARM = 24
_CALIBRATION_WARM = 100
# The statistics of an alert overlap; together they are worth this many independent ones.
_INDEPENDENT = 2.5
_SHORT = 12


@part
def _insert(history: Floats, size: int, value: float) -> None:
    place = np.searchsorted(history[:size], value)
    for at in range(size, place, -1):
        history[at] = history[at - 1]
    history[place] = value


@part
def _remove(history: Floats, size: int, value: float) -> None:
    for at in range(np.searchsorted(history[:size], value), size - 1):
        history[at] = history[at + 1]


@part
def _remember(history: Floats, ring: Floats, size: int, head: int, value: float) -> None:
    """Takes a value into a sorted history; the oldest leaves when the ring is full."""
    if size == ring.size:
        _remove(history, size, ring[head])
        size -= 1
    _insert(history, size, value)
    ring[head] = value


@part
def _surprise(history: Floats, size: int, value: float) -> float:
    """-log10 of the share of a sorted history at or above the value, beyond its tail by an exponential law."""
    tail = max(int(_TAIL * size), _FEWEST)
    above = size - np.searchsorted(history[:size], value)
    if above >= tail:
        return -math.log10((above + 1.0) / (size + 1.0))
    start = history[size - tail - 1]
    excess = np.mean(history[size - tail : size]) - start
    least = 1e-4 * max(history[size - 1] - history[0], abs(start)) + 1e-12
    beyond = (value - start) / max(excess, least)
    return float(min(30.0, -math.log10((tail + 1.0) / (size + 1.0)) + beyond / math.log(10.0)))


@part
def _exceedance(history: Floats, size: int, value: float) -> float:
    """The chance that the next value is at least this.

    Beyond the tail it is the predictive law of exponential excesses with unknown mean (Lomax with as many degrees as
    excesses), which holds its level however few there are.
    """
    tail = max(int(_ALERT_TAIL * size), _FEWEST)
    above = size - np.searchsorted(history[:size], value)
    if above >= tail:
        return (above + 1.0) / (size + 1.0)
    start = history[size - tail - 1]
    total = 0.0
    for at in range(size - tail, size):
        total += history[at] - start
    least = tail * (1e-4 * max(history[size - 1] - history[0], abs(start)) + 1e-12)
    return float((tail + 1.0) / (size + 1.0) * (1.0 + (value - start) / max(total, least)) ** (-tail))


@part
def _centre(history: Floats, ring: Floats, size: int, centre: Floats) -> None:
    """From here on the distance from the middle of the first points is ranked."""
    for k in range(centre.size):
        centre[k] = (history[k, (size - 1) // 2] + history[k, size // 2]) / 2.0
        ring[k, :size] = np.abs(ring[k, :size] - centre[k])
        history[k, :size] = np.sort(ring[k, :size])


@part
def _novelty(value: float, low: float, high: float) -> float:
    """0 within what was ever seen; beyond it 1 and more, by the distance in widths of the range seen."""
    beyond = max(value - high, low - value) / max(high - low, 1e-9)
    return 1.0 + math.log10(1.0 + 10.0 * beyond) if beyond > 1e-9 else 0.0


@part
def _least_likely(history: Floats, size: int, now: Floats) -> float:
    least = 1.0
    for k in range(now.size):
        least = min(least, _exceedance(history[k], size, now[k]))
    return -math.log10(max(least, 1e-300))


@kernel
def scan_surprise(values: Floats, positions: Integers, cycle: int) -> Floats:
    """How unusual each point is, 0 and up: evidence added over the value, its residual, and their short means.

    The residual is the distance from the usual value at this place of the calendar's cycle; without a cycle it is the
    distance from the recent level. Missing values get 0 and teach nothing.
    """
    count = values.size
    result = np.zeros(count)
    usual = np.full(max(cycle, 1), np.nan)
    # Value, residual and short mean of the residual are ranked; values and short means are watched for records.
    weights = np.array([1.0, 1.5, 0.5, 0.0])
    records = np.array([0.5, 0.0, 1.0, 0.5])
    history = np.empty((3, _DEPTH + 1))
    ring = np.empty((3, _DEPTH))
    low, high = np.full(4, np.inf), np.full(4, -np.inf)
    centre, now = np.zeros(3), np.zeros(4)
    recent, recent_residual = np.zeros(_SHORT), np.zeros(_SHORT)
    level, seen, size, head = np.nan, 0, 0, 0
    for at in range(count):
        value = values[at]
        if np.isnan(value):
            continue
        if np.isnan(level):
            level = value
        residual = value - level
        level += 0.05 * residual
        if cycle > 1:
            place = positions[at] % cycle
            residual = 0.0 if np.isnan(usual[place]) else value - usual[place]
            usual[place] = value if np.isnan(usual[place]) else usual[place] + 0.3 * residual
        recent[seen % _SHORT] = value
        recent_residual[seen % _SHORT] = residual
        seen += 1
        filled = min(seen, _SHORT)
        now[0], now[1] = value, residual
        now[2], now[3] = np.mean(recent_residual[:filled]), np.mean(recent[:filled])
        if seen == _WARM + 1:
            _centre(history, ring, size, centre)
        for k in range(4):
            if seen > _WARM:
                if k < 3:
                    result[at] += weights[k] * _surprise(history[k], size, abs(now[k] - centre[k]))
                result[at] += records[k] * _novelty(now[k], low[k], high[k])
            low[k], high[k] = min(low[k], now[k]), max(high[k], now[k])
        for k in range(3):
            entry = abs(now[k] - centre[k]) if seen > _WARM else now[k]
            _remember(history[k], ring[k], size, head, entry)
        head = (head + 1) % _DEPTH
        size = min(size + 1, _DEPTH)
    return result


@kernel
def scan_shift(values: Floats, positions: Integers, cycle: int) -> Floats:
    """-log10 of the chance of a jump as large as here, over one, two and three points; nan where not yet known.

    The baseline is the level, or the calendar's cycle from the moment it has proved better. Of the four statistics
    (the residual, the sums of two and of three, the median of three) the least likely counts.
    """
    count = values.size
    result = np.full(count, np.nan)
    usual, met = np.zeros(max(cycle, 1)), np.zeros(max(cycle, 1))
    history = np.empty((4, _ALERT_DEPTH + 1))
    ring = np.empty((4, _ALERT_DEPTH))
    last, now = np.zeros(3), np.zeros(4)
    level, known, compared = 0.0, 0.0, 0
    error, cycle_error, is_cyclic = 0.0, 0.0, False
    size, head, skipped = 0, 0, 8
    for at in range(count):
        value = values[at]
        if np.isnan(value):
            continue
        if known == 0.0:
            level = value
        known += 1.0
        distance = value - level
        level += max(1.0 / known, 0.02) * distance
        residual = distance
        if cycle > 1:
            place = positions[at] % cycle
            from_usual = value - usual[place]
            if met[place] > 0.0:
                if not is_cyclic and compared >= 2 * cycle and cycle_error < 0.9 * error:
                    # Residuals from here on are of another kind: begin anew.
                    is_cyclic, size, head, skipped = True, 0, 0, 3
                error = 0.998 * error + abs(distance)
                cycle_error = 0.998 * cycle_error + abs(from_usual)
                compared += 1
            met[place] += 1.0
            usual[place] += max(1.0 / met[place], 0.05) * from_usual
            if is_cyclic:
                residual = from_usual
        last[2], last[1], last[0] = last[1], last[0], residual
        now[0], now[1] = abs(last[0]), abs(last[0] + last[1])
        now[2], now[3] = abs(last[0] + last[1] + last[2]), abs(np.median(last))
        if size >= _ALERT_WARM:
            result[at] = _least_likely(history, size, now)
        if skipped > 0:
            skipped -= 1
            continue
        for k in range(4):
            _remember(history[k], ring[k], size, head, now[k])
        head = (head + 1) % _ALERT_DEPTH
        size = min(size + 1, _ALERT_DEPTH)
    return result


@kernel
def open_alerts(evidence: Floats, budget: float) -> Flags:
    """The points at which an alert opens; `budget` is the share of points of a series without change that do.

    The evidence is compared with its own past, and the limit allows for its coming in clusters (the extremal index,
    runs estimator). An alert stays open, and no other opens, until three points in a row were usual.
    """
    result = np.zeros(evidence.size, np.bool_)
    history = np.empty(evidence.size)
    size, calm, is_open = 0, 0, False
    high, clusters, last_high = 0, 0, -1_000_000_000
    for at in range(evidence.size):
        value = evidence[at]
        if np.isnan(value):
            continue
        if size >= _CALIBRATION_WARM:
            chance = _exceedance(history, size, value)
            limit = budget / max((clusters + 5.0) / (high + 5.0), 0.2)
            if value > history[int(0.98 * size)]:
                high += 1
                clusters += 1 if at - last_high > 3 else 0
                last_high = at
        else:
            chance, limit = _INDEPENDENT * 10.0**-value, budget
        if is_open:
            calm = calm + 1 if chance > 0.05 else 0
            is_open = calm < 3
        elif chance <= limit:
            result[at], is_open, calm = True, True, 0
        _insert(history, size, value)
        size += 1
    return result


@kernel
def keep_peaks(evidence: Floats, patience: int) -> Flags:
    """The points that are more unusual than each of the `patience` points before them."""
    result = np.zeros(evidence.size, np.bool_)
    for at in range(evidence.size):
        highest = 0.0
        for earlier in range(max(at - patience, 0), at):
            highest = max(highest, evidence[earlier])
        result[at] = evidence[at] > highest
    return result
