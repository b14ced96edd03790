"""Policies through the use cases: every face of a member shows the rows of their own, in their own tenant."""

from collections.abc import Callable

import pyarrow as pa
import pytest
from sqlalchemy import select

from core.errors import ForbiddenError, LimitError, RefusedError
from core.result import Result
from metrics import DefinitionError, MetricQuery
from services.definitions import apply_definitions
from services.home import filter_choices, open_home
from services.imports import load_tables
from services.notebooks import save_notebooks
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies, export_policies, find_view, preview_tables
from services.query import ask, list_values
from services.reports import export_report
from services.sql import MAX_ROWS, run_sql
from services.tables import list_tables
from tenants.access import Permission, Principal, Role, operator, permissions_of
from tenants.schema import AuditRow

ORDERS = """
model: orders
table: orders
key: id
time: day
dimensions:
  region: {column: region}
  day: {type: time, column: day}
measures: {value: {agg: sum, sql: amount}}
metrics: {value: {kind: simple, measure: value, unit: USD}}
"""
HOME = "notebook: home\ntitle: Home\ncells: [{name: value, kind: metric, metric: value, period: year}]"
POLICY = """
policy: regional
roles: [manager, analyst]
rows: [{dimension: region, in: member.regions}]
"""
DAY = pa.scalar("2026-11-02").cast(pa.date32())


def rows(*values: tuple[int, str, int]) -> pa.Table:
    ids, regions, amounts = zip(*values, strict=True)
    days = pa.array([DAY.as_py()] * len(values), pa.date32())
    return pa.table({"id": ids, "region": regions, "amount": amounts, "day": days})


@pytest.fixture
def admin(platform: Platform) -> Principal:
    """The operator of a tenant with three orders; a second tenant has one of its own."""
    acme, other = (create_tenant(platform, slug=slug, name=slug.title()) for slug in ("acme", "other"))
    for tenant, table in (
        (acme, rows((1, "EMEA", 10), (2, "AMER", 200), (3, "APAC", 3000))),
        (other, rows((1, "EMEA", 77))),
    ):
        load_tables(platform, operator(tenant), {"orders": table})
        apply_definitions(platform, operator(tenant), {"orders.yaml": ORDERS})
        save_notebooks(platform, operator(tenant), {"home": HOME})
    apply_policies(platform, operator(acme), {"regional.yaml": POLICY})
    return operator(acme)


def member(platform: Platform, admin: Principal, role: str, *regions: str, name: str = "m") -> Principal:
    attributes = {"regions": list(regions)} if regions else {}
    return add_member(platform, admin, email=f"{name}@example.com", name=name.title(), role=role, attributes=attributes)


def value(result: Result) -> object:
    return result.values("value")[0]


def test_a_metric_is_of_the_members_own_rows(platform: Platform, admin: Principal) -> None:
    question = MetricQuery(metrics=("value",))
    assert value(ask(platform, member(platform, admin, "manager", "EMEA", "APAC"), question)) == 3010
    assert value(ask(platform, member(platform, admin, "executive", name="x"), question)) == 3210
    assert value(ask(platform, admin, question)) == 3210


def test_a_member_without_the_attribute_sees_nothing(platform: Platform, admin: Principal) -> None:
    nobody = member(platform, admin, "manager")
    assert value(ask(platform, nobody, MetricQuery(metrics=("value",)))) is None
    assert list_values(platform, nobody, "region", ("value",)) == []


def test_two_members_do_not_share_what_is_remembered(platform: Platform, admin: Principal) -> None:
    emea = member(platform, admin, "manager", "EMEA", "AMER")
    apac = member(platform, admin, "manager", "APAC", "AMER", name="n")
    assert [choice.values for choice in filter_choices(platform, emea)] == [("AMER", "EMEA")]
    assert [choice.values for choice in filter_choices(platform, apac)] == [("AMER", "APAC")]
    assert [choice.values for choice in filter_choices(platform, admin)] == [("AMER", "APAC", "EMEA")]


def test_home_and_report_say_whose_rows_they_are_of(platform: Platform, admin: Principal) -> None:
    emea = member(platform, admin, "manager", "EMEA")
    home = open_home(platform, emea)
    assert home is not None
    output = home.start().futures["value"].result().output
    assert getattr(output, "value", None) == 10
    text = export_report(platform, emea, "home", "xlsx")
    assert text.problems == ()
    view = find_view(platform, emea)
    assert view is not None
    assert view.sentence == "Rows where region is EMEA (policy regional)."


def test_sql_runs_under_the_policy(platform: Platform, admin: Principal) -> None:
    analyst = member(platform, admin, "analyst", "AMER")
    assert run_sql(platform, analyst, "SELECT id, amount FROM orders").rows() == [(2, 200)]
    assert run_sql(platform, admin, "SELECT count(*) AS n FROM orders").rows() == [(3,)]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM store.plumbline.loads",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM '/etc/passwd'",
        "SELECT getenv('HOME')",
        "ATTACH 'x.db'",
        "SELECT 1; SELECT 2",
        "COPY orders TO 'x.csv'",
        "DELETE FROM orders",
        "WITH RECURSIVE t AS (SELECT 1 UNION ALL SELECT 1 FROM t) SELECT * FROM t",
    ],
)
def test_sql_that_reaches_elsewhere_is_refused(platform: Platform, admin: Principal, text: str) -> None:
    for principal in (admin, member(platform, admin, "analyst", "EMEA")):
        with pytest.raises(RefusedError):
            run_sql(platform, principal, text)


def test_sql_with_too_many_rows_says_how_many(platform: Platform, admin: Principal) -> None:
    load_tables(platform, admin, {"many": pa.table({"n": list(range(MAX_ROWS + 1))})})
    with pytest.raises(LimitError, match="has 10,001 rows; at most 10,000"):
        run_sql(platform, admin, "SELECT n FROM many")


def test_tables_are_listed_with_the_rows_that_are_seen(platform: Platform, admin: Principal) -> None:
    load_tables(platform, admin, {"secrets": pa.table({"word": ["x"]})})
    analyst = member(platform, admin, "analyst", "EMEA")
    assert [(table.name, table.rows) for table in list_tables(platform, analyst)] == [("orders", 1)]
    assert [(table.name, table.rows) for table in list_tables(platform, admin)] == [("orders", 3), ("secrets", 1)]


def test_a_preview_counts_what_a_member_sees(platform: Platform, admin: Principal) -> None:
    emea = member(platform, admin, "manager", "EMEA")
    assert [(one.table, one.visible, one.rows) for one in preview_tables(platform, admin, emea)] == [("orders", 1, 3)]
    with pytest.raises(ForbiddenError):
        preview_tables(platform, operator(platform.tenant("other")), emea)


def test_a_policy_binds_its_own_tenant_alone(platform: Platform, admin: Principal) -> None:
    other = operator(platform.tenant("other"))
    manager = member(platform, other, "manager", "AMER")
    assert find_view(platform, manager) is None
    assert value(ask(platform, manager, MetricQuery(metrics=("value",)))) == 77
    assert export_policies(platform, other) == []


def test_a_column_that_went_with_an_import_shows_nothing_instead_of_everything(
    platform: Platform, admin: Principal
) -> None:
    emea = member(platform, admin, "manager", "EMEA")
    load_tables(platform, admin, {"orders": rows((1, "EMEA", 10)).drop_columns(["region"])})
    with pytest.raises(RefusedError, match="Nothing is shown, because a row policy no longer fits the data"):
        ask(platform, emea, MetricQuery(metrics=("value",)))
    assert value(ask(platform, admin, MetricQuery(metrics=("value",)))) == 10


def test_a_policy_takes_hold_and_ends_at_once(platform: Platform, admin: Principal) -> None:
    emea = member(platform, admin, "manager", "EMEA")
    question = MetricQuery(metrics=("value",))
    assert value(ask(platform, emea, question)) == 10
    wider = POLICY.replace("in: member.regions", "in: [EMEA, AMER]")
    assert apply_policies(platform, admin, {"regional.yaml": wider}).changed == ("regional",)
    assert value(ask(platform, emea, question)) == 210
    masks = "policy: masks\nroles: [manager]\ncolumns: [{table: orders, column: region, show: hash}]"
    assert apply_policies(platform, admin, {"masks.yaml": masks}, prune=True).removed == ("regional",)
    assert value(ask(platform, emea, question)) == 3210


def test_a_policy_that_does_not_fit_is_not_put_in_force(platform: Platform, admin: Principal) -> None:
    broken = POLICY.replace("region,", "regoin,").replace("manager", "manger")
    with pytest.raises(DefinitionError, match="Did you mean region"):
        apply_policies(platform, admin, {"regional.yaml": broken})
    assert [document.version for document in export_policies(platform, admin)] == [1]


@pytest.mark.parametrize("role", list(Role))
def test_only_who_may_touches_policies_and_sql(platform: Platform, admin: Principal, role: Role) -> None:
    asking = member(platform, admin, role.value, "EMEA")
    held = permissions_of(role)
    calls: dict[Permission, Callable[[], object]] = {
        Permission.POLICY_APPLY: lambda: apply_policies(platform, asking, {"regional.yaml": POLICY}),
        Permission.POLICY_READ: lambda: export_policies(platform, asking),
        Permission.SQL_QUERY: lambda: run_sql(platform, asking, "SELECT 1 AS one FROM orders"),
    }
    for permission, call in calls.items():
        if permission in held:
            call()
        else:
            with pytest.raises(ForbiddenError):
                call()


def test_every_reading_is_on_record_with_its_policy_and_rows(platform: Platform, admin: Principal) -> None:
    analyst = member(platform, admin, "analyst", "EMEA")
    ask(platform, analyst, MetricQuery(metrics=("value",), by=("region",)))
    run_sql(platform, analyst, "WITH mine AS (SELECT id FROM orders) SELECT * FROM mine")
    with platform.session() as session:
        found = session.scalars(select(AuditRow).where(AuditRow.action == "data:accessed").order_by(AuditRow.sequence))
        said = [(row.actor, row.subject, row.data["tables"], row.data["policies"], row.data["rows"]) for row in found]
    assert said == [
        ("m@example.com", "value", ["orders"], ["regional"], 1),
        ("m@example.com", "orders", ["orders"], ["regional"], 1),
    ]
