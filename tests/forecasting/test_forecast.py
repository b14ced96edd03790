"""Forecasts: accuracy against public data, honest intervals, and an answer or a refusal for every bad input."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet
import pytest
from typer.testing import CliRunner

from app.cli.commands import app
from core.errors import InvalidError
from core.registry import find_kinds
from forecasting import (
    Forecast,
    Forecasts,
    ForecastSpec,
    Frequency,
    Series,
    TimeStyle,
    forecast_series,
    load_series,
    models,
)
from forecasting.series import Floats

ROOT = Path(__file__).resolve().parents[2]


def forecast_of(folder: Path, rows: list[str], horizon: int = 3) -> Forecasts:
    path = folder / "series.csv"
    path.write_text("\n".join(["t,y", *rows]) + "\n")
    return forecast_series(load_series(path, time="t", value="y"), ForecastSpec(horizon=horizon))


def only(answer: Forecasts) -> Forecast:
    assert not answer.refusals
    (one,) = answer.forecasts
    return one


def test_a_sample_of_m3_beats_the_published_naive2_and_is_covered(shared_data: Path) -> None:
    rows = parquet.read_table(shared_data / "m3" / "m3_long.parquet").to_pylist()
    published = parquet.read_table(
        shared_data / "m3" / "m3_competition_forecasts.parquet", filters=[("method", "=", "NAIVE2")]
    ).to_pylist()
    names = sorted({row["series_id"] for row in rows})
    chosen = set(names[:: max(1, len(names) // 24)])
    train: dict[str, list[float]] = {}
    test: dict[str, list[float]] = {}
    for row in sorted((row for row in rows if row["series_id"] in chosen), key=lambda row: row["t"]):
        (train if row["split"] == "train" else test).setdefault(row["series_id"], []).append(row["y"])
    naive2: dict[str, list[float]] = {}
    for row in sorted((row for row in published if row["series_id"] in chosen), key=lambda row: row["h"]):
        naive2.setdefault(row["series_id"], []).append(row["yhat"])
    ours, theirs, inside = [], [], []
    for name, values in train.items():
        count = np.arange(1, len(values) + 1)
        series = Series(id=name, times=count, values=np.array(values), rows=count, style=TimeStyle.NUMBER)
        horizon = len(test[name])
        frequency = {18: Frequency.MONTH, 8: Frequency.QUARTER}.get(horizon)
        one = only(forecast_series([series], ForecastSpec(horizon=horizon, frequency=frequency)))
        actual = np.array(test[name])
        ours.append(_smape(actual, np.array([point.mean for point in one.points])))
        theirs.append(_smape(actual, np.array(naive2[name][:horizon])))
        inside += [point.lo <= value <= point.hi for point, value in zip(one.points, actual, strict=True)]
    assert np.mean(ours) < np.mean(theirs)
    assert 0.75 < np.mean(inside) < 1


def _smape(actual: Floats, forecast: Floats) -> float:
    return float(np.mean(200 * np.abs(actual - forecast) / (np.abs(actual) + np.abs(forecast))))


def test_a_season_is_carried_on(tmp_path: Path) -> None:
    season = [100, 120, 150, 90]
    rows = [f"{2010 + q // 4}-{1 + 3 * (q % 4):02d}-01,{season[q % 4]}" for q in range(24)]
    one = only(forecast_of(tmp_path, rows, 4))
    assert [point.time for point in one.points] == ["2016-01-01", "2016-04-01", "2016-07-01", "2016-10-01"]
    assert [point.mean for point in one.points] == pytest.approx(season, rel=0.02)


def test_month_ends_stay_month_ends(tmp_path: Path) -> None:
    days = ["2025-09-30", "2025-10-31", "2025-11-30", "2025-12-31"]
    one = only(forecast_of(tmp_path, [f"{day},{n}" for n, day in enumerate(days)], 2))
    assert [point.time for point in one.points] == ["2026-01-31", "2026-02-28"]


@pytest.mark.parametrize("value", ["7", "0"])
def test_a_constant_series_is_labelled(tmp_path: Path, value: str) -> None:
    one = only(forecast_of(tmp_path, [f"{n},{value}" for n in range(1, 11)]))
    assert {(point.mean, point.lo, point.hi) for point in one.points} == {(float(value),) * 3}
    assert f"every value is {value}" in one.notes[0]


def test_a_negative_series_is_forecast(tmp_path: Path) -> None:
    one = only(forecast_of(tmp_path, [f"{n},{-50 - n % 5}" for n in range(1, 31)]))
    assert all(-60 < point.lo < point.mean < point.hi < -40 for point in one.points)


def test_four_points_get_a_wide_answer_and_fewer_none(tmp_path: Path) -> None:
    one = only(forecast_of(tmp_path, ["1,10", "2,12", "3,9", "4,13"], 2))
    assert one.points[0].hi - one.points[0].lo > 2 * (13 - 9)
    assert "too short for a back-test" in one.notes[0]
    (refusal,) = forecast_of(tmp_path, ["1,10", "2,12"]).refusals
    assert "has 2 values; at least 4" in refusal.reason


def test_gaps_and_nan_are_filled_and_said(tmp_path: Path) -> None:
    rows = [f"2026-01-{day:02d},{100 + day}" for day in range(1, 31) if day != 9]
    rows[15] = rows[15].split(",")[0] + ",NaN"
    assert "2 missing periods were filled" in only(forecast_of(tmp_path, rows)).notes[0]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (
            ["2026-01-01,1", "2026-01-02,2", "2026-01-02,3", "2026-01-03,4"],
            "two values for 2026-01-02, in rows 3 and 4",
        ),
        ([f"2026-01-{d:02d},1" for d in range(1, 11)] + [f"2026-{m:02d}-01,2" for m in range(2, 12)], "mixes freq"),
        (["1,1", "2,2", "3,4", "90,3", "91,5"], "has values for 5 of 91 periods"),
        ([f"2026-01-01T00:{m:02d}:00,{m}" for m in range(0, 50, 5)], "finer than hourly"),
    ],
)
def test_what_has_no_one_reading_is_refused(tmp_path: Path, rows: list[str], reason: str) -> None:
    (refusal,) = forecast_of(tmp_path, rows).refusals
    assert reason in refusal.reason


def test_intermittent_demand_has_its_own_model(tmp_path: Path) -> None:
    one = only(forecast_of(tmp_path, [f"{n},{3 if n % 3 == 0 else 0}" for n in range(1, 61)]))
    assert one.model in {"croston", "tsb"}
    assert one.points[0].mean == pytest.approx(1, abs=0.5)


def test_a_random_walk_keeps_its_record_beside_it(tmp_path: Path) -> None:
    steps = np.random.default_rng(5).normal(size=200).cumsum()
    record = only(forecast_of(tmp_path, [f"{n},{value}" for n, value in enumerate(steps)])).record
    assert (record.baseline, record.origins) == ("naive", 6)
    assert record.error is not None
    assert record.coverage is not None
    assert record.coverage > 0.8


@pytest.mark.parametrize("seed", range(6))
def test_a_model_that_was_not_better_gives_way_to_its_baseline(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    level = random.normal(scale=seed, size=48).cumsum()
    season = np.where(np.arange(48) % 12 == 11, 20.0, 0.0)
    values = 100 + level + season + random.normal(scale=2.0, size=48)
    rows = [f"{2022 + n // 12}-{n % 12 + 1:02d}-01,{value}" for n, value in enumerate(values)]
    one = only(forecast_of(tmp_path, rows))
    assert one.record.origins >= 3
    assert one.record.error is not None
    assert one.record.baseline_error is not None
    assert one.record.error <= one.record.baseline_error
    assert one.model == one.record.baseline or one.record.error < one.record.baseline_error


@pytest.mark.parametrize("horizon", [0, 1001])
def test_a_horizon_out_of_range_is_refused(horizon: int) -> None:
    with pytest.raises(InvalidError, match="choose 1 to 1000"):
        ForecastSpec(horizon=horizon)


@pytest.mark.parametrize("kind", sorted(find_kinds(models)))
def test_every_model_keeps_a_level_and_is_documented(kind: str) -> None:
    values = 100 + np.random.default_rng(1).normal(size=48)
    found = find_kinds(models)[kind].forecast(values, 12, 6)
    assert found.shape == (6,)
    assert np.abs(found - 100).max() < 10
    assert f"`{kind}`" in (ROOT / "docs" / "forecasting.md").read_text()


def test_the_command_answers_line_by_line_and_names_what_it_refuses(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    path.write_text("id,t,y\n" + "".join(f"a,{n},{n % 4}\n" for n in range(1, 21)) + "b,1,1\nb,2,2\n")
    options = ["forecast", "--series", str(path), "--time", "t", "--value", "y", "--id", "id", "--horizon", "2"]
    answer = CliRunner().invoke(app, [*options, "--json"])
    assert answer.exit_code == 1
    assert "The series 'b' has 2 values" in answer.stderr
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [(line["id"], line["time"]) for line in lines] == [("a", 21), ("a", 22)]
    assert set(lines[0]) == {"id", "time", "mean", "lo", "hi", "model"}
    assert lines[0]["lo"] <= lines[0]["mean"] <= lines[0]["hi"]
    assert "Its error" in CliRunner().invoke(app, options).stdout
