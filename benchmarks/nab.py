"""Scores detectors by the published rules of the Numenta Anomaly Benchmark (Lavin and Ahmad, 2015).

A window is worth 1 when an alert stands at its left edge and about 0 at its right edge; only its best alert counts. A
window without an alert costs 1, an alert outside a window up to 0.11, less when it follows a window closely. The first
15 % of a file, 750 points at most, are not scored. One threshold over all files is chosen to give the highest sum. The
sum is scaled so that no alert at all is 0 and an alert at the left edge of each window and no other is 100.
"""

import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Windows = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a found window is worth, and what a missed one and a false alert cost."""

    found: float = 1.0
    missed: float = 1.0
    false: float = 0.11


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledFile:
    """A series and the windows of its anomalies: first and last row, both included."""

    name: str
    times: tuple[dt.datetime, ...]
    values: Floats
    windows: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NabScore:
    """The score from 0 (no alerts) to 100 (perfect), and the threshold that gives it: alert at or above."""

    score: float
    threshold: float
    found: int
    windows: int
    false_alerts: int


def load_nab(folder: Path) -> list[LabelledFile]:
    """The files below `data/` with their windows."""
    labels: dict[str, list[list[str]]] = json.loads((folder / "labels" / "combined_windows.json").read_text())
    files = []
    for path in sorted((folder / "data").glob("*/*.csv")):
        name = f"{path.parent.name}/{path.name}"
        rows = [line.split(",") for line in path.read_text().splitlines()[1:]]
        times = tuple(_time(row[0]) for row in rows)
        place = {time: index for index, time in reversed(list(enumerate(times)))}
        windows = tuple((place[_time(first)], place[_time(last)]) for first, last in labels[name])
        values = np.array([float(row[1]) for row in rows])
        files.append(LabelledFile(name=name, times=times, values=values, windows=windows))
    return files


def probation(rows: int) -> int:
    """How many rows at the start of a file are not scored."""
    return int(min(math.floor(0.15 * rows), 750))


def weigh_rows(rows: int, windows: Windows, profile: Profile) -> tuple[Floats, npt.NDArray[np.int64]]:
    """What an alert at each row is worth, and which window the row lies in (-1: in none)."""
    at = np.arange(rows)
    weights = np.full(rows, -profile.false)
    inside = np.full(rows, -1)
    for number, (first, last) in enumerate(windows):
        width = last - first + 1
        past = (at - last) / max(width - 1, 1)
        after = (at > last) & (past < 3.0)
        weights[at > last] = -profile.false
        weights[after] = profile.false * _sigmoid(past[after])
        within = slice(first, last + 1)
        weights[within] = profile.found * _sigmoid((at[within] - last - 1) / width) / _sigmoid(np.array([-1.0]))[0]
        inside[within] = number
    return weights, inside


def score_nab(files: Sequence[LabelledFile], scores: Mapping[str, Floats], profile: Profile | None = None) -> NabScore:
    """The best sum over all thresholds, scaled. `scores` holds one number for each row of each file."""
    costs = profile or Profile()
    parts: list[tuple[Floats, Floats, npt.NDArray[np.int64]]] = []
    total = 0
    for file in files:
        weights, inside = weigh_rows(len(file.values), file.windows, costs)
        start = probation(len(file.values))
        named = np.where(inside >= 0, inside + total, -1)
        parts.append((scores[file.name][start:], weights[start:], named[start:]))
        total += len(file.windows)
    score, weight, window = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _sweep(score, weight, window, total, costs)


def _sweep(score: Floats, weight: Floats, window: npt.NDArray[np.int64], total: int, costs: Profile) -> NabScore:
    """Lowers the threshold row by row and keeps the best sum."""
    order = np.argsort(-score, kind="stable")
    best = NabScore(score=0.0, threshold=math.inf, found=0, windows=total, false_alerts=0)
    worth = [-costs.missed] * total
    value, highest, false = -costs.missed * total, -costs.missed * total, 0
    for place, row in enumerate(order):
        number = int(window[row])
        if number < 0:
            value += float(weight[row])
            false += 1
        elif weight[row] > worth[number]:
            value += float(weight[row]) - worth[number]
            worth[number] = float(weight[row])
        is_last = place + 1 == len(order) or score[order[place + 1]] != score[row]
        if is_last and value > highest:
            highest = value
            scaled = 100 * (value + costs.missed * total) / (total * (costs.found + costs.missed))
            found = sum(one > -costs.missed for one in worth)
            best = NabScore(
                score=scaled, threshold=float(score[row]), found=found, windows=total, false_alerts=false
            )  # fmt: skip
    return best


def _sigmoid(position: Floats) -> Floats:
    """From 0.987 at the left edge of a window (-1) through 0 at its right edge (0) towards -1 behind it."""
    return 2.0 / (1.0 + np.exp(5.0 * position)) - 1.0


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
