"""`plumbline funnel` and `plumbline retention` as somebody's script runs them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pyarrow.parquet as parquet
import pytest
from typer.testing import CliRunner

from app.cli import behaviour
from app.cli.commands import app
from core.column_file import load_columns
from metrics.behaviour import Attribution, Entry, Exclusion, Mode, Order, Period, Weekday

EVENTS = """user,at,what,plan
1,2026-01-05T08:00:00,visit,free
1,2026-01-06T08:00:00,trial,free
1,2026-01-20T08:00:00,buy,paid
2,2026-01-05T09:00:00,visit,paid
2,2026-01-06T09:00:00,refund,paid
2,2026-01-07T09:00:00,trial,paid
3,2026-01-12T08:00:00,visit,
,2026-01-12T08:00:00,visit,free
"""


@pytest.fixture
def columns(tmp_path: Path) -> list[str]:
    """The options that name a file of eight events and its columns."""
    path = tmp_path / "events.csv"
    path.write_text(EVENTS)
    return ["--events", str(path), "--entity", "user", "--time", "at", "--event", "what"]


def said(arguments: list[str], code: int = 0) -> tuple[Any, str]:
    answer = CliRunner().invoke(app, arguments)
    assert answer.exit_code == code, answer.output
    return (json.loads(answer.stdout) if "--json" in arguments else answer.stdout), answer.stderr


def funnel(columns: list[str], *more: str, code: int = 0) -> tuple[Any, str]:
    return said(["funnel", *columns, *more], code)


def test_a_funnel_in_json_has_the_documented_shape(columns: list[str]) -> None:
    answer, notes = funnel(columns, "--steps", "visit,trial,buy", "--window", "30d", "--by", "plan", "--json")
    assert answer.pop("elapsed_ms") > 0
    assert answer == {
        "steps": [
            {"step": "visit", "count": 3, "rate": 1.0},
            {"step": "trial", "count": 2, "rate": 2 / 3},
            {"step": "buy", "count": 1, "rate": 1 / 3},
        ],
        "by": {
            "(none)": [{"step": step, "count": n, "rate": n} for step, n in (("visit", 1), ("trial", 0), ("buy", 0))],
            "free": [{"step": step, "count": 1, "rate": 1} for step in ("visit", "trial", "buy")],
            "paid": [{"step": step, "count": n, "rate": n} for step, n in (("visit", 1), ("trial", 1), ("buy", 0))],
        },
    }
    assert "1 rows without entity were left out." in notes


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (["--window", "7d"], [3, 2, 0]),
        (["--window", "none"], [3, 2, 1]),
        (["--window", "30d", "--exclude", "refund"], [3, 1, 1]),
        (["--window", "30d", "--exclude", "refund", "--exclusion", "drop"], [2, 1, 1]),
        (["--window", "30d", "--order", "strict"], [3, 1, 1]),
        (["--window", "30d", "--order", "any"], [3, 2, 1]),
        (["--window", "30d", "--order", "anchored"], [3, 2, 1]),
        (["--window", "30d", "--hold", "plan"], [3, 2, 0]),
        (["--window", "30d", "--count", "attempts"], [3, 2, 1]),
        (["--window", "30d", "--count", "sessions"], [3, 0, 0]),
        (["--window", "30d", "--count", "sessions", "--session-gap", "3d"], [3, 2, 0]),
        (["--window", "30d", "--entry", "first"], [3, 2, 1]),
        (["--window", "0d", "--grace", "1d"], [3, 1, 0]),
    ],
)
def test_each_option_of_a_funnel_is_heard(columns: list[str], more: list[str], expected: list[int]) -> None:
    answer, _ = funnel(columns, "--steps", "visit,trial|demo,buy", *more, "--json")
    assert [step["count"] for step in answer["steps"]] == expected


def test_a_split_may_be_by_the_value_at_a_later_step(columns: list[str]) -> None:
    asked = ["--steps", "visit,trial,buy", "--window", "30d", "--by", "plan", "--json", "--attribution"]
    found = {}
    for more in (["last"], ["all"], ["step", "--attributed-step", "3"]):
        answer, _ = funnel(columns, *asked, *more)
        found[more[0]] = {label: [step["count"] for step in steps] for label, steps in answer["by"].items()}
    assert found == {
        "last": {"(none)": [1, 0, 0], "paid": [2, 2, 1]},
        "all": {"(none)": [1, 0, 0], "free": [1, 1, 0], "paid": [1, 1, 0]},
        "step": {"(none)": [2, 1, 0], "paid": [1, 1, 1]},
    }


def test_a_sorted_parquet_file_is_counted_in_batches(columns: list[str], tmp_path: Path) -> None:
    parquet.write_table(load_columns(Path(columns[1])).sort_by("user"), tmp_path / "events.parquet")
    streamed = [columns[0], str(tmp_path / "events.parquet"), *columns[2:], "--streamed"]
    asked = ["--steps", "visit,trial,buy", "--window", "30d", "--by", "plan", "--json"]
    (whole, _), (parts, notes) = funnel(columns, *asked), funnel(streamed, *asked)
    assert {key: parts[key] for key in ("steps", "by")} == {key: whole[key] for key in ("steps", "by")}
    assert "1 rows without entity were left out." in notes
    assert "only those are read in batches" in funnel([*columns, "--streamed"], *asked, code=1)[0]["error"]["message"]


def test_details_add_intervals_and_times(columns: list[str]) -> None:
    answer, _ = funnel(columns, "--steps", "visit,trial", "--window", "30d", "--details", "--json")
    step = answer["steps"][1]
    assert (step["step_rate"], step["median_s"], step["step_p90_s"]) == (2 / 3, 129_600, 164_160)
    assert step["interval"] == pytest.approx([0.2077, 0.9385], abs=1e-4)


def test_a_funnel_for_people_is_a_table(columns: list[str]) -> None:
    text, _ = funnel(columns, "--steps", "visit,trial", "--window", "30d", "--by", "plan")
    assert [line.split()[:3] for line in text.splitlines()[1:3]] == [["visit", "3", "100.0"], ["trial", "2", "66.7"]]
    assert "1.5 d" in text


def test_a_step_with_a_comma_stands_in_quotes(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text('u,t,e\n1,2026-01-01,"a, b"\n1,2026-01-02,c\n')
    columns = ["--events", str(path), "--entity", "u", "--time", "t", "--event", "e"]
    answer, _ = funnel(columns, "--steps", '"a, b", c', "--window", "1d", "--json")
    assert [step["count"] for step in answer["steps"]] == [1, 1]


def test_an_unknown_event_counts_zero_and_is_pointed_out(columns: list[str]) -> None:
    answer, notes = funnel(columns, "--steps", "visit,tryal", "--window", "1d", "--json")
    assert answer["steps"][1] == {"step": "tryal", "count": 0, "rate": 0.0}
    assert "No event is called 'tryal'. Did you mean trial?" in notes


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            ["--steps", "visit,buy", "--window", "30d", "--by", "plans"],
            "There is no column 'plans'. Did you mean plan?",
        ),
        (["--steps", "visit", "--window", "30d"], "A funnel has 2 to 20 steps; this one has 1."),
        (["--steps", "visit,buy", "--window", "30 fortnights"], "is not a conversion window"),
    ],
)
def test_a_request_that_fails_ends_with_1_and_says_why(columns: list[str], more: list[str], message: str) -> None:
    answer, _ = funnel(columns, *more, "--json", code=1)
    assert message in answer["error"]["message"]
    _, complaint = funnel(columns, *more, code=1)
    assert message in " ".join(complaint.split())


def test_wrong_usage_ends_with_2(columns: list[str]) -> None:
    funnel(columns, "--steps", "visit,buy", "--window", "30d", "--order", "sideways", code=2)
    funnel(columns, "--steps", "visit,buy", code=2)
    said(["retention", *columns, "--start", "visit", "--return", "buy", "--periods", "many"], 2)


def retention(columns: list[str], *more: str, code: int = 0) -> tuple[Any, str]:
    return said(["retention", *columns, "--start", "visit", *more], code)


def test_retention_in_json_has_the_documented_shape(columns: list[str]) -> None:
    answer, _ = retention(columns, "--return", "any", "--period", "week", "--periods", "4", "--json")
    assert answer.pop("elapsed_ms") > 0
    assert answer == {
        "cohorts": [
            {"cohort": "2026-01-05", "size": 2, "counts": [2, 0, 1, None]},
            {"cohort": "2026-01-12", "size": 1, "counts": [1, 0, None, None]},
        ]
    }


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (["--return", "trial|buy", "--period", "week", "--mode", "unbounded"], [("2026-01-05", [2, 1, 1])]),
        (["--return", "buy", "--period", "month"], [("2026-01", [1, None, None])]),
        (["--return", "trial", "--period", "day"], [("2026-01-05", [0, 1, 1])]),
        (["--return", "trial", "--period", "day", "--timezone", "Pacific/Honolulu"], [("2026-01-04", [0, 1, 1])]),
        (["--return", "buy", "--period", "week", "--week-start", "tuesday"], [("2025-12-30", [0, 0, 0])]),
    ],
)
def test_each_option_of_retention_is_heard(columns: list[str], more: list[str], expected: list[object]) -> None:
    answer, _ = retention(columns, *more, "--periods", "3", "--json")
    assert [(cohort["cohort"], cohort["counts"]) for cohort in answer["cohorts"]][:1] == expected


def test_retention_for_people_marks_the_period_that_had_not_ended(columns: list[str]) -> None:
    text, _ = retention(columns, "--return", "any", "--period", "week", "--periods", "3")
    assert [line.split() for line in text.splitlines()[:3]] == [
        ["Cohort", "Size", "Week", "0", "Week", "1", "Week", "2"],
        ["2026-01-05", "2", "100.0%", "0.0%", "50.0%*"],
        ["2026-01-12", "1", "100.0%", "0.0%*"],
    ]
    assert "* That week had not ended" in text


def test_retention_needs_no_event_column(columns: list[str]) -> None:
    answer, _ = said(["retention", *columns[:-2], "--start", "any", "--return", "any", "--periods", "1", "--json"])
    assert [cohort["size"] for cohort in answer["cohorts"]] == [2, 1]


def test_an_unknown_time_zone_is_refused_with_the_nearest(columns: list[str]) -> None:
    answer, _ = retention(columns, "--return", "buy", "--timezone", "Europe/Berlyn", "--json", code=1)
    assert "Did you mean Europe/Berlin" in answer["error"]["message"]


def test_the_choices_of_the_command_are_those_of_the_specs() -> None:
    # They are written out there, so that help and completion need not import the metrics.
    hints = get_type_hints(behaviour.funnel) | get_type_hints(behaviour.retention)
    kinds = {"order": Order, "exclusion": Exclusion, "period": Period, "mode": Mode, "week_start": Weekday}
    kinds |= {"attribution": Attribution, "entry": Entry}
    for name, kind in kinds.items():
        assert set(get_args(hints[name])) == {one.value for one in kind}


def test_the_command_line_starts_without_numba_and_metrics() -> None:
    code = "import sys, app.cli; print(sorted({'numba', 'metrics', 'pyarrow', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_package_is_imported_without_numba() -> None:
    code = "import sys, metrics.behaviour; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_kernels_run_where_nothing_can_be_written(tmp_path: Path) -> None:
    code = "import core.machine as m; f = m.kernel(eval('lambda x: x + 1')); print(f(1))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "2"
