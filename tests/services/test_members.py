"""Members and roles: what is given, taken away and refused, and that a tenant always has an administrator."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select

from core.errors import ConflictError, ForbiddenError, InvalidError
from metrics.query import MetricQuery
from services.definitions import apply_definitions
from services.imports import load_tables
from services.members import (
    MemberState,
    change_attributes,
    change_roles,
    deactivate_member,
    describe_members,
    invite_again,
    invite_member,
    reactivate_member,
)
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from services.query import ask
from services.roles import describe_roles, remove_role, save_role
from services.signin import SigninRefused, find_principal, sign_in_with_link, sign_in_with_password
from tenants.access import Permission, Principal, operator
from tenants.audit import AuditAction
from tenants.schema import AuditRow
from tests.services.test_policies import ORDERS, POLICY, rows, value

PASSWORD = "a long enough password"
Attempt = Callable[[], object]


@pytest.fixture
def ann(platform: Platform) -> Principal:
    """The administrator of a tenant; another tenant has Bob."""
    for slug, name in (("acme", "ann"), ("other", "bob")):
        tenant = create_tenant(platform, slug=slug, name=slug.title())
        add_member(platform, operator(tenant), email=f"{name}@{slug}.example", name=name.title(), role="admin")
    return find(platform, "acme", "ann@acme.example")


def find(platform: Platform, slug: str, email: str) -> Principal:
    from services.organisation import require_member

    return require_member(platform, platform.tenant(slug), email)


def add(platform: Platform, ann: Principal, name: str, role: str = "analyst") -> str:
    """A member with a password; returns the id."""
    email = f"{name}@acme.example"
    made = add_member(platform, ann, email=email, name=name.title(), role=role, password=PASSWORD)
    return made.member_id or ""


def test_an_invited_member_is_active_from_the_first_sign_in(platform: Platform, ann: Principal) -> None:
    invitation = invite_member(platform, ann, email="Eve@acme.example", name="Eve", role="executive")
    assert invitation.link in invitation.text
    assert "Ann invites you to Acme" in invitation.text
    states = {member.email: member.state for member in describe_members(platform, ann)}
    assert states == {"ann@acme.example": MemberState.INVITED, "eve@acme.example": MemberState.INVITED}
    assert sign_in_with_link(platform, invitation.link.rpartition("/")[2])
    [_, eve] = describe_members(platform, ann)
    assert (eve.state, eve.roles) == (MemberState.ACTIVE, ("executive",))
    assert eve.seen_at is not None


def test_a_deactivated_member_is_out_at_once_and_comes_back_with_their_roles(
    platform: Platform, ann: Principal
) -> None:
    member_id = add(platform, ann, "eve")
    cookie = sign_in_with_password(platform, "eve@acme.example", PASSWORD)
    link = invite_again(platform, ann, member_id).link.rpartition("/")[2]
    deactivate_member(platform, ann, member_id)
    assert find_principal(platform, cookie) is None
    ways: tuple[Attempt, ...] = (
        lambda: sign_in_with_password(platform, "eve@acme.example", PASSWORD),
        lambda: sign_in_with_link(platform, link),
    )
    for try_again in ways:
        with pytest.raises(SigninRefused):
            try_again()
    reactivate_member(platform, ann, member_id)
    assert find_principal(platform, cookie) is None
    assert find_principal(platform, sign_in_with_password(platform, "eve@acme.example", PASSWORD)) == find(
        platform, "acme", "eve@acme.example"
    )
    with pytest.raises(ConflictError, match="active already"):
        reactivate_member(platform, ann, member_id)


def test_a_member_has_the_rights_of_all_their_roles_at_once(platform: Platform, ann: Principal) -> None:
    member_id = add(platform, ann, "eve", "executive")
    cookie = sign_in_with_password(platform, "eve@acme.example", PASSWORD)
    save_role(platform, ann, name="auditor", description="Reads the log", permissions=["audit:read"])
    change_roles(platform, ann, member_id, ["executive", "auditor"])
    eve = find_principal(platform, cookie)
    assert eve is not None
    assert eve.roles == ("auditor", "executive")
    assert eve.can(Permission.AUDIT_READ)
    assert eve.can(Permission.METRIC_QUERY)
    save_role(platform, ann, name="auditor", description="Reads usage", permissions=["usage:read"])
    eve = find_principal(platform, cookie)
    assert eve is not None
    assert not eve.can(Permission.AUDIT_READ)
    assert {facts.role.name: facts.members for facts in describe_roles(platform, ann)}["auditor"] == 1


def test_what_changed_is_on_record_with_before_and_after(platform: Platform, ann: Principal) -> None:
    member_id = add(platform, ann, "eve")
    change_roles(platform, ann, member_id, ["manager"])
    change_attributes(platform, ann, member_id, {"regions": [" EMEA ", ""]})
    with platform.session() as session:
        found = session.scalars(
            select(AuditRow).where(AuditRow.action == AuditAction.MEMBER_CHANGED.value).order_by(AuditRow.sequence)
        )
        said = [(row.actor, row.subject, row.data["before"], row.data["after"]) for row in found]
    assert said == [
        ("ann@acme.example", "eve@acme.example", {"roles": ["analyst"]}, {"roles": ["manager"]}),
        ("ann@acme.example", "eve@acme.example", {"attributes": {}}, {"attributes": {"regions": ["EMEA"]}}),
    ]


def test_attributes_decide_the_rows_at_once(platform: Platform, ann: Principal) -> None:
    load_tables(platform, ann, {"orders": rows((1, "EMEA", 10), (2, "AMER", 200))})
    apply_definitions(platform, ann, {"orders.yaml": ORDERS})
    apply_policies(platform, ann, {"regional.yaml": POLICY})
    member_id = add(platform, ann, "eve", "manager")
    seen: list[object] = []
    for regions in (["EMEA"], ["EMEA", "AMER"], []):
        change_attributes(platform, ann, member_id, {"regions": regions})
        eve = find(platform, "acme", "eve@acme.example")
        seen.append(value(ask(platform, eve, MetricQuery(metrics=("value",)))))
    assert seen == [10, 210, None]


@pytest.mark.parametrize("change", ["roles", "deactivate"])
def test_of_two_who_remove_the_last_administrators_at_once_one_is_refused(
    platform: Platform, ann: Principal, change: str
) -> None:
    for number in range(5):
        tenant = create_tenant(platform, slug=f"t{number}", name="T")
        admins = [
            add_member(platform, operator(tenant), email=f"{name}@t.example", name=name, role="admin") for name in "ab"
        ]
        outcomes = race(platform, admins, change)
        assert sorted(outcomes) == ["done", "refused"]
        rest = [member for member in describe_members(platform, operator(tenant)) if "admin" in member.roles]
        assert [member.state for member in rest].count(MemberState.INVITED) == 1


def race(platform: Platform, admins: list[Principal], change: str) -> list[str]:
    """Each administrator removes the other, at the same moment."""
    barrier, outcomes = threading.Barrier(2), list[str]()

    def remove(asking: Principal, other: Principal) -> None:
        barrier.wait()
        try:
            if change == "roles":
                change_roles(platform, asking, other.member_id or "", ["analyst"])
            else:
                deactivate_member(platform, asking, other.member_id or "")
            outcomes.append("done")
        except ConflictError:
            outcomes.append("refused")

    threads = [threading.Thread(target=remove, args=pair) for pair in (admins, admins[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_the_last_administrator_stays(platform: Platform, ann: Principal) -> None:
    asking = operator(ann.tenant)
    attempts: tuple[Attempt, ...] = (
        lambda: change_roles(platform, asking, ann.member_id or "", ["analyst"]),
        lambda: deactivate_member(platform, asking, ann.member_id or ""),
    )
    for attempt in attempts:
        with pytest.raises(ConflictError, match="only administrator"):
            attempt()


def test_nobody_changes_their_own_rights(platform: Platform, ann: Principal) -> None:
    own = ann.member_id or ""
    attempts: tuple[Attempt, ...] = (
        lambda: change_roles(platform, ann, own, ["admin", "analyst"]),
        lambda: change_attributes(platform, ann, own, {"regions": ["EMEA"]}),
        lambda: deactivate_member(platform, ann, own),
    )
    for attempt in attempts:
        with pytest.raises(ForbiddenError, match="own rights"):
            attempt()


def test_nobody_hands_out_or_takes_away_what_they_do_not_hold(platform: Platform, ann: Principal) -> None:
    keeper = ["member:add", "member:manage", "member:read", "metric:query", "role:manage", "role:read"]
    save_role(platform, ann, name="keeper", description="", permissions=keeper)
    eve_id = add(platform, ann, "eve", "keeper")
    add(platform, ann, "max", "executive")
    eve = find(platform, "acme", "eve@acme.example")
    max_id = add(platform, ann, "mia", "executive")
    attempts: tuple[Attempt, ...] = (
        lambda: change_roles(platform, eve, max_id, ["admin"]),
        lambda: change_roles(platform, eve, ann.member_id or "", ["keeper"]),
        lambda: deactivate_member(platform, eve, ann.member_id or ""),
        lambda: invite_member(platform, eve, email="x@acme.example", name="X", role="admin"),
        lambda: invite_again(platform, eve, ann.member_id or ""),
        lambda: save_role(platform, eve, name="mine", description="", permissions=["audit:read"]),
        lambda: save_role(platform, eve, name="keeper", description="", permissions=["role:manage"]),
        lambda: remove_role(platform, eve, "keeper"),
    )
    for attempt in attempts:
        with pytest.raises(ForbiddenError):
            attempt()
    with platform.session() as session:
        denied = select(AuditRow).where(AuditRow.action == "access:denied", AuditRow.actor_id == eve_id)
        assert len(session.scalars(denied).all()) == len(attempts)
    save_role(platform, eve, name="asker", description="", permissions=["metric:query"])
    invite_member(platform, eve, email="x@acme.example", name="X", role="asker")


@pytest.mark.parametrize(
    ("name", "permissions", "problem"),
    [
        ("Boss", ["audit:read"], "cannot be a role's name"),
        ("analyst", ["audit:read"], "built in"),
        ("auditor", [], "allow nothing"),
        ("auditor", ["audit:raed"], "Did you mean audit:read"),
    ],
)
def test_a_role_that_cannot_be_is_refused(
    platform: Platform, ann: Principal, name: str, permissions: list[str], problem: str
) -> None:
    with pytest.raises(InvalidError, match=problem):
        save_role(platform, ann, name=name, description="", permissions=permissions)
    assert all(facts.role.is_built_in for facts in describe_roles(platform, ann))


def test_a_role_in_use_is_not_removed_and_says_by_whom(platform: Platform, ann: Principal) -> None:
    save_role(platform, ann, name="auditor", description="", permissions=["audit:read"])
    member_id = add(platform, ann, "eve", "auditor")
    load_tables(platform, ann, {"orders": rows((1, "EMEA", 10))})
    masks = "policy: masks\nroles: [auditor]\ncolumns: [{table: orders, column: region, show: hash}]"
    apply_policies(platform, ann, {"masks.yaml": masks})
    with pytest.raises(ConflictError, match=r"eve@acme\.example, the policy masks"):
        remove_role(platform, ann, "auditor")
    change_roles(platform, ann, member_id, ["analyst"])
    apply_policies(platform, ann, {"masks.yaml": masks.replace("auditor", "analyst")})
    remove_role(platform, ann, "auditor")
    with pytest.raises(InvalidError, match="not a role"):
        change_roles(platform, ann, member_id, ["auditor"])


def test_a_role_of_one_tenant_is_not_one_of_another(platform: Platform, ann: Principal) -> None:
    save_role(platform, ann, name="auditor", description="", permissions=["audit:read"])
    bob = find(platform, "other", "bob@other.example")
    assert "auditor" not in [facts.role.name for facts in describe_roles(platform, bob)]
    with pytest.raises(InvalidError, match="not a role"):
        add_member(platform, bob, email="x@other.example", name="X", role="auditor")
    with pytest.raises(ForbiddenError, match="no role"):
        remove_role(platform, bob, "auditor")


@pytest.mark.parametrize(
    "attributes", [{"my regions": ["x"]}, {"email": ["x"]}, {"regions": ["x" * 201]}, {"regions": ["x"] * 101}]
)
def test_attributes_that_cannot_be_are_refused(
    platform: Platform, ann: Principal, attributes: dict[str, list[str]]
) -> None:
    with pytest.raises(InvalidError, match="attribute"):
        change_attributes(platform, ann, add(platform, ann, "eve"), attributes)
