"""Teams: who manages whom, what managers see by it, and that nobody sees more by a change of their own."""

import random

import pyarrow as pa
import pytest
from sqlalchemy import select

from core.errors import ConflictError, ForbiddenError, InvalidError
from metrics.query import MetricQuery
from services.browse import sample_table
from services.definitions import apply_definitions
from services.deliveries.recipients import effective_key
from services.imports import load_tables
from services.members import change_attributes, change_roles, deactivate_member
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies, preview_member
from services.query import ask
from services.roles import save_role
from services.sql import run_sql
from services.teams import list_teams, remove_team, save_team
from tenants.access import Principal, operator
from tenants.schema import AuditRow
from tenants.teams import find_reach
from tests.services.test_members import find

PEOPLE = ("boss", "emea", "apac", "rep1", "rep2", "rep3", "outsider")
DEALS = """
model: deals
table: deals
key: id
time: day
dimensions: {owner: {column: owner}, day: {type: time, column: day}}
measures: {value: {agg: sum, sql: amount}}
metrics: {value: {kind: simple, measure: value}}
"""
POLICY = "policy: team\nroles: [analyst]\nrows: [{table: deals, column: owner, in: member.team_emails}]"


def address(name: str) -> str:
    return f"{name}@acme.example"


@pytest.fixture
def asking(platform: Platform) -> Principal:
    """The operator of a tenant whose seven members own a deal each, of 1, 2, 4, 8 and so on."""
    acme = operator(create_tenant(platform, slug="acme", name="Acme"))
    other = operator(create_tenant(platform, slug="other", name="Other"))
    add_member(platform, other, email="bob@other.example", name="Bob", role="admin")
    for name in PEOPLE:
        add_member(platform, acme, email=address(name), name=name.title(), role="analyst")
    day = pa.array(["2026-11-02"] * len(PEOPLE)).cast(pa.date32())
    amounts = [2**place for place in range(len(PEOPLE))]
    owners = [address(name) for name in PEOPLE]
    table = pa.table({"id": list(range(len(PEOPLE))), "owner": owners, "amount": amounts, "day": day})
    load_tables(platform, acme, {"deals": table})
    apply_definitions(platform, acme, {"deals.yaml": DEALS})
    apply_policies(platform, acme, {"team.yaml": POLICY})
    save_team(platform, acme, name="Sales", managers=[address("boss")], members=[])
    save_team(platform, acme, name="EMEA", above="Sales", managers=[address("emea")], members=[address("rep1")])
    save_team(platform, acme, name="South", above="EMEA", managers=[], members=[address("rep2")])
    save_team(platform, acme, name="APAC", above="Sales", managers=[address("apac")], members=[address("rep3")])
    return acme


def owners_seen(platform: Platform, name: str) -> set[str]:
    """Whose deals a member sees; the same through a metric, through SQL and in the data browser."""
    reader = find(platform, "acme", address(name))
    found = run_sql(platform, reader, "SELECT owner, amount FROM deals").rows()
    owners = {str(owner).partition("@")[0] for owner, _ in found}
    total = ask(platform, reader, MetricQuery(metrics=("value",))).values("value")[0]
    assert total == sum(2 ** PEOPLE.index(owner) for owner in owners)
    assert {
        one.partition("@")[0] for one in sample_table(platform, reader, "deals").column("owner").to_pylist()
    } == owners
    return owners


def test_a_manager_sees_what_reports_see_at_every_depth_and_at_once_after_a_change(
    platform: Platform, asking: Principal
) -> None:
    assert owners_seen(platform, "boss") == {"boss", "emea", "apac", "rep1", "rep2", "rep3"}
    assert owners_seen(platform, "emea") == {"emea", "rep1", "rep2"}
    assert owners_seen(platform, "rep1") == {"rep1"}
    assert owners_seen(platform, "outsider") == {"outsider"}
    apac = find(platform, "acme", address("apac"))
    before = effective_key(platform, apac, "review")
    # The South goes over to APAC, and rep1, who leaves the company, stays in the team whose deals they left behind.
    save_team(platform, asking, name="South", was="South", above="APAC", managers=[], members=[address("rep2")])
    deactivate_member(platform, asking, find(platform, "acme", address("rep1")).member_id or "")
    assert owners_seen(platform, "emea") == {"emea", "rep1"}
    assert owners_seen(platform, "apac") == {"apac", "rep2", "rep3"}
    assert effective_key(platform, apac, "review") != before
    preview = preview_member(platform, asking, address("apac"))
    assert [(one.visible, one.rows) for one in preview.tables] == [(3, 7)]


def test_a_tree_that_would_be_a_circle_and_other_bad_input_change_nothing(
    platform: Platform, asking: Principal
) -> None:
    before = list_teams(platform, asking)
    assert [" / ".join(team.path) for team in before] == [
        "Sales", "Sales / APAC", "Sales / EMEA", "Sales / EMEA / South",
    ]  # fmt: skip
    for name, was, above, people, error, message in (
        ("Sales", "Sales", "South", [], ConflictError, "South is Sales or lies below it"),
        ("EMEA", "EMEA", "EMEA", [], ConflictError, "a team cannot belong to itself"),
        ("EMEA", None, None, [], ConflictError, "There is a team EMEA already"),
        ("  ", None, None, [], InvalidError, "1 to 100 characters; this one has 0"),
        ("x" * 101, None, None, [], InvalidError, "this one has 101"),
        ("New", None, "Emea", [], ForbiddenError, "There is no team 'Emea' here. Did you mean EMEA"),
        ("New", None, None, ["bob@other.example"], ForbiddenError, "There is no member 'bob@other.example' here"),
    ):
        with pytest.raises(error, match=message):
            save_team(platform, asking, name=name, was=was, above=above, managers=people, members=[])
    with pytest.raises(ConflictError, match="South belong to EMEA"):
        remove_team(platform, asking, "EMEA")
    assert list_teams(platform, asking) == before
    remove_team(platform, asking, "South")
    assert owners_seen(platform, "emea") == {"emea", "rep1"}
    with platform.session() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action.startswith("team:")).order_by(AuditRow.sequence))
        events = [(row.action, row.subject, row.data) for row in rows]
    assert [(action, subject) for action, subject, _ in events[-2:]] == [
        ("team:saved", "APAC"),
        ("team:removed", "South"),
    ]
    assert events[-1][2]["before"] == {"name": "South", "above": "EMEA", "managers": [], "members": [address("rep2")]}


def test_nobody_sees_more_by_a_change_of_teams_of_their_own(platform: Platform, asking: Principal) -> None:
    save_role(platform, asking, name="people", description="", permissions=["member:read", "member:manage"])
    change_roles(platform, asking, find(platform, "acme", address("emea")).member_id or "", ["analyst", "people"])
    emea = find(platform, "acme", address("emea"))
    before = list_teams(platform, asking)
    for name, was, above, members in (
        ("Mine", None, None, ["outsider"]),
        ("EMEA", "EMEA", "Sales", ["rep1", "rep3"]),
        ("APAC", "APAC", "EMEA", ["rep3"]),
    ):
        managers = [address("apac" if name == "APAC" else "emea")]
        with pytest.raises(ForbiddenError, match="nobody changes their own rights"):
            save_team(
                platform, emea, name=name, was=was, above=above, managers=managers, members=[*map(address, members)]
            )
    assert list_teams(platform, asking) == before
    # What concerns others is theirs to do, and to see less is everybody's.
    save_team(platform, emea, name="APAC", was="APAC", above="Sales", managers=[address("rep3")], members=[])
    save_team(platform, emea, name="EMEA", was="EMEA", above="Sales", managers=[address("emea")], members=[])
    with pytest.raises(InvalidError, match="'team_emails' cannot be an attribute"):
        change_attributes(platform, asking, emea.member_id or "", {"team_emails": [address("boss")]})


def test_the_reach_of_random_trees_is_that_of_a_walk_by_hand(platform: Platform) -> None:
    acme = operator(create_tenant(platform, slug="acme", name="Acme"))
    people = [address(f"p{number}") for number in range(12)]
    members = [add_member(platform, acme, email=one, name=one, role="analyst") for one in people]
    draw = random.Random(20261126)  # noqa: S311
    above: dict[int, int | None] = {}
    managers: dict[int, list[str]] = {}
    inside: dict[int, list[str]] = {}
    for team in range(9):
        above[team] = draw.choice([None, *range(team)]) if team else None
        managers[team], inside[team] = draw.sample(people, draw.randint(0, 2)), draw.sample(people, draw.randint(0, 3))
        upper = None if above[team] is None else f"t{above[team]}"
        save_team(platform, acme, name=f"t{team}", above=upper, managers=managers[team], members=inside[team])

    def walk(team: int) -> set[str]:
        below = [walk(one) for one in above if above[one] == team]
        return set(managers[team]).union(inside[team], *below)

    for one, member in zip(people, members, strict=True):
        expected = {one}.union(*(walk(team) for team in above if one in managers[team]))
        with platform.session() as session:
            assert set(find_reach(session, member.member_id or "", one).emails) == expected
