"""Looking as a member does: what is seen is theirs, nothing can be changed, and it is on record as the viewer's."""

import datetime as dt

import pytest
from sqlalchemy import select

from core.errors import ForbiddenError, InvalidError
from metrics.query import MetricQuery
from services.account import own_sessions
from services.definitions import apply_definitions
from services.explanation import explain_access
from services.folders import create_folder, place_notebook
from services.imports import load_tables
from services.members import change_roles, deactivate_member
from services.notebook_editing import create_notebook, mark_favourite
from services.notebooks import list_notebooks, save_notebooks
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from services.query import ask
from services.reports import export_report
from services.roles import save_role
from services.signin import find_principal, sign_in_with_password, sign_out
from services.sql import run_sql
from services.view_as import LASTS, begin_view_as, end_view_as
from tenants.access import Permission, Principal, operator
from tenants.schema import AuditRow
from tests.services.test_members import PASSWORD, find
from tests.services.test_policies import HOME, ORDERS, POLICY, rows


@pytest.fixture
def acme(platform: Platform) -> Principal:
    """The operator of a tenant with an administrator, an analyst of EMEA and a helper who may look as others."""
    asking = operator(create_tenant(platform, slug="acme", name="Acme"))
    load_tables(platform, asking, {"orders": rows((1, "EMEA", 10), (2, "AMER", 200)), "secret": rows((1, "EMEA", 1))})
    apply_definitions(platform, asking, {"orders.yaml": ORDERS})
    save_notebooks(platform, asking, {"home": HOME})
    apply_policies(platform, asking, {"regional.yaml": POLICY})
    save_role(platform, asking, name="helper", description="", permissions=["member:view-as", "metric:query"])
    for name, role in (("boss", "admin"), ("ann", "analyst"), ("eve", "executive"), ("hal", "helper")):
        attributes = {"regions": ["EMEA"]} if name == "ann" else {}
        email = f"{name}@acme.example"
        add_member(
            platform, asking, email=email, name=name.title(), role=role, password=PASSWORD, attributes=attributes
        )
    return asking


def signed_in(platform: Platform, name: str) -> tuple[Principal, str]:
    cookie = sign_in_with_password(platform, f"{name}@acme.example", PASSWORD)
    return seen(platform, cookie), cookie


def seen(platform: Platform, cookie: str) -> Principal:
    principal = find_principal(platform, cookie)
    assert principal is not None
    return principal


def test_what_is_seen_is_the_members_and_what_is_done_is_the_viewers(platform: Platform, acme: Principal) -> None:
    boss, cookie = signed_in(platform, "boss")
    until = begin_view_as(platform, boss, cookie, "Ann@acme.example")
    ann = seen(platform, cookie)
    assert (ann.email, ann.viewer and ann.viewer.email) == ("ann@acme.example", "boss@acme.example")
    assert until == (ann.viewer.until if ann.viewer else None)
    assert run_sql(platform, ann, "SELECT id FROM orders").rows() == [(1,)]
    assert ask(platform, ann, MetricQuery(metrics=("value",))).values("value") == [10]
    assert [facts.name for facts in list_notebooks(platform, ann)] == ["home"]
    for attempt in (
        lambda: create_notebook(platform, ann, "Mine"),
        lambda: export_report(platform, ann, "home", "xlsx"),
        lambda: mark_favourite(platform, ann, "home", is_favourite=True),
        lambda: own_sessions(platform, ann, cookie),
        lambda: begin_view_as(platform, ann, cookie, "eve@acme.example"),
    ):
        with pytest.raises(ForbiddenError, match="You look as ann@acme"):
            attempt()
    end_view_as(platform, ann, cookie)
    assert seen(platform, cookie) == boss
    end_view_as(platform, boss, cookie)
    with platform.session() as session:
        found = session.scalars(
            select(AuditRow).where(AuditRow.actor == boss.email, AuditRow.action != "session:started")
        ).all()
        begun, *read, ended = sorted(found, key=lambda row: row.sequence)
    assert (begun.action, begun.subject, begun.data["until"]) == ("view-as:begun", ann.email, until.isoformat())
    assert (ended.action, ended.data["viewing_as"]) == ("view-as:ended", ann.email)
    assert {row.action for row in read} == {"data:accessed", "access:denied"}
    assert {row.data["viewing_as"] for row in read} == {ann.email}
    assert {row.actor for row in found} == {boss.email}


def test_who_may_do_or_see_less_cannot_look_as_who_may_more(platform: Platform, acme: Principal) -> None:
    (hal, his), (eve, hers), (boss, cookie) = (signed_in(platform, name) for name in ("hal", "eve", "boss"))
    with pytest.raises(ForbiddenError, match="only what you may do yourself"):
        begin_view_as(platform, hal, his, "ann@acme.example")
    with pytest.raises(ForbiddenError, match="does not include member:view-as"):
        begin_view_as(platform, eve, hers, "hal@acme.example")
    with pytest.raises(InvalidError, match="as yourself already"):
        begin_view_as(platform, boss, cookie, boss.email)
    with pytest.raises(ForbiddenError, match="There is no active member 'bob@other"):
        begin_view_as(platform, boss, cookie, "bob@other.example")
    with pytest.raises(ForbiddenError, match="Only a browser that is signed in"):
        begin_view_as(platform, boss, hers, "eve@acme.example")
    apply_policies(platform, acme, {"regional.yaml": POLICY.replace("manager, analyst", "manager, analyst, admin")})
    with pytest.raises(ForbiddenError, match="A row policy binds you yourself"):
        begin_view_as(platform, boss, cookie, "eve@acme.example")
    assert (seen(platform, cookie), seen(platform, his)) == (boss, hal)


def test_it_ends_with_its_hour_the_right_the_member_and_the_session(platform: Platform, acme: Principal) -> None:
    add_member(platform, acme, email="two@acme.example", name="Two", role="admin", password=PASSWORD)
    boss, cookie = signed_in(platform, "boss")
    begin_view_as(platform, boss, cookie, "eve@acme.example")
    now, platform.clock = platform.clock, lambda: dt.datetime.now(dt.UTC) + LASTS
    assert seen(platform, cookie) == boss
    platform.clock = now
    assert seen(platform, cookie).viewer is not None
    two = find(platform, "acme", "two@acme.example")
    change_roles(platform, two, boss.member_id or "", ["analyst"])
    assert (seen(platform, cookie).email, seen(platform, cookie).viewer) == (boss.email, None)
    change_roles(platform, two, boss.member_id or "", ["admin"])
    deactivate_member(platform, two, find(platform, "acme", "eve@acme.example").member_id or "")
    assert seen(platform, cookie).email == boss.email
    begin_view_as(platform, boss, cookie, "ann@acme.example")
    sign_out(platform, cookie)
    assert find_principal(platform, cookie) is None


def test_a_denial_is_explained_to_an_administrator(platform: Platform, acme: Principal) -> None:
    boss, ann = (find(platform, "acme", f"{name}@acme.example") for name in ("boss", "ann"))
    create_notebook(platform, ann, "Plan")
    finance = create_folder(platform, boss, "Finance", is_restricted=True)
    place_notebook(platform, boss, "home", folder_id=create_folder(platform, boss, "Board", parent_id=finance))
    for name, what, is_allowed, reasons in (
        ("eve", "notebook:write", False, "Eve has the role executive, which does not include notebook:write. "
         "These do: admin and analyst."),
        ("ann", "notebook:write", True, "The role analyst includes notebook:write."),
        ("ann", "home", False, "home is not restricted and names nobody. "
         "The folder Board is not restricted and names nobody. "
         "The folder Finance is restricted and names boss@acme.example (edit)."),
        ("boss", "home", True, "Grants let Boss change it. home is not"),
        ("eve", "plan", False, "plan was never published, so that only who may change it sees it."),
        ("ann", "orders", True, "1 of 2 rows of orders are seen. Rows where region is EMEA (policy regional)."),
        ("ann", "secret", False, "secret is hidden: no rule of regional reaches it, and it is not named in `open`."),
        ("eve", "orders", True, "No policy binds Eve: all 2 rows are seen."),
    ):  # fmt: skip
        explained = explain_access(platform, boss, f"{name}@acme.example", what)
        assert explained.is_allowed is is_allowed, (name, what)
        assert " ".join(explained.reasons).startswith(reasons)
    with pytest.raises(ForbiddenError, match="There is no permission, notebook or table 'hmoe' here"):
        explain_access(platform, boss, ann.email, "hmoe")
    # Who explains is told nothing of what they may not see.
    save_role(platform, acme, name="desk", description="", permissions=["member:view-as", "notebook:read"])
    add_member(platform, acme, email="desk@acme.example", name="Desk", role="desk")
    with pytest.raises(ForbiddenError, match="There is no permission, notebook or table 'home' here"):
        explain_access(platform, find(platform, "acme", "desk@acme.example"), ann.email, "home")
    assert Permission.MEMBER_VIEW_AS in find(platform, "acme", "desk@acme.example").permissions
