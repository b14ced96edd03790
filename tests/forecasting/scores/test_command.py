"""`plumbline score` on files: what a line holds, that reasons add up, and what is refused."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from app.cli.commands import app

RUNNER = CliRunner()


def rows(size: int, seed: int, *, outcome: str = "drawn") -> str:
    random = np.random.default_rng(seed)
    lines = ["id,visits,source,after,noise,won"]
    for at in range(size):
        visits, source = random.normal(), "abc"[int(random.integers(3))]
        chance = 1 / (1 + math.exp(-(1.5 * visits + (source == "a"))))
        won = bool(random.random() < (0.5 if outcome == "random" else chance)) and outcome != "never"
        shown = "" if at % 11 == 0 else f"{visits:.3f}"
        lines.append(
            f"r{at},{shown},{source},{'paid' if won else 'open'},c{random.integers(5000)},{'yes' if won else 'no'}"
        )
    return "\n".join(lines) + "\n"


def asked(folder: Path, train: str, predict: str, target: str = "won") -> tuple[int, list[dict[str, Any]], str]:
    for name, text in (("train.csv", train), ("predict.csv", predict)):
        (folder / name).write_text(text)
    answer = RUNNER.invoke(
        app,
        ["score", "--train", str(folder / "train.csv"), "--target", target, "--predict", str(folder / "predict.csv"),
         "--id", "id", "--json"],
    )  # fmt: skip
    return answer.exit_code, [json.loads(line) for line in answer.stdout.splitlines()], answer.stderr


@pytest.mark.parametrize("size", [120, 700])
def test_reasons_add_up_to_the_log_odds_and_leaks_are_named(tmp_path: Path, size: int) -> None:
    new = "id,visits,source,noise,after\nx,9,a,c1,open\ny,,never seen,,\nz,-9,b,c2,open\n"
    code, lines, notes = asked(tmp_path, rows(size, 1), new)
    assert code == 0
    assert [list(line) for line in lines] == [["id", "probability", "lo", "hi", "reasons"]] * 3
    assert [line["id"] for line in lines] == ["x", "y", "z"]
    for line in lines:
        chance = line["probability"]
        assert 0 < line["lo"] <= chance <= line["hi"] < 1
        assert sum(part for _, part in line["reasons"]) == pytest.approx(math.log(chance / (1 - chance)), abs=1e-9)
        assert "after" not in {feature for feature, _ in line["reasons"]}
    assert lines[0]["probability"] > lines[1]["probability"] > lines[2]["probability"]
    assert "'after' is left out: alone it tells nearly every outcome" in notes


def test_a_model_that_does_not_beat_the_base_rate_is_not_served(tmp_path: Path) -> None:
    train = "\n".join(",".join(line.split(",")[k] for k in (0, 4, 5)) for line in rows(60, 2, outcome="random").split())
    code, lines, _ = asked(tmp_path, train + "\n", "id,noise\nx,c1\n")
    assert code == 1
    assert "not served" in lines[0]["error"]["message"] or "No column is left" in lines[0]["error"]["message"]


@pytest.mark.parametrize(
    ("outcome", "target", "message"),
    [
        ("never", "won", "is 'no' in every row"),
        ("drawn", "source", "has 3 values"),
        ("drawn", "lost", "no column 'lost'"),
    ],
)
def test_a_target_that_cannot_be_learned_is_refused(tmp_path: Path, outcome: str, target: str, message: str) -> None:
    code, lines, _ = asked(tmp_path, rows(80, 3, outcome=outcome), rows(3, 4), target)
    assert code == 1
    assert message in lines[0]["error"]["message"]
