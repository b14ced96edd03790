"""The benchmark's rules against cases worked by hand and the published figures that come with its data."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.kinds.anomaly import as_series
from benchmarks.nab import LabelledFile, Profile, load_nab, probation, score_nab, weigh_rows
from forecasting.anomalies import find_anomalies

S = 2 / (1 + math.exp(-5)) - 1


def one_file(rows: int, *windows: tuple[int, int]) -> LabelledFile:
    return LabelledFile(name="f", times=(), values=np.zeros(rows), windows=windows)


def alerts(rows: int, *at: int) -> dict[str, np.ndarray]:
    scores = np.zeros(rows)
    scores[list(at)] = 1
    return {"f": scores}


def test_an_alert_at_the_left_edge_is_worth_one_and_at_the_right_edge_little() -> None:
    weights, inside = weigh_rows(100, [(50, 59)], Profile())
    assert weights[50] == pytest.approx(1)
    assert weights[59] == pytest.approx((2 / (1 + math.exp(-0.5)) - 1) / S)
    assert inside[[49, 50, 59, 60]].tolist() == [-1, 0, 0, -1]


def test_an_alert_outside_costs_less_close_behind_a_window() -> None:
    weights, _ = weigh_rows(100, [(50, 59)], Profile())
    assert weights[49] == pytest.approx(-0.11)
    assert weights[60] == pytest.approx(0.11 * (2 / (1 + math.exp(5 / 9)) - 1))
    assert weights[59 + 27] == pytest.approx(-0.11)


def test_perfect_alerts_score_100_and_none_score_0() -> None:
    file = one_file(1000, (400, 449), (800, 849))
    assert score_nab([file], alerts(1000, 400, 800)).score == pytest.approx(100)
    assert score_nab([file], {"f": np.zeros(1000)}).score == 0


def test_only_the_best_alert_of_a_window_counts_and_false_ones_cost() -> None:
    file = one_file(1000, (400, 449), (800, 849))
    found = score_nab([file], alerts(1000, 300, 400, 420, 449))
    # One of two windows at its left edge, one false alert of 0.11, one window missed: (1 - 1 - 0.11 + 2) / 4.
    assert found.score == pytest.approx(100 * 1.89 / 4)
    assert (found.found, found.windows, found.false_alerts) == (1, 2, 1)


def test_the_first_part_of_a_file_is_not_scored() -> None:
    assert (probation(1000), probation(4032), probation(20_000)) == (150, 604, 750)
    file = one_file(1000, (400, 449))
    assert score_nab([file], alerts(1000, 10, 149, 400)).score == pytest.approx(100)


def test_the_scale_is_that_of_the_published_scores(shared_data: Path) -> None:
    folder = shared_data / "nab"
    raw = json.loads((folder / "config" / "thresholds.json").read_text())
    windows = 116  # in all 58 files of the benchmark
    with (folder / "nab_scoreboard.csv").open() as lines:
        published = {row["detector"]: float(row["standard"]) for row in csv.DictReader(lines)}
    for name in ("ARTime", "numenta", "contextOSE", "earthgeckoSkyline", "relativeEntropy", "expose"):
        assert 100 * (raw[name]["standard"]["score"] + windows) / (2 * windows) == pytest.approx(
            published[name], abs=0.01
        )


def test_the_detector_reaches_65_on_the_files_at_hand(shared_data: Path) -> None:
    files = load_nab(shared_data / "nab")
    assert len(files) == 35
    scores = {file.name: np.nan_to_num(find_anomalies(as_series(file)).scores) for file in files}
    assert score_nab(files, scores).score >= 65
