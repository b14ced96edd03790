"""Whatever the policies, no row is delivered that its reader could not query: judged by a second implementation.

Random policies bind random roles; members have random attributes; policies and members change between rendering and
sending. What arrives at the mail server is compared with a filter written by hand over the plain rows.
"""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.settings import Settings
from services.definitions import apply_definitions
from services.deliveries.deliver import deliver_now
from services.deliveries.spec import DeliveryState
from services.deliveries.worker import deliver_due
from services.guests.rules import GuestRules, change_rules
from services.imports import load_tables
from services.notebooks import save_notebooks
from services.platform import Platform
from services.policies import apply_policies
from services.roles import save_role
from tenants.schema import MemberRow
from tests.mail_server import MailServer, attachments
from tests.services.deliveries.conftest import MovingClock, World, build_world

REGIONS, OWNERS = ("AMER", "APAC", "EMEA"), ("ann", "bob", "cy")
ROWS = [(region, owner, 10**place) for place, (region, owner) in enumerate((r, o) for r in REGIONS for o in OWNERS)]
MODEL = """
model: sales
table: sales
key: id
time: day
dimensions:
  area: {column: area}
  owner: {column: owner}
  day: {type: time, column: day}
measures: {sold: {agg: sum, sql: amount}}
metrics: {sold: {kind: simple, measure: sold, unit: USD}}
"""
NOTEBOOK = """
notebook: sales
title: Sales
cells:
  - {name: sold, kind: metric, metric: sold, period: year}
  - {name: each, kind: table, metrics: [sold], by: [area, owner], period: year, limit: 50}
"""
ROLES = ("manager", "executive", "analyst")
# The role of guests, and somebody outside.
GUESTS, OUTSIDE = "visitor", "pete"


@dataclass(frozen=True)
class Rule:
    """A column that must be one of some values, or of the member's attribute."""

    column: str
    attribute: str | None
    literals: tuple[str, ...]

    def text(self) -> str:
        values = f"member.{self.attribute}" if self.attribute else f"[{', '.join(self.literals)}]"
        return f"{{table: sales, column: {self.column}, in: {values}}}"

    def keeps(self, row: tuple[str, str, int], attributes: dict[str, list[str]]) -> bool:
        value = row[0] if self.column == "area" else row[1]
        return value in (attributes.get(self.attribute, []) if self.attribute else self.literals)


@dataclass(frozen=True)
class Setting:
    """The rules of each role's policy, and each member's attributes."""

    rules: dict[str, tuple[Rule, ...]]
    attributes: dict[str, dict[str, list[str]]]

    def policies(self) -> dict[str, str]:
        texts = {
            f"{role}.yaml": f"policy: of-{role}\nroles: [{role}]\nrows: [{', '.join(rule.text() for rule in rules)}]\n"
            for role, rules in self.rules.items()
            if rules
        }
        return texts or {"none.yaml": "policy: none\nroles: [admin]\nrows: [{table: sales, column: area, in: [X]}]\n"}

    def visible(self, name: str, role: str) -> set[tuple[str, str, int]]:
        """By hand: all rules of the role keep the row; without rules all do; of who is outside nothing is known."""
        known = self.attributes.get(name, {})
        return {row for row in ROWS if all(rule.keeps(row, known) for rule in self.rules[role])}


def rules() -> st.SearchStrategy[Rule]:
    areas, owners = st.lists(st.sampled_from(REGIONS), min_size=1, unique=True), st.sampled_from(OWNERS)
    return st.one_of(
        st.builds(lambda column: Rule(column, "seen", ()), st.sampled_from(("area", "owner"))),
        st.builds(lambda values: Rule("area", None, tuple(values)), areas),
        st.builds(lambda value: Rule("owner", None, (value,)), owners),
    )


def worlds() -> st.SearchStrategy[Setting]:
    seen = st.lists(st.sampled_from((*REGIONS, *OWNERS)), unique=True, max_size=4)
    attributes = st.one_of(st.just({}), st.builds(lambda values: {"seen": values}, seen))
    return st.builds(
        Setting,
        st.fixed_dictionaries({role: st.lists(rules(), max_size=2).map(tuple) for role in (*ROLES, GUESTS)}),
        st.fixed_dictionaries(dict.fromkeys(MEMBERS, attributes)),
    )


MEMBERS = {f"{role}{number}": role for role in ROLES for number in range(3)}


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A tenant with three members of each role, and a schedule to all of them."""
    from tests.mail_server import running_mail_server

    folder = tmp_path_factory.mktemp("own")
    with running_mail_server(folder) as mail:
        made = build(mail, Settings(data=folder / "data", query_timeout_s=30, store_memory_mb=256))
        yield made
        made.platform.close()


def build(mail: MailServer, given_settings: Settings) -> World:
    clock = MovingClock()
    world = build_world(Platform(mail.settings(given_settings), clock=clock), mail, clock)
    areas, owners, amounts = zip(*ROWS, strict=True)
    days = pa.array([dt.date(2026, 11, 2)] * len(ROWS), pa.date32())
    table = pa.table({"id": list(range(len(ROWS))), "area": areas, "owner": owners, "amount": amounts, "day": days})
    load_tables(world.platform, world.admin, {"sales": table})
    apply_definitions(world.platform, world.admin, {"sales.yaml": MODEL})
    save_notebooks(world.platform, world.admin, {"sales": NOTEBOOK})
    for name, role in MEMBERS.items():
        world.add(name, role)
    save_role(world.platform, world.admin, name=GUESTS, description="", permissions=["metric:query", "notebook:read"])
    change_rules(world.platform, world.admin, GuestRules(role=GUESTS, has_deliveries=True))
    to = [f"{name}@acme.example" for name in MEMBERS]
    world.schedule(*to, f"outside:{OUTSIDE}@partner.example", name="sales", notebook="sales", formats=("json",))
    return world


def put_in_force(world: World, chosen: Setting) -> None:
    apply_policies(world.platform, world.admin, chosen.policies(), prune=True)
    with world.platform.session() as session:
        for name, attributes in chosen.attributes.items():
            session.get_one(MemberRow, world.members[name].member_id).attributes = dict(attributes)


def arrived(world: World) -> dict[str, set[tuple[str, str, int]]]:
    """The rows of the table that came to each member; their sum must be the figure above it."""
    found = {}
    for message, recipient in zip(world.mail.messages, world.mail.recipients, strict=True):
        content = json.loads(attachments(message)["sales.json"])
        tables = {part["columns"][0]["name"]: part["rows"] for part in content["parts"]}
        rows = {(str(area), str(owner), int(sold)) for area, owner, sold in tables.get("area", [])}
        assert sum(row[2] for row in rows) == (tables["figure"][0][1] or 0)
        found[recipient.split("@")[0]] = rows
    return found


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=worlds(), then=worlds())
def test_nobody_is_sent_a_row_they_could_not_query(sales: World, first: Setting, then: Setting) -> None:
    sales.mail.messages.clear()
    sales.mail.recipients.clear()
    put_in_force(sales, first)
    # Rendered under the first policies; the mail server puts everybody off, and then the policies change.
    sales.mail.refusal = lambda _to: "451 later"
    put_off = deliver_now(sales.platform, sales.admin, "sales")
    assert {one.state for one in put_off} == {DeliveryState.RENDERED}
    sales.mail.refusal = lambda _to: ""
    put_in_force(sales, then)
    sales.clock.move(minutes=2)
    deliver_due(sales.platform)
    expected = {name: then.visible(name, role) for name, role in (MEMBERS | {OUTSIDE: GUESTS}).items()}
    assert arrived(sales) == expected
