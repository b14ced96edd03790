"""All M3 series and the M4 weekly series against AutoETS, AutoARIMA, AutoTheta and AutoCES in the same run.

sMAPE is the mean over series of the competition's 200 |y - f| / (|y| + |f|); OWA divides by the published Naive2.
One process and processor time on both sides. Ours is measured on every series. AutoARIMA would take most of an hour, so
it is run on every tenth series, AutoETS and AutoTheta on every third of the weeks, each compared with ours on the same
ones; with FULL=1 they run on all. The whole takes about ten minutes on a quiet machine.
"""

import os
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.csv as csv
import pyarrow.parquet as parquet

from benchmarks.outcome import Bar, Outcome
from forecasting import ForecastSpec, Frequency, Series, TimeStyle, forecast_series
from forecasting.series import Floats

KIND = "forecast"
_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
_FREQUENCIES = {4: Frequency.QUARTER, 12: Frequency.MONTH, 52: Frequency.WEEK}
# The peers that take long, by competition: every tenth or every third series is enough to compare with.
_EVERY = {
    ("m3", "AutoARIMA"): 10, ("m4 weekly", "AutoARIMA"): 10, ("m4 weekly", "AutoETS"): 3, ("m4 weekly", "AutoTheta"): 3,
}  # fmt: skip
PEERS = ("AutoETS", "AutoTheta", "AutoCES", "AutoARIMA")
_NAIVE2_SMAPE, _NAIVE2_MASE = 9.161, 2.777


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """A competition's series."""

    id: str
    season: int
    past: Floats
    future: Floats


def run() -> Outcome:
    """Accuracy, coverage and processor time on both competitions."""
    samples: dict[str, list[float]] = {}
    bars: list[Bar] = []
    for name, cases, peer_season in (("m3", load_m3(), None), ("m4 weekly", load_m4(), 1)):
        ours, coverage, seconds = forecast_ours(cases)
        error = mean_smape(cases, ours)
        score = owa(cases, ours)
        samples |= {f"{name} sMAPE": [error], f"{name} coverage": [coverage], f"{name} seconds": [seconds]}
        bars.append(
            Bar(name="forecast m3 sMAPE", ratio=error, most=12.5)
            if peer_season is None
            else Bar(name="forecast m4 weekly OWA", ratio=score, most=0.80)
        )
        bars.append(Bar(name=f"forecast {name} coverage off 90%", ratio=abs(coverage - 0.9) * 100, most=2.0))
        spent = 0.0
        for peer in PEERS:
            some = cases if os.environ.get("FULL") == "1" else cases[:: _EVERY.get((name, peer), 1)]
            theirs, seconds_of_peer = forecast_peer(some, peer, peer_season)
            mine, their_error = mean_smape(some, ours), mean_smape(some, theirs)
            samples |= {f"{name} {peer} sMAPE": [their_error], f"{name} {peer} s": [seconds_of_peer]}
            samples |= {f"{name} ours on the same {len(some)} series": [mine]}
            bars.append(Bar(name=f"forecast {name} below {peer}", ratio=mine / their_error, most=1.0))
            # As if it had been run on every series.
            spent += seconds_of_peer * len(cases) / len(some) if peer in {"AutoETS", "AutoTheta"} else 0
        bars.append(Bar(name=f"forecast {name} time", ratio=seconds / spent, most=2.0))
    return Outcome(samples=samples, bars=tuple(bars))


def load_m3() -> list[Case]:
    """The 3,003 series; a season of 1 where the competition gives none."""
    meta = csv.read_csv(_DATA / "m3" / "m3_meta.csv").to_pylist()
    return _cases(_DATA / "m3" / "m3_long.parquet", {row["series_id"]: int(row["frequency"]) for row in meta})


def load_m4() -> list[Case]:
    """The 359 weekly series."""
    return _cases(_DATA / "m4" / "m4_weekly_long.parquet", {})


def _cases(path: Path, seasons: dict[str, int]) -> list[Case]:
    parts: dict[tuple[str, bool], list[tuple[int, float]]] = {}
    for row in parquet.read_table(path).to_pylist():
        parts.setdefault((row["series_id"], row["split"] == "train"), []).append((row["t"], row["y"]))
    values = {key: np.array([y for _, y in sorted(found)], np.float64) for key, found in parts.items()}
    return [
        Case(id=name, season=seasons.get(name, 52), past=past, future=values[name, False])
        for (name, is_past), past in values.items()
        if is_past
    ]


def forecast_ours(cases: Sequence[Case]) -> tuple[dict[str, Floats], float, float]:
    """Our forecasts by series, the share of the future within the 90% intervals, and processor seconds."""
    files: dict[tuple[int, int], list[Case]] = {}
    for case in cases:
        files.setdefault((case.season, case.future.size), []).append(case)
    means: dict[str, Floats] = {}
    inside: list[bool] = []
    began = time.process_time()
    for (season, horizon), file in files.items():
        spec = ForecastSpec(horizon=horizon, frequency=_FREQUENCIES.get(season))
        for case, one in zip(file, forecast_series([_series(case) for case in file], spec).forecasts, strict=True):
            means[case.id] = np.array([point.mean for point in one.points])
            inside += [point.lo <= y <= point.hi for point, y in zip(one.points, case.future, strict=True)]
    return means, float(np.mean(inside)), time.process_time() - began


def _series(case: Case) -> Series:
    count = np.arange(1, case.past.size + 1)
    return Series(id=case.id, times=count, values=case.past, rows=count, style=TimeStyle.NUMBER)


def forecast_peer(cases: Sequence[Case], name: str, season: int | None) -> tuple[dict[str, Floats], float]:
    """A peer's forecasts and processor seconds. A season of 52 is beyond AutoETS, so all peers get 1 on weeks."""
    from statsforecast import models

    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = getattr(models, name)
        found: dict[str, Floats] = {}
        for case in cases:
            answer = made(season_length=season or case.season).forecast(case.past, h=case.future.size)
            found[case.id] = np.asarray(answer["mean"], np.float64)
    return found, time.process_time() - began


def mean_smape(cases: Sequence[Case], found: dict[str, Floats]) -> float:
    """The mean over series."""
    errors = [np.mean(200 * np.abs(c.future - found[c.id]) / (np.abs(c.future) + np.abs(found[c.id]))) for c in cases]
    return float(np.mean(errors))


def owa(cases: Sequence[Case], found: dict[str, Floats]) -> float:
    """The weekly overall weighted average; its MASE is scaled by the naive error of one step."""
    scaled = [np.abs(c.future - found[c.id]).mean() / np.abs(np.diff(c.past)).mean() for c in cases]
    return (mean_smape(cases, found) / _NAIVE2_SMAPE + float(np.mean(scaled)) / _NAIVE2_MASE) / 2
