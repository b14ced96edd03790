"""Grants on models and sources: for whom it is not granted it is not there, through every way to ask."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pytest
from sqlalchemy import select

from core.errors import ConflictError, ForbiddenError, InvalidError, RefusedError, UserError
from core.ids import new_id
from metrics.query import MetricQuery
from services.answers import describe_metrics
from services.browse import sample_table
from services.catalogue import list_entries, model_versions
from services.data_sharing import describe_model_sharing, describe_source_sharing, share_model, share_source
from services.definitions import apply_definitions, export_definitions
from services.deliveries.recipients import effective_key
from services.folders import create_folder, remove_folder
from services.imports import load_tables
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import preview_tables
from services.query import ask
from services.sharing import list_grants, share
from services.sql import run_sql
from services.sync.launch import schedule_source, start_sync
from services.sync.runs import list_runs
from services.sync.sources import list_sources, remove_source, require_source
from services.tables import list_tables
from tenants.access import Principal, operator
from tenants.access.data_grants import DataKind, find_hidden, level_of_data
from tenants.access.grants import Level
from tenants.folder_schema import DataPlaceRow, GrantRow
from tenants.schema import AuditRow
from tenants.source_schema import SourceRow
from tests.services.test_folders import Tree, random_tree
from tests.services.test_members import find

NAMES = ("deals", "bills", "people")
MODEL = """
model: {name}
table: {name}
key: id
dimensions: {{{name}_area: {{column: area}}}}
joins: {joins}
measures: {{{name}_sum: {{agg: sum, sql: amount}}}}
metrics:
  {name}_total: {{kind: simple, measure: {name}_sum}}
{more}
"""
SHARE = "  bills_share: {kind: ratio, numerator: bills_total, denominator: deals_total}"


def address(name: str) -> str:
    return f"{name}@acme.example"


def who(platform: Platform, name: str) -> Principal:
    return find(platform, "acme", address(name))


@pytest.fixture
def admin(platform: Platform) -> Principal:
    """Three models, each over a table of its own; `people` is a source's, and bills reach people and deals."""
    acme = operator(create_tenant(platform, slug="acme", name="Acme"))
    for name, role in (("boss", "admin"), ("ann", "analyst"), ("ben", "analyst"), ("eve", "executive")):
        add_member(platform, acme, email=address(name), name=name.title(), role=role)
    table = pa.table({"id": [1, 2], "area": ["North", "South"], "amount": [3, 4]})
    load_tables(platform, acme, dict.fromkeys(NAMES, table))
    joins = "[{to: people, on: {id: id}}]"
    texts = {name: MODEL.format(name=name, joins="[]", more="") for name in ("deals", "people")}
    apply_definitions(platform, acme, {**texts, "bills": MODEL.format(name="bills", joins=joins, more=SHARE)})
    with platform.session() as session:
        session.add(
            SourceRow(
                id=new_id(), tenant_id=acme.tenant.id, name="crm", kind="rest", detail="", identity="", schedule="",
                streams={"people": {"table": "people"}}, created_at=platform.clock(), created_by="test",
            )
        )  # fmt: skip
    return find(platform, "acme", address("boss"))


def known(platform: Platform, name: str) -> tuple[set[str], set[str], set[str]]:
    """The metrics, tables and sources that are there for a member."""
    member = who(platform, name)
    metrics = {str(one["name"]) for one in describe_metrics(platform, member)}
    assert metrics == set(list_entries(platform, member))
    tables = {one.name for one in list_tables(platform, member)}
    assert tables == {one.table for one in preview_tables(platform, who(platform, "boss"), member) if one.visible}
    assert all(not run_sql(platform, member, f"SELECT * FROM {table} LIMIT 0").rows() for table in tables)
    return metrics, tables, {one.name for one in list_sources(platform, member)}


def refusal(work: Callable[[str], object], name: str, *others: str) -> str:
    """What somebody is told, with the name they asked for left out."""
    with pytest.raises(UserError) as caught:
        work(name)
    told = caught.value.message.split("Did you mean")[0].split("There are")[0].split("Known")[0]
    return told.replace(name, "it")


EVERYTHING = ({"deals_total", "bills_total", "people_total", "bills_share"}, set(NAMES), {"crm"})


def test_a_restricted_model_is_there_for_those_who_are_named_alone(platform: Platform, admin: Principal) -> None:
    assert known(platform, "ben") == EVERYTHING
    grants = {address("ann"): "edit"}
    share_model(platform, admin, "deals", is_restricted=True, grants=grants)
    assert known(platform, "ann") == known(platform, "boss") == EVERYTHING
    # Without the model what is made of it goes too, and its table, which no other model reads.
    rest = ({"bills_total", "people_total"}, {"bills", "people"}, {"crm"})
    assert known(platform, "ben") == rest
    assert {one["name"] for one in describe_metrics(platform, who(platform, "eve"))} == rest[0]
    assert [one.name for one in export_definitions(platform, who(platform, "ben"))] == ["bills", "people"]
    assert describe_model_sharing(platform, admin, "deals").grants == grants
    assert [(one.kind, one.name, one.to, one.level) for one in list_grants(platform, admin)] == [
        ("model", "deals", address("ann"), "edit")
    ]
    share_model(platform, admin, "deals", is_restricted=True, grants={"everyone": "view"})
    assert known(platform, "ben") == EVERYTHING
    share_model(platform, admin, "deals", is_restricted=False, grants={})
    assert known(platform, "ben") == EVERYTHING


def test_a_restricted_source_takes_its_tables_and_what_is_counted_from_them(
    platform: Platform, admin: Principal
) -> None:
    share_source(platform, admin, "crm", is_restricted=True, grants={address("ann"): "view"})
    assert known(platform, "ann") == EVERYTHING
    metrics, tables, sources = known(platform, "ben")
    assert (metrics, tables, sources) == ({"deals_total", "bills_total", "bills_share"}, {"deals", "bills"}, set())
    # A dimension behind a join to it is not there either.
    by = {str(one["name"]): one["dimensions"] for one in describe_metrics(platform, who(platform, "ben"))}
    assert by["bills_total"] == ["bills_area"]
    ann, ben = who(platform, "ann"), who(platform, "ben")
    assert ask(platform, ann, MetricQuery(metrics=("bills_total",), by=("people_area",))).table.num_rows == 2
    with pytest.raises(InvalidError, match="There is no dimension people_area"):
        ask(platform, ben, MetricQuery(metrics=("bills_total",), by=("people_area",)))
    assert list_runs(platform, ben) == []
    # Who may only see it neither syncs nor changes it; whose it is not is told that there is none.
    with pytest.raises(ForbiddenError, match="may see the source crm, but not sync"):
        require_source(platform, ann, "crm", level=Level.EDIT)
    by_source: tuple[Callable[[str], object], ...] = (
        lambda name: start_sync(platform, ben, name),
        lambda name: schedule_source(platform, ben, name, ""),
        lambda name: require_source(platform, ben, name),
    )
    for work in by_source:
        assert refusal(work, "crm") == refusal(work, "erp")
    with pytest.raises(ConflictError, match="everybody could see its tables"):
        remove_source(platform, admin, "crm")


def test_what_is_not_granted_answers_as_what_is_not_there(platform: Platform, admin: Principal) -> None:
    share_model(platform, admin, "deals", is_restricted=True, grants={address("ann"): "edit"})
    ben = who(platform, "ben")
    by_metric: tuple[Callable[[str], object], ...] = (
        lambda name: ask(platform, ben, MetricQuery(metrics=(f"{name}_total",))),
        lambda name: run_sql(platform, ben, f"SELECT metric('{name}_total') FROM bills"),
        lambda name: run_sql(platform, ben, f"SELECT * FROM {name}"),
        lambda name: sample_table(platform, ben, name),
        lambda name: model_versions(platform, ben, name),
        lambda name: describe_model_sharing(platform, ben, name),
        lambda name: share_model(platform, ben, name, is_restricted=False, grants={}),
    )
    for work in by_metric:
        assert refusal(work, "deals") == refusal(work, "duels")
    # A name that is taken is refused, and what is there is not written over.
    text = MODEL.format(name="deals", joins="[]", more="")
    with pytest.raises(ForbiddenError, match="no model 'deals' here that you may change"):
        apply_definitions(platform, ben, {"deals.yaml": text})
    bills = {one.name: one.text for one in export_definitions(platform, ben)}
    kept = apply_definitions(platform, admin, {"people.yaml": bills["people"]}).kept
    assert kept == ("bills", "deals")


def test_nobody_gives_themselves_more_than_they_have(platform: Platform, admin: Principal) -> None:
    ann, ben, eve = (who(platform, name) for name in ("ann", "ben", "eve"))
    share_model(platform, ann, "deals", is_restricted=True, grants={address("ann"): "edit", address("ben"): "view"})
    for member in (ben, eve):
        with pytest.raises(ForbiddenError):
            share_model(platform, member, "deals", is_restricted=False, grants={member.email: "edit"})
    with pytest.raises(ForbiddenError, match="no model 'deals' here that you may change"):
        apply_definitions(platform, ben, {"deals.yaml": MODEL.format(name="deals", joins="[]", more="")})
    with pytest.raises(ForbiddenError, match="lock yourself out"):
        share_model(platform, ann, "deals", is_restricted=True, grants={address("ben"): "edit"})
    with pytest.raises(ForbiddenError):
        share_source(platform, ann, "crm", is_restricted=True, grants={address("ann"): "edit"})
    assert describe_source_sharing(platform, admin, "crm").grants == {}
    with platform.session() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "grants:changed")).all()
    assert [(row.subject, row.actor, row.data["kind"]) for row in rows] == [("deals", address("ann"), "model")]


def test_what_was_kept_for_one_reader_is_not_shown_to_one_of_other_grants(platform: Platform, admin: Principal) -> None:
    ann, ben = who(platform, "ann"), who(platform, "ben")
    question = MetricQuery(metrics=("bills_share",))
    assert effective_key(platform, ann, "") == effective_key(platform, ben, "")
    assert ask(platform, ben, question).rows() == ask(platform, ann, question).rows()
    share_model(platform, admin, "deals", is_restricted=True, grants={address("ann"): "view"})
    assert effective_key(platform, ann, "") != effective_key(platform, ben, "")
    assert ask(platform, ann, question).table.num_rows == 1
    with pytest.raises(InvalidError, match="There is no metric bills_share"):
        ask(platform, ben, question)
    with pytest.raises(RefusedError, match="there is no table 'deals'"):
        run_sql(platform, ben, "WITH d AS (SELECT * FROM deals) SELECT count(*) FROM d")


def test_what_lies_in_a_folder_is_for_those_who_may_see_the_folder(platform: Platform, admin: Principal) -> None:
    ann, ben = who(platform, "ann"), who(platform, "ben")
    finance = create_folder(platform, ann, "Finance", is_restricted=True)
    inner = create_folder(platform, ann, "Board", parent_id=finance)
    share_model(platform, ann, "deals", is_restricted=False, grants={}, folder_id=inner)
    share_source(platform, admin, "crm", is_restricted=False, grants={}, folder_id=finance)
    assert known(platform, "ann") == known(platform, "boss") == EVERYTHING
    assert known(platform, "ben") == ({"bills_total"}, {"bills"}, set())
    # To whom it is not granted it is not there: neither moved out of its folder nor written over.
    for folder_id in (None, finance):
        with pytest.raises(ForbiddenError, match="no model 'deals' here"):
            share_model(platform, ben, "deals", is_restricted=False, grants={}, folder_id=folder_id)
    # A grant on the folder comes down, and no further than it goes: to see a model is not to move it.
    share(platform, ann, folder_id=finance, is_restricted=True, grants={ann.email: "edit", ben.email: "view"})
    assert known(platform, "ben") == EVERYTHING
    with pytest.raises(ForbiddenError, match="no model 'deals' here that you may share"):
        share_model(platform, ben, "deals", is_restricted=False, grants={}, folder_id=None)
    with pytest.raises(ForbiddenError, match="look into this folder, but not change"):
        share_model(platform, ben, "bills", is_restricted=False, grants={}, folder_id=inner)
    with pytest.raises(ForbiddenError, match="no such folder"):
        share_model(platform, ben, "bills", is_restricted=False, grants={}, folder_id="0" * 32)
    # What is restricted itself has none of the folder's grants.
    share_model(platform, ann, "deals", is_restricted=True, grants={ann.email: "edit"}, folder_id=inner)
    assert "deals_total" not in known(platform, "ben")[0]


def test_a_folder_that_holds_a_model_or_a_source_stays_and_what_comes_back_is_closed(
    platform: Platform, admin: Principal
) -> None:
    ann = who(platform, "ann")
    finance = create_folder(platform, ann, "Finance", is_restricted=True)
    share_model(platform, ann, "deals", is_restricted=False, grants={}, folder_id=finance)
    share_source(platform, admin, "crm", is_restricted=False, grants={}, folder_id=finance)
    with pytest.raises(ConflictError, match="Finance holds 1 model and 1 source"):
        remove_folder(platform, ann, finance)
    with pytest.raises(ConflictError, match="everybody could see its tables"):
        remove_source(platform, admin, "crm")
    share_source(platform, admin, "crm", is_restricted=False, grants={})
    texts = {one.name: one.text for one in export_definitions(platform, admin)}
    rest = {name: texts[name].replace(SHARE, "") for name in ("bills", "people")}
    apply_definitions(platform, admin, rest, prune=True)
    remove_folder(platform, ann, finance)
    apply_definitions(platform, admin, {"deals": texts["deals"]})
    assert "deals_total" in known(platform, "boss")[0]
    assert "deals_total" not in known(platform, "ben")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Random places, restrictions and grants, judged by loops."""

    tree: Tree
    places: dict[tuple[DataKind, str], tuple[str | None, bool]]
    grants: tuple[tuple[DataKind, str, str | None, int], ...]

    def level(self, thing: tuple[DataKind, str], speaks: set[str | None]) -> int:
        folder, is_restricted = self.places.get(thing, (None, False))
        inherited = 0 if is_restricted else self.tree.level(folder, speaks)
        return max(
            [inherited, *(level for kind, name, to, level in self.grants if (kind, name) == thing and to in speaks)]
        )


@pytest.mark.parametrize("seed", range(4))
def test_random_grants_show_exactly_what_loops_allow(platform: Platform, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311
    acme, other = (operator(create_tenant(platform, slug=slug, name=slug)) for slug in ("acme", "other"))
    members = [
        add_member(platform, acme, email=f"m{number}@acme.example", name="m", role="analyst") for number in range(5)
    ]
    tree = random_tree(draw, [str(member.member_id) for member in members])
    tree.keep(platform, acme)
    things = [(kind, f"t{number}") for kind in DataKind for number in range(8)]
    subjects = [*(str(member.member_id) for member in members), *tree.teams, None]
    rules = Rules(
        tree=tree,
        places={
            thing: (draw.choice([None, *tree.folders]), draw.random() < 0.4) for thing in things if draw.random() < 0.9
        },
        grants=tuple((*draw.choice(things), draw.choice(subjects), draw.choice([1, 2, 3])) for _ in range(25)),
    )
    with platform.session() as session:
        for tenant, places in ((acme.tenant, rules.places), (other.tenant, dict.fromkeys(things, (None, True)))):
            for (kind, name), (folder, is_restricted) in places.items():
                place = DataPlaceRow(tenant_id=tenant.id, kind=kind, name=name)
                place.folder_id, place.is_restricted = folder, is_restricted
                session.add(place)
        for kind, name, to, level in rules.grants:
            row = GrantRow(id=new_id(), tenant_id=acme.tenant.id, level=level)
            row.model, row.source = (name, None) if kind is DataKind.MODEL else (None, name)
            row.team_id, row.member_id = (to, None) if to in tree.teams else (None, to)
            session.add(row)
    for member in members:
        speaks = tree.belongs(str(member.member_id))
        levels = {thing: rules.level(thing, speaks) for thing in things}
        with platform.session() as session:
            assert find_hidden(session, member) == {thing for thing, level in levels.items() if not level}
            assert {thing: level_of_data(session, member, *thing) for thing in things} == levels
