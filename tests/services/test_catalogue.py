"""The catalogue: uses, lineage, history, and edits that collide."""

import datetime as dt

import pyarrow as pa
import pytest

from app.ui.lineage_map import LineageNode, lineage_tree
from app.ui.template import render
from core.errors import ConflictError, ForbiddenError, InvalidError
from metrics import DefinitionError, MetricQuery
from services.catalogue import difference, list_entries, model_versions, save_model
from services.definitions import apply_definitions
from services.imports import list_imports, load_tables
from services.notebooks import save_notebooks
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.query import ask
from tenants.access import Principal, Role, operator

ORDERS = """model: orders
table: orders
key: id
time: day
dimensions: {day: {type: time, column: day}}
measures: {value: {agg: sum, sql: amount}, all: {agg: count}}
metrics:
  revenue: {kind: simple, measure: value, label: Revenue, unit: EUR, owner: ada@acme.example}
  orders: {kind: simple, measure: all}
  mean: {kind: ratio, numerator: revenue, denominator: orders}
"""
HOME = "notebook: home\ntitle: Home\ncells:\n  - {name: a, kind: metric, metric: revenue, period: quarter}\n"
HALVED = ORDERS.replace("sql: amount", "sql: amount / 2")


@pytest.fixture
def defined(platform: Platform) -> tuple[Platform, Principal]:
    tenant = create_tenant(platform, slug="acme", name="Acme", calendar_day=dt.date(2026, 8, 20))
    principal = operator(tenant)
    rows = {"id": [1, 2], "day": pa.array([dt.date(2026, 8, 1)] * 2, pa.date32()), "amount": [10, 30]}
    load_tables(platform, principal, {"orders": pa.table(rows)})
    apply_definitions(platform, principal, {"orders.yaml": ORDERS})
    save_notebooks(platform, principal, {"home.yaml": HOME})
    return platform, principal


def revenue(platform: Platform, principal: Principal) -> object:
    return ask(platform, principal, MetricQuery(metrics=("revenue",))).row(0)["revenue"]


def test_an_entry_tells_where_a_metric_comes_from_and_who_uses_it(defined: tuple[Platform, Principal]) -> None:
    platform, principal = defined
    entry = list_entries(platform, principal)["revenue"]
    assert (entry.metric.owner, entry.problem, entry.uses) == ("ada@acme.example", "", 2)
    assert entry.notebooks == (("home", "Home"),)
    assert entry.part_of == ("mean",)
    assert list_entries(platform, principal)["mean"].made_of == ("revenue", "orders")
    (origin,) = entry.origins
    assert (origin.model, origin.table, origin.source) == ("orders", "orders", "demo")
    assert origin.loaded_at == list_imports(platform, principal)[0].created_at


def test_a_broken_metric_stays_in_the_catalogue_with_the_reason(defined: tuple[Platform, Principal]) -> None:
    platform, principal = defined
    day = pa.array([dt.date(2026, 8, 1)], pa.date32())
    load_tables(platform, principal, {"orders": pa.table({"id": [1], "day": day})})
    entries = list_entries(platform, principal)
    assert "amount" in entries["revenue"].problem
    assert entries["orders"].problem == ""
    assert entries["mean"].problem


def test_one_save_is_in_force_and_an_old_version_is_restored(defined: tuple[Platform, Principal]) -> None:
    platform, principal = defined
    assert save_model(platform, principal, "orders", HALVED, based_on=1) == 2
    assert revenue(platform, principal) == 20
    newest, oldest = model_versions(platform, principal, "orders")
    assert (newest.version, newest.text, oldest.text) == (2, HALVED, ORDERS)
    assert save_model(platform, principal, "orders", oldest.text, based_on=2) == 3
    assert revenue(platform, principal) == 40


def test_the_second_of_two_edits_is_refused_and_nothing_is_lost(defined: tuple[Platform, Principal]) -> None:
    platform, principal = defined
    save_model(platform, principal, "orders", HALVED, based_on=1)
    other = ORDERS.replace("label: Revenue", "label: Turnover")
    with pytest.raises(ConflictError, match="you began with version 1, and version 2 is in force"):
        save_model(platform, principal, "orders", other, based_on=1)
    assert revenue(platform, principal) == 20
    changed = difference(HALVED, other, before="theirs", after="yours").splitlines()
    assert [line for line in changed if line.startswith(("+ ", "- "))] != []
    save_model(platform, principal, "orders", other, based_on=2)
    assert list_entries(platform, principal)["revenue"].metric.label == "Turnover"


def test_all_problems_are_told_with_their_lines_and_nothing_is_saved(defined: tuple[Platform, Principal]) -> None:
    platform, principal = defined
    wrong = ORDERS.replace("measure: value", "measure: valeu").replace("kind: ratio", "kind: rtaio")
    with pytest.raises(DefinitionError) as caught:
        save_model(platform, principal, "orders", wrong, based_on=1)
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [
        ("orders.yaml", 8), ("orders.yaml", 10),
    ]  # fmt: skip
    assert len(model_versions(platform, principal, "orders")) == 1


def test_another_model_is_not_replaced_unseen_and_readers_save_nothing(defined: tuple[Platform, Principal]) -> None:
    platform, principal = defined
    with pytest.raises(InvalidError, match="defines model bills, and you are editing orders"):
        save_model(platform, principal, "orders", ORDERS.replace("model: orders", "model: bills"), based_on=1)
    with pytest.raises(InvalidError, match="no definition of a model bills"):
        model_versions(platform, principal, "bills")
    reader = add_member(platform, principal, email="bob@acme.example", name="Bob", role=Role.EXECUTIVE)
    with pytest.raises(ForbiddenError):
        save_model(platform, reader, "orders", HALVED, based_on=1)
    assert list_entries(platform, reader)["revenue"].origins[0].source == ""


def test_another_tenant_has_another_catalogue(defined: tuple[Platform, Principal]) -> None:
    platform, principal = defined
    other = operator(create_tenant(platform, slug="other", name="Other"))
    apply_definitions(platform, principal, {"orders.yaml": HALVED})
    with pytest.raises(InvalidError, match="no definition of a model orders"):
        model_versions(platform, other, "orders")
    with pytest.raises(InvalidError, match="no metrics yet"):
        list_entries(platform, other)


def drawn(node: LineageNode) -> list[str]:
    """Every box of a tree as it is read, indented by its depth."""
    lines = [f"{node.kind}: {node.name}"]
    return [*lines, *(f"  {line}" for child in node.children for line in drawn(child))]


def test_the_tree_of_a_metric_leads_from_its_inputs_to_the_last_load(defined: tuple[Platform, Principal]) -> None:
    platform, principal = defined
    entries = list_entries(platform, principal)
    loaded = f"{list_imports(platform, principal)[0].created_at:%Y-%m-%d %H:%M} UTC"
    chain = ["Model: Orders", "  Table: orders", "    Source: demo", f"      Last loaded: {loaded}"]
    assert drawn(lineage_tree(entries, "mean")) == [
        "Metric: Mean",
        "  Metric: Revenue", *(f"    {line}" for line in chain),
        "  Metric: Orders", *(f"    {line}" for line in chain),
    ]  # fmt: skip
    assert [child.act for child in lineage_tree(entries, "mean").children] == ["revenue", "orders"]
    assert drawn(lineage_tree(entries, "revenue")) == ["Metric: Revenue", *(f"  {line}" for line in chain)]


def test_a_metric_that_comes_twice_in_a_tree_is_drawn_once_and_named_again(
    defined: tuple[Platform, Principal],
) -> None:
    platform, principal = defined
    more = ORDERS + "  again: {kind: ratio, numerator: mean, denominator: revenue}\n"
    apply_definitions(platform, principal, {"orders.yaml": more})
    lines = drawn(lineage_tree(list_entries(platform, principal), "again"))
    assert [line.strip() for line in lines if "Revenue" in line] == ["Metric: Revenue", "Metric, as above: Revenue"]


def test_names_in_a_tree_are_text(defined: tuple[Platform, Principal]) -> None:
    platform, principal = defined
    apply_definitions(platform, principal, {"orders.yaml": ORDERS.replace("label: Revenue", 'label: "<b>Revenue"')})
    tree = lineage_tree(list_entries(platform, principal), "mean")
    markup = render("lineage_map.html", tree=tree)
    assert "&lt;b&gt;Revenue" in markup
    assert "<b>" not in markup
    assert markup.count("<ul") == markup.count("</ul>") > 4
