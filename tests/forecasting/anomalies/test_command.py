"""`plumbline anomalies` on files, and what it says of bad ones."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from app.cli.commands import app

RUNNER = CliRunner()


def written(folder: Path, *, jump: int = 150, size: int = 200) -> Path:
    values = 50 + np.random.default_rng(4).standard_normal(size)
    values[jump] += 20
    lines = [f"a,{at + 1},{value}" for at, value in enumerate(values)] + ["b,1,7", "b,2,", "b,2,9"]
    path = folder / "series.csv"
    path.write_text("shop,t,y\n" + "\n".join(lines) + "\n")
    return path


def asked(path: Path, *more: str) -> tuple[int, list[dict[str, Any]], str]:
    answer = RUNNER.invoke(
        app, ["anomalies", "--series", str(path), "--time", "t", "--value", "y", "--id", "shop", "--json", *more]
    )
    return answer.exit_code, [json.loads(line) for line in answer.stdout.splitlines()], answer.stderr


def test_each_point_is_one_line_with_exactly_the_promised_keys(tmp_path: Path) -> None:
    code, lines, notes = asked(written(tmp_path))
    assert code == 0
    assert len(lines) == 203
    assert all(list(line) == ["id", "time", "value", "score", "is_anomaly"] for line in lines)
    assert lines[150]["is_anomaly"] is True
    assert max(lines[:200], key=lambda line: line["score"])["time"] == 151
    assert lines[201] == {"id": "b", "time": 2, "value": None, "score": None, "is_anomaly": False}
    assert "1 series have 32 points or fewer" in notes
    assert "1 series hold a time more than once, first 'b'" in notes


def test_without_json_the_alerts_are_shown(tmp_path: Path) -> None:
    answer = RUNNER.invoke(
        app, ["anomalies", "--series", str(written(tmp_path)), "--time", "t", "--value", "y", "--id", "shop"]
    )
    assert answer.exit_code == 0
    assert "151" in answer.stdout
    assert "203 points of 2 series" in answer.stderr


@pytest.mark.parametrize(
    ("more", "message"),
    [(["--budget", "0"], "cannot be kept"), (["--value", "z"], "z")],
    ids=["budget", "column"],
)
def test_what_cannot_be_done_is_refused_with_its_reason(tmp_path: Path, more: list[str], message: str) -> None:
    code, lines, _ = asked(written(tmp_path), *more)
    assert code == 1
    assert message in str(lines[0]["error"])
