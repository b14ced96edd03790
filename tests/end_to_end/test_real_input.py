"""Real files in, known answers out, all through the command: the four files of the Maven Analytics CRM set."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import ROOT, answer_of, plumbline

DEFINITIONS = ROOT / "tests" / "data" / "crm_maven"
FILES = ("accounts.csv", "products.csv", "sales_pipeline.csv", "sales_teams.csv")


@pytest.fixture(scope="module")
def imported(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """A data folder with the four files imported and the definitions applied, and the import's report."""
    data = tmp_path_factory.mktemp("maven") / "data"
    answer_of("tenant", "create", "maven", "--name", "Maven", data=data)
    paths = [str(shared_data / "crm_maven" / name) for name in FILES]
    report = answer_of("import", *paths, "--tenant", "maven", data=data)
    answer_of("metrics", "apply", str(DEFINITIONS), "--tenant", "maven", data=data)
    return data, report


Imported = tuple[Path, dict[str, object]]


def _query(imported: Imported, *arguments: str) -> list[list[object]]:
    answer = answer_of("query", "--tenant", "maven", *arguments, data=imported[0])
    assert set(answer) == {"columns", "rows", "watermark", "sql", "sentence"}
    rows: list[list[object]] = answer["rows"]  # type: ignore[assignment]
    return rows


def test_totals_are_the_published_ones(imported: Imported) -> None:
    metrics = ("revenue_won", "win_rate", "won_deals", "average_deal", "sales_cycle_days")
    asked = [word for metric in metrics for word in ("--metric", metric)]
    [[revenue, rate, deals, average, days]] = _query(imported, *asked)
    assert revenue == 10_005_534
    assert rate == pytest.approx(0.6315, abs=5e-5)
    assert deals == 4_238
    assert average == pytest.approx(2_360.91, abs=5e-3)
    assert days == pytest.approx(51.8, abs=5e-2)


def test_win_rate_by_regional_office(imported: Imported) -> None:
    rows = _query(imported, "--metric", "win_rate", "--by", "region")
    assert {row[0]: round(float(str(row[1])) * 100, 2) for row in rows} == {
        "Central": 62.56,
        "East": 63.02,
        "West": 63.94,
    }


def test_win_rate_by_close_quarter(imported: Imported) -> None:
    asked = ("--metric", "win_rate", "--grain", "quarter", "--from", "2017-01-01", "--to", "2017-12-31")
    rows = _query(imported, *asked)
    assert [row[0] for row in rows] == ["2017-01-01", "2017-04-01", "2017-07-01", "2017-10-01"]
    assert [round(float(str(row[1])) * 100, 2) for row in rows] == [82.07, 61.71, 61.41, 60.25]


def test_a_filter_keeps_one_region(imported: Imported) -> None:
    [[rate]] = _query(imported, "--metric", "win_rate", "--where", 'region = "West"')
    assert round(float(str(rate)) * 100, 2) == 63.94


def test_deals_without_a_product_match_are_reported_and_not_dropped(imported: Imported) -> None:
    told = json.dumps(imported[1])
    assert "1,480" in told
    assert "GTXPro" in told
    assert "1,425" in told
    rows = _query(imported, "--metric", "won_deals", "--by", "product")
    assert sum(int(str(row[1])) for row in rows) == 4_238


def test_table_and_csv_show_the_same_numbers(imported: Imported) -> None:
    asked = ("query", "--tenant", "maven", "--metric", "win_rate", "--by", "region")
    shown = plumbline(*asked, data=imported[0]).stdout
    assert "62.56\u202f%" in shown
    lines = plumbline(*asked, "--format", "csv", data=imported[0]).stdout.splitlines()
    assert lines[0] == "region,win_rate"
    assert lines[1].startswith("Central,0.6255")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--metric", "win_rat"), "Did you mean win_rate"),
        (("--metric", "win_rate", "--by", "regoin"), "Did you mean region"),
        (("--metric", "win_rate", "--where", "regin = 'West'"), "Did you mean region"),
        (("--metric", "win_rate", "--grain", "qarter"), "Did you mean quarter"),
        (("--metric", "win_rate", "--from", "01/02/2017"), "2026-01-31"),
        (("--metric", "win_rate", "--as", "nobody@example.com"), "no member"),
        (("--metric", "win_rate", "--order", "-revenu"), "order"),
    ],
)
def test_a_question_that_cannot_be_answered_ends_with_1_and_says_why(
    imported: Imported, arguments: tuple[str, ...], reason: str
) -> None:
    done = plumbline("query", "--tenant", "maven", *arguments, data=imported[0])
    assert done.returncode == 1
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    as_json = plumbline("query", "--tenant", "maven", *arguments, "--json", data=imported[0])
    assert reason in json.loads(as_json.stdout)["error"]["message"]


def test_wrong_usage_ends_with_2(imported: Imported) -> None:
    for arguments in (
        ("query",),
        ("query", "--tenant"),
        ("nonsense",),
        ("query", "--tenant", "x", "--metric", "y", "--format", "xml"),
    ):
        assert plumbline(*arguments, data=imported[0]).returncode == 2


def test_an_unknown_tenant_names_the_nearest(imported: Imported) -> None:
    done = plumbline("query", "--tenant", "mavn", "--metric", "win_rate", data=imported[0])
    assert done.returncode == 1
    assert "Did you mean maven" in done.stderr


def test_definitions_come_out_as_they_went_in(imported: Imported, tmp_path: Path) -> None:
    answer_of("metrics", "export", "--tenant", "maven", "--out", str(tmp_path), data=imported[0])
    applied = sorted(path.read_text() for path in DEFINITIONS.glob("*.yaml"))
    assert sorted(path.read_text() for path in tmp_path.glob("*.yaml")) == applied
    again = answer_of("metrics", "apply", str(tmp_path), "--tenant", "maven", data=imported[0])
    assert again["changed"] == []


def test_a_broken_definition_is_refused_with_all_problems_and_nothing_changes(
    imported: Imported, tmp_path: Path
) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(DEFINITIONS, folder)
    text = (folder / "deals.yaml").read_text()
    (folder / "deals.yaml").write_text(text.replace("close_value", "close_valu").replace("kind: ratio", "kind: ratoi"))
    done = plumbline("metrics", "apply", str(folder), "--tenant", "maven", data=imported[0])
    assert done.returncode == 1
    assert "deals.yaml" in done.stderr
    assert "close_value" in done.stderr
    assert "ratio" in done.stderr
    [[deals]] = _query(imported, "--metric", "won_deals")
    assert deals == 4_238


def test_a_failed_import_names_file_and_row_and_leaves_the_store_as_before(imported: Imported, tmp_path: Path) -> None:
    before = answer_of("tenant", "list", data=imported[0])
    bad = tmp_path / "accounts.csv"
    bad.write_text("account,sector\nAcme,retail\nBroken,retail,one,two,many\n")
    done = plumbline("import", str(bad), "--tenant", "maven", data=imported[0])
    assert done.returncode == 1
    assert "accounts.csv" in done.stderr
    assert "3" in done.stderr
    assert "nothing was loaded" in done.stderr.lower()
    assert answer_of("tenant", "list", data=imported[0]) == before


def test_doctor_finds_nothing_wrong(imported: Imported) -> None:
    answer = answer_of("doctor", data=imported[0])
    assert answer["ok"] is True
    checks: list[dict[str, object]] = answer["checks"]  # type: ignore[assignment]
    assert {"Master key", "Store of maven", "Metrics of maven"} <= {check["name"] for check in checks}


def test_the_installed_command_runs_as_a_process_of_its_own(imported: Imported) -> None:
    command = [sys.executable, "-m", "app.cli", "tenant", "list", "--data", str(imported[0])]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0
    assert "maven" in done.stdout
    failed = subprocess.run([*command[:4], "lst"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert failed.returncode == 2


def test_an_import_says_what_it_replaces_and_which_metrics_it_breaks(shared_data: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    answer_of("tenant", "create", "maven", data=data)
    answer_of("import", *(str(shared_data / "crm_maven" / name) for name in FILES), "--tenant", "maven", data=data)
    answer_of("metrics", "apply", str(DEFINITIONS), "--tenant", "maven", data=data)
    other = tmp_path / "accounts.csv"
    other.write_text("account,colour\nAcme,red\nBetasoloin,blue\n")
    report: dict[str, Any] = answer_of("import", str(other), "--tenant", "maven", data=data)
    [replaced] = report["replaced"]
    assert (replaced["table"], replaced["rows_before"], replaced["columns_new"]) == ("accounts", 85, ["colour"])
    assert replaced["columns_gone"] == sorted(
        ["sector", "year_established", "revenue", "employees", "office_location", "subsidiary_of"]
    )
    assert "customer_employees" in report["broken"]
    answer: dict[str, Any] = answer_of("query", "--tenant", "maven", "--metric", "won_deals", data=data)
    assert answer["rows"] == [[4_238]]
    done = plumbline("query", "--tenant", "maven", "--metric", "customer_employees", data=data)
    assert done.returncode == 1
    assert "accounts.yaml" in done.stderr
    assert "employees" in done.stderr


def test_first_metrics_are_proposed_from_the_files_alone(shared_data: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    answer_of("tenant", "create", "maven", data=data)
    answer_of("import", *(str(shared_data / "crm_maven" / name) for name in FILES), "--tenant", "maven", data=data)
    out = tmp_path / "drafts"
    drafted: dict[str, Any] = answer_of("metrics", "propose", "--tenant", "maven", "--out", str(out), data=data)
    assert sorted(path.stem for path in out.iterdir()) == [Path(file).stem for file in sorted(FILES)]
    assert sorted(drafted["files"]) == sorted(str(path) for path in out.iterdir())
    again = plumbline("metrics", "propose", "--tenant", "maven", "--out", str(out), data=data)
    assert again.returncode == 1
    assert "exists already" in again.stderr
    answer_of("metrics", "apply", str(out), "--tenant", "maven", data=data)
    asked = ["--metric", "sales_pipeline_win_rate", "--metric", "sales_pipeline_won_close_value"]
    answer: dict[str, Any] = answer_of("query", "--tenant", "maven", *asked, data=data)
    [[rate, revenue]] = answer["rows"]
    assert (round(rate * 100, 2), revenue) == (63.15, 10_005_534)
    by_office: dict[str, Any] = answer_of(
        "query", "--tenant", "maven", *asked[:2], "--by", "regional_office", data=data
    )
    assert {row[0]: round(row[1] * 100, 2) for row in by_office["rows"]} == {
        "Central": 62.56,
        "East": 63.02,
        "West": 63.94,
    }
    nothing: dict[str, Any] = answer_of("metrics", "propose", "--tenant", "maven", "--apply", data=data)
    assert (nothing["drafts"], nothing["changed"]) == ({}, [])


def test_a_model_is_removed_by_prune_and_kept_otherwise(tmp_path: Path) -> None:
    data = tmp_path / "data"
    answer_of("tenant", "create", "acme", data=data)
    rows = tmp_path / "orders.csv"
    rows.write_text("id,amount\n1,10\n2,20\n")
    answer_of("import", str(rows), "--tenant", "acme", data=data)
    text = "model: orders\ntable: orders\nkey: id\nmeasures: {value: {agg: sum, sql: amount}}\n"
    text += "metrics: {revenue: {kind: simple, measure: value}}\n"
    (tmp_path / "a.yaml").write_text(text)
    (tmp_path / "b.yaml").write_text(text.replace("model: orders", "model: renamed").replace("revenue", "income"))
    answer_of("metrics", "apply", str(tmp_path / "a.yaml"), "--tenant", "acme", data=data)
    kept = answer_of("metrics", "apply", str(tmp_path / "b.yaml"), "--tenant", "acme", data=data)
    assert kept["kept"] == ["orders"]
    pruned = answer_of("metrics", "apply", str(tmp_path / "b.yaml"), "--tenant", "acme", "--prune", data=data)
    assert pruned["removed"] == ["orders"]
    assert plumbline("query", "--tenant", "acme", "--metric", "revenue", data=data).returncode == 1
    assert answer_of("query", "--tenant", "acme", "--metric", "income", data=data)["rows"] == [[30]]


def test_notebooks_go_in_and_come_out_and_become_reports(tmp_path: Path, imported: Imported) -> None:
    text = "notebook: review\ntitle: Review\ncells:\n  - {name: deals, kind: metric, metric: won_deals, period: year}\n"
    (tmp_path / "review.yaml").write_text(text)
    assert answer_of("notebook", "import", str(tmp_path), "--tenant", "maven", data=imported[0])["changed"] == [
        "review"
    ]
    out = tmp_path / "out"
    answer_of("notebook", "export", "--tenant", "maven", "--out", str(out), data=imported[0])
    assert (out / "review.yaml").read_text() == text
    written = answer_of("report", "review", "--tenant", "maven", "--out", str(out), data=imported[0])
    assert Path(str(written["path"])).read_bytes().startswith(b"%PDF-")
    (tmp_path / "review.yaml").write_text(text.replace("won_deals", "won deals").replace("kind: metric", "kind: metrc"))
    done = plumbline("notebook", "import", str(tmp_path), "--tenant", "maven", data=imported[0])
    assert done.returncode == 1
    assert "Did you mean metric" in done.stderr


def test_a_folder_without_data_is_not_taken_for_an_installation(tmp_path: Path) -> None:
    for arguments in (("tenant", "list"), ("doctor",), ("query", "--tenant", "x", "--metric", "y")):
        done = plumbline(*arguments, data=tmp_path / "nowhere")
        assert done.returncode == 1
        assert "There is no Plumbline data" in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_doctor_ends_with_1_and_says_what_is_wrong(tmp_path: Path) -> None:
    data = tmp_path / "data"
    answer_of("tenant", "create", "acme", data=data)
    answer_of("tenant", "list", data=data)
    [store] = data.glob("stores/*/store.duckdb")
    store.write_bytes(b"damaged" * 5000)
    done = plumbline("doctor", data=data)
    assert done.returncode == 1
    assert "FAILED" in done.stdout
    assert "Traceback" not in done.stderr
    assert "went wrong" not in done.stderr


def test_what_cannot_be_written_is_told(tmp_path: Path, imported: Imported) -> None:
    (tmp_path / "taken").write_text("a file")
    done = plumbline("metrics", "export", "--tenant", "maven", "--out", str(tmp_path / "taken"), data=imported[0])
    assert done.returncode == 1
    assert "cannot be used as a folder" in done.stderr
