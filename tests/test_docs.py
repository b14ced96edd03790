"""What the documentation must name: every setting, permission, error code, command and kind, and no dead link."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import api
import charts
import connectors
import core
import exports
import metrics
import notebooks
import pages
import services
import tenants
from app.cli.commands import app as command_line
from charts import ChartKind
from core.errors import AppError
from core.registry import find_kinds
from core.settings import Settings
from metrics.query import Grain
from notebooks import cell_kinds
from tenants.access import Permission, Role, permissions_of

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = (ROOT / "docs" / "settings.md").read_text()


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented_and_described(name: str) -> None:
    assert f"`PLUMBLINE_{name.upper()}`" in REFERENCE
    assert Settings.model_fields[name].description


@pytest.mark.parametrize("permission", list(Permission))
def test_the_permission_table_is_what_the_code_says(permission: Permission) -> None:
    row = re.search(rf"^\| `{permission.value}` \|(.*?)\|(.*?)\|(.*?)\|(.*?)\|", REFERENCE, re.MULTILINE)
    assert row is not None
    roles = ("admin", "analyst", "executive", "manager")
    documented = {role for role, cell in zip(roles, row.groups(), strict=True) if "yes" in cell}
    assert documented == {role.value for role in Role if permission in permissions_of(role)}


def _error_classes() -> list[type[AppError]]:
    for package in (api, charts, connectors, core, exports, metrics, notebooks, services, tenants):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." not in module.name:
                importlib.import_module(module.name)
    found: list[type[AppError]] = []
    waiting: list[type[AppError]] = [AppError]
    while waiting:
        waiting += (kind := waiting.pop()).__subclasses__()
        found.append(kind)
    return [kind for kind in found if not kind.__module__.startswith("tests")]


def test_every_error_code_is_documented_with_its_status() -> None:
    expected = {(kind.code, kind.status) for kind in _error_classes() if kind.code != "error"}
    rows = re.findall(r"^\| `([a-z_]+)` \| (\d{3}) \|", REFERENCE, re.MULTILINE)
    assert {(code, int(status)) for code, status in rows} == expected


def test_every_command_takes_data_and_json_and_is_in_the_readme_or_its_help() -> None:
    runner = CliRunner()
    for words in (
        ["serve"], ["demo"], ["tenant", "create"], ["tenant", "list"], ["member", "add"], ["member", "list"],
        ["member", "roles"], ["member", "deactivate"], ["member", "reactivate"], ["signin-link"], ["import"],
        ["metrics", "apply"], ["metrics", "export"], ["notebook", "list"], ["notebook", "import"],
        ["notebook", "export"], ["grants", "list"], ["grants", "set"], ["query"],
        ["report"], ["doctor"], ["sql"], ["policy", "apply"], ["policy", "preview"], ["policy", "explain"],
        ["audit", "verify"], ["audit", "export"], ["audit", "report"], ["audit", "prune"], ["usage"],
        ["key", "rotate"], ["tenant", "backup"], ["tenant", "restore"], ["tenant", "export"], ["tenant", "erase"],
        ["tenant", "rotate-key"], ["tenant", "limits"], ["tenant", "settings"], ["second-factor"],
        ["reset-second-factor"],
        ["schedule", "add"], ["schedule", "list"], ["schedule", "remove"], ["schedule", "pause"],
        ["alert", "add"], ["alert", "list"], ["alert", "check"], ["alert", "snooze"], ["alert", "acknowledge"],
        ["alert", "pause"], ["alert", "remove"],
        ["deliver"], ["delivery", "list"], ["delivery", "open"], ["worker"], ["channel", "slack"],
        ["source", "add"], ["source", "list"], ["source", "check"], ["source", "sync"], ["source", "runs"],
        ["source", "remove"], ["source", "try"], ["source", "schedule"], ["source", "map"],
        ["quality", "apply"], ["quality", "list"], ["quality", "run"],
        ["team", "list"], ["team", "save"], ["team", "remove"],
    ):  # fmt: skip
        help_text = runner.invoke(command_line, [*words, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).stdout
        assert "--data" in help_text, words
        assert "--json" in help_text, words


def test_every_kind_of_cell_chart_grain_and_aggregate_is_documented() -> None:
    notebooks_page = (ROOT / "docs" / "notebooks.md").read_text()
    for kind in cell_kinds():
        assert f"`{kind}`" in notebooks_page
    for chart in ChartKind:
        assert f"`{chart.value}`" in notebooks_page
    metrics_page = (ROOT / "docs" / "metrics.md").read_text()
    for word in (*Grain, *metrics.Aggregation):
        assert f"`{word.value}`" in metrics_page


def test_every_file_that_a_promise_of_security_names_exists() -> None:
    named = set(
        re.findall(
            r"`((?:app|core|metrics|services|tenants|tests)/[\w/.]+)`", (ROOT / "docs" / "security.md").read_text()
        )
    )
    assert len(named) > 40
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_gallery_shows_every_page_of_the_navigation() -> None:
    gallery = (ROOT / "docs" / "gallery.md").read_text()
    titles = [module.PAGE.title for module in find_kinds(pages).values()]
    assert [title for title in titles if f"\n## {title}\n" not in gallery] == []


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=str)
def test_no_link_leads_nowhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


# The requirements of levels 1 and 2 of ASVS 4.0.3: how many each section has, but for those that it leaves out.
_ASVS = {
    "2.1": 12, "2.2": 3, "2.3": 3, "2.4": 5, "2.5": 7, "2.6": 3, "2.7": 6, "2.8": 7, "2.9": 3, "2.10": 4,
    "3.1": 1, "3.2": 4, "3.3": 4, "3.4": 5, "3.5": 3, "3.7": 1, "4.1": 5, "4.2": 2, "4.3": 3,
    "5.1": 5, "5.2": 8, "5.3": 10, "5.4": 3, "5.5": 4, "8.1": 4, "8.2": 3, "8.3": 8, "9.1": 3, "9.2": 4,
    "12.1": 3, "12.2": 1, "12.3": 6, "12.4": 2, "12.5": 2, "12.6": 1, "13.1": 5, "13.2": 6, "13.3": 2, "13.4": 2,
}  # fmt: skip
_ASVS_LEFT_OUT = {"4.1.4", "13.1.2", "13.2.4"}
_ASVS_STATES = {"met", "no", "not used", "operator", "partly"}


def _asvs_rows() -> list[tuple[str, str, str]]:
    """Requirement, state and how, a row for each requirement of the table in security.md."""
    text = (ROOT / "docs" / "security.md").read_text().partition("## OWASP ASVS")[2]
    found: list[tuple[str, str, str]] = []
    for first, last, state, how in re.findall(
        r"^\| ([\d.]+)(?: (?:to|and) ([\d.]+))? [^|]*\| ([^|]+) \| (.*) \|$", text, re.MULTILINE
    ):
        section, _, number = first.rpartition(".")
        numbers = range(int(number), int((last or first).rpartition(".")[2]) + 1)
        found += [(f"{section}.{one}", state, how) for one in numbers]
    return found


def test_every_requirement_of_the_security_standard_is_answered_once() -> None:
    expected = {f"{section}.{number}" for section, count in _ASVS.items() for number in range(1, count + 1)}
    rows = _asvs_rows()
    assert sorted(number for number, _, _ in rows) == sorted(expected - _ASVS_LEFT_OUT)
    assert {state for _, state, _ in rows} <= _ASVS_STATES
    assert [number for number, _, how in rows if not how.strip()] == []


def test_every_test_that_the_security_table_names_exists() -> None:
    text = (ROOT / "docs" / "security.md").read_text()
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert len(named) > 30
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text())
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{path}::{name}"
