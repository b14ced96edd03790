"""Checks of tables: what each counts, when it fails, what it marks and keeps out. Numbers are counted by hand."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from core.errors import ForbiddenError
from core.settings import Settings
from metrics import DefinitionError
from metrics.query import MetricQuery
from notebooks import CellRun
from services.answers import answer_as_json
from services.catalogue import list_entries
from services.definitions import apply_definitions
from services.home import open_home
from services.imports import load_tables
from services.notebooks import save_notebooks
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from services.quality.check import CheckState
from services.quality.checks import apply_checks, export_checks, remove_checks, run_checks
from services.quality.doubts import find_doubts
from services.quality.results import list_results
from services.query import ask
from services.sync.choice import StreamWish
from services.sync.job import run_sync
from services.sync.runs import RunStatus
from services.sync.sources import save_source
from tenants.access import Principal, operator

NOW = dt.datetime(2026, 8, 20, 12, tzinfo=dt.UTC)
EVERY = """table: deals
checks:
  - {check: not_null, column: amount}
  - {check: unique, columns: [id, stage]}
  - {check: unique, columns: [id]}
  - {check: accepted, column: stage, values: [Won, Lost]}
  - {check: relation, column: account, to: accounts.id}
  - {check: freshness, column: seen_at, within_h: 24}
  - {check: volume, within_percent: 30}
"""
MODEL = """model: deals
table: deals
key: id
time: seen
dimensions: {stage: {column: stage}, seen: {type: time, column: seen_at}}
measures: {value: {agg: sum, sql: amount}}
metrics: {value: {kind: simple, measure: value}}
"""
ACCOUNTS = MODEL.replace("deals", "accounts").replace("stage", "id").replace("amount", "size").replace("value", "size")
HOME = "notebook: home\ntitle: Home\ncells:\n  - {name: a, kind: table, metrics: [value], by: [stage]}\n"
HOME += "  - {name: b, kind: table, metrics: [size], by: [id]}\n"


class Clock:
    """A clock that tests put forward."""

    now = NOW

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(milliseconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def platform(settings: Settings, clock: Clock) -> Iterator[Platform]:
    """With a clock to put forward."""
    made = Platform(settings, clock=clock)
    yield made
    made.close()


@pytest.fixture
def asking(platform: Platform) -> Principal:
    """The operator of one tenant, beside another with tables of the same names."""
    others = [operator(create_tenant(platform, slug=slug, name=slug.title())) for slug in ("acme", "other")]
    for one in others:
        load_deals(platform, one)
        load_tables(platform, one, {"accounts": pa.table({"id": ["a", "b"], "size": [1, 2], "seen_at": [NOW, NOW]})})
        apply_definitions(platform, one, {"deals.yaml": MODEL, "accounts.yaml": ACCOUNTS})
        save_notebooks(platform, one, {"home.yaml": HOME})
    return others[0]


def load_deals(platform: Platform, asking: Principal, *, rows: int = 6) -> None:
    """Six rows: two without an amount, id 1 three times (once as Won again), one stage and one account unknown."""
    deals = {
        "id": [1, 1, 1, 4, 5, None],
        "stage": ["Won", "Won", "Lost", "Open", None, "Won"],
        "amount": [10, None, 30, 40, None, 60],
        "account": ["a", "b", "c", None, "a", "a"],
        "seen_at": pa.array([NOW - dt.timedelta(hours=hours) for hours in (30, 2, 50, 60, 70, 80)]),
    }
    load_tables(platform, asking, {"deals": pa.table(deals).slice(0, rows)})


def states(platform: Platform, asking: Principal) -> dict[str, tuple[str, str]]:
    return {one.label: (one.state.value, one.said) for one in list_results(platform, asking)}


def test_each_kind_counts_the_rows_that_break_it(platform: Platform, asking: Principal) -> None:
    apply_checks(platform, asking, {"deals.yaml": EVERY})
    assert states(platform, asking) == {
        "amount is never empty": ("failed", "2 rows break it."),
        "id and stage come once": ("failed", "1 row breaks it."),
        "id comes once": ("failed", "2 rows break it."),
        "stage is one of Won, Lost": ("failed", "1 row breaks it."),
        "account is found in accounts.id": ("failed", "1 row breaks it."),
        "the newest seen_at is at most 24 h old": ("passed", "The newest is of 2026-08-20 10:00 UTC."),
        "its rows are within 30 % of the usual": (
            "unknown", "6 rows; 0 of 3 earlier measurements are there to compare with.",
        ),
    }  # fmt: skip


def test_time_alone_makes_data_old(platform: Platform, asking: Principal, clock: Clock) -> None:
    apply_checks(platform, asking, {"d": "table: deals\nchecks: [{check: freshness, column: seen_at, within_h: 24}]"})
    clock.now = NOW + dt.timedelta(hours=21, minutes=59)
    assert [one.state for one in list_results(platform, asking)] == [CheckState.PASSED]
    assert find_doubts(platform, asking).failing == {}
    clock.now = NOW + dt.timedelta(hours=22, minutes=1)
    assert [one.state for one in list_results(platform, asking)] == [CheckState.FAILED]
    assert list(find_doubts(platform, asking).failing) == ["deals"]


def test_the_number_of_rows_is_compared_with_the_tables_own_past(platform: Platform, asking: Principal) -> None:
    apply_checks(platform, asking, {"d": "table: deals\nchecks: [{check: volume, within_percent: 30}]"})
    for _ in range(2):
        run_checks(platform, asking)
    (third,) = run_checks(platform, asking)
    assert (third.state, third.said) == (CheckState.PASSED, "6 rows; usually 6.")
    # Five rows are 17 % fewer, four are 33 % fewer.
    load_deals(platform, asking, rows=5)
    assert run_checks(platform, asking)[0].state is CheckState.PASSED
    load_deals(platform, asking, rows=4)
    (last,) = run_checks(platform, asking)
    assert (last.state, last.said) == (CheckState.FAILED, "4 rows; usually 6.")


def test_a_failed_check_marks_what_depends_on_its_table_and_nothing_else(platform: Platform, asking: Principal) -> None:
    def doubts() -> dict[str, str]:
        home = open_home(platform, asking)
        assert home is not None
        found = find_doubts(platform, asking)
        runs: dict[str, CellRun] = {name: found.mark(one.result()) for name, one in home.start().futures.items()}
        # An answer of the API says the same of itself.
        for metric, cell in (("value", "a"), ("size", "b")):
            answer = ask(platform, asking, MetricQuery(metrics=(metric,)))
            assert answer_as_json(platform, asking, answer, [metric]).get("doubt", "") == runs[cell].doubt
        return {name: run.doubt for name, run in runs.items()}

    assert doubts() == {"a": "", "b": ""}
    apply_checks(platform, asking, {"d": "table: deals\nchecks: [{check: not_null, column: amount}]"})
    reason = "A check of the data failed. deals: amount is never empty."
    assert doubts() == {"a": reason, "b": ""}
    assert {name: one.doubt for name, one in list_entries(platform, asking).items()} == {"value": reason, "size": ""}
    other = operator(platform.tenant("other"))
    assert (find_doubts(platform, other).failing, list_results(platform, other)) == ({}, [])
    remove_checks(platform, asking, "deals")
    assert doubts() == {"a": "", "b": ""}


def test_a_sync_measures_and_a_check_that_holds_back_keeps_the_rows_out(
    platform: Platform, asking: Principal, tmp_path: Path
) -> None:
    path = tmp_path / "crm.db"
    wishes = {"leads": StreamWish(), "tags": StreamWish()}
    with sqlite3.connect(path) as crm:
        crm.execute("CREATE TABLE leads (id INTEGER PRIMARY KEY, name TEXT)")
        crm.execute("CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT)")
        crm.execute("INSERT INTO leads VALUES (1, 'Ada')")
        crm.execute("INSERT INTO tags VALUES (1, 'x')")
    save_source(platform, asking, name="crm", kind="sql", values={"url": f"sqlite:///{path}"}, wishes=wishes)
    run_sync(platform, asking, "crm")
    held = "table: leads\nchecks: [{check: not_null, column: name, on_failure: hold_back}]"
    marked = "table: tags\nchecks: [{check: not_null, column: name}]"
    apply_checks(platform, asking, {"leads.yaml": held, "tags.yaml": marked})
    with crm:
        crm.execute("INSERT INTO leads VALUES (2, NULL), (3, 'Bob')")
        crm.execute("INSERT INTO tags VALUES (2, NULL)")
    run = run_sync(platform, asking, "crm")
    assert (run.status, run.code) == (RunStatus.FAILED, "held_back")
    assert "leads is held back, because it must be so that name is never empty. 1 row breaks it." in run.message
    assert any("Check failed, tags: name is never empty. 1 row breaks it." in line for line in run.log)
    assert (
        platform.store(asking.tenant).row_counts() | {"leads": 1, "tags": 2}
        == platform.store(asking.tenant).row_counts()
    )
    assert list(find_doubts(platform, asking).failing) == ["tags"]
    with crm:
        crm.execute("UPDATE leads SET name = 'Cy' WHERE id = 2")
    crm.close()
    again = run_sync(platform, asking, "crm")
    assert (again.status, again.counts.added) == (RunStatus.DONE, 2)


def test_a_check_of_a_column_that_went_has_failed(platform: Platform, asking: Principal) -> None:
    apply_checks(platform, asking, {"d": "table: accounts\nchecks: [{check: not_null, column: size}]"})
    load_tables(platform, asking, {"accounts": pa.table({"id": ["a"]})})
    (found,) = run_checks(platform, asking, ["accounts"])
    assert found.state is CheckState.FAILED
    assert found.said.startswith("It cannot be measured:")


def test_every_mistake_in_the_checks_is_told_with_its_line_and_nothing_is_kept(
    platform: Platform, asking: Principal
) -> None:
    text = """table: deals
checks:
  - {check: not_nul, column: amount}
  - {check: not_null, column: amont}
  - {check: accepted, column: stage}
  - {check: relation, column: account, to: accounts}
  - {check: freshness, column: seen_at, within_h: 0}
  - {check: unique}
  - {column: id}
  - {check: volume, within_percent: 10, on_failure: explode}
  - {check: volume, within_percent: 10}
"""
    with pytest.raises(DefinitionError) as caught:
        apply_checks(platform, asking, {"deals.yaml": text})
    told = str(caught.value)
    for part in (
        "deals.yaml:3", "not_null", "deals.yaml:4", "deals has no column amont", "amount", "needs `values`",
        "accounts.id", "within_h", "needs `columns`", "a check needs `check`", "hold_back", "is checked twice",
    ):  # fmt: skip
        assert part in told, part
    with pytest.raises(DefinitionError, match=r"there is no table deels\. Did you mean deals"):
        apply_checks(platform, asking, {"x": "table: deels\nchecks: [{check: volume, within_percent: 5}]"})
    assert export_checks(platform, asking) == []


def test_a_reader_is_told_of_tables_they_see_and_not_how_many_rows_broke(platform: Platform, asking: Principal) -> None:
    apply_checks(platform, asking, {"deals.yaml": EVERY})
    policy = "policy: own\nroles: [analyst]\nrows: [{table: accounts, column: id, in: [a]}]\nopen: []"
    apply_policies(platform, asking, {"own.yaml": policy})
    member = add_member(platform, asking, email="m@acme.example", name="M", role="analyst")
    assert list_results(platform, member) == []
    apply_policies(platform, asking, {"own.yaml": policy.replace("open: []", "open: [deals]")})
    found = list_results(platform, member)
    assert {one.said for one in found} == {""}
    assert sum(one.state is CheckState.FAILED for one in found) == 5
    manager = add_member(platform, asking, email="n@acme.example", name="N", role="manager")
    with pytest.raises(ForbiddenError):
        apply_checks(platform, manager, {"deals.yaml": EVERY})
