"""Folders and grants: one policy for lists, searches and single notebooks, which nobody widens for themselves."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from core.errors import ConflictError, ForbiddenError, InvalidError
from core.ids import new_id
from notebooks import DescribeNotebook
from services.deliveries.recipients import effective_key, may_read
from services.deliveries.schedules import add_schedule, list_schedules
from services.deliveries.spec import Plan
from services.folders import change_folder, create_folder, list_folders, place_notebook, remove_folder
from services.members import change_roles
from services.notebook_editing import create_notebook, duplicate_notebook, edit_notebook, publish_notebook
from services.notebook_history import list_history
from services.notebooks import list_notebooks, require_notebook, require_version, save_notebooks
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.reports import export_report
from services.sharing import describe_sharing, list_addressees, list_grants, share
from services.teams import save_team
from tenants.access import Principal, operator
from tenants.access.grants import level_of_folder, level_of_notebook
from tenants.documents import DocumentKind, save_documents
from tenants.folder_schema import FolderRow, GrantRow, NotebookPlaceRow
from tenants.notebook_states import publish_version
from tenants.schema import AuditRow
from tenants.team_schema import TeamMemberRow, TeamRow
from tests.services.test_members import find

AT = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
NOTEBOOK = "notebook: {name}\ntitle: {name}\ncells: [{{name: words, kind: text, text: secret of {name}}}]"


def address(name: str) -> str:
    return f"{name}@acme.example"


@pytest.fixture
def admin(platform: Platform) -> Principal:
    """The administrator of a tenant with two analysts, Ann and Ben, an executive, Eve, and two notebooks."""
    acme = operator(create_tenant(platform, slug="acme", name="Acme"))
    for name, role in (("boss", "admin"), ("ann", "analyst"), ("ben", "analyst"), ("eve", "executive")):
        add_member(platform, acme, email=address(name), name=name.title(), role=role)
    save_notebooks(platform, acme, {f"{name}.yaml": NOTEBOOK.format(name=name) for name in ("plan", "review")})
    return find(platform, "acme", address("boss"))


def who(platform: Platform, name: str) -> Principal:
    return find(platform, "acme", address(name))


def names(platform: Platform, name: str, search: str = "") -> list[str]:
    return [facts.name for facts in list_notebooks(platform, who(platform, name), search=search)]


def test_a_restricted_folder_is_for_those_who_are_named_and_the_administrator(
    platform: Platform, admin: Principal
) -> None:
    ann, ben, eve = (who(platform, name) for name in ("ann", "ben", "eve"))
    finance = create_folder(platform, ann, "Finance", is_restricted=True)
    inner = create_folder(platform, ann, "Board", parent_id=finance)
    place_notebook(platform, ann, "plan", folder_id=inner)
    assert (names(platform, "ann"), names(platform, "boss")) == (["plan", "review"], ["plan", "review"])
    assert (names(platform, "ben"), names(platform, "eve")) == (["review"], ["review"])
    assert names(platform, "ben", "secret of plan") == []
    assert [one.path for one in list_folders(platform, ann)] == [("Finance",), ("Finance", "Board")]
    assert list_folders(platform, ben) == []
    # A grant on the folder above comes down; a level that the role lacks does not.
    save_team(platform, admin, name="Leads", managers=[], members=[address("eve")])
    save_team(platform, admin, name="All", managers=[], members=[])
    save_team(platform, admin, name="Leads", was="Leads", above="All", managers=[], members=[address("eve")])
    grants = {address("ann"): "edit", address("ben"): "view", "team:All": "edit"}
    share(platform, ann, folder_id=finance, is_restricted=True, grants=grants)
    assert (names(platform, "ben"), names(platform, "eve")) == (["plan", "review"], ["plan", "review"])
    assert {one.name: one.may_edit for one in list_notebooks(platform, ben)} == {"plan": False, "review": True}
    assert {one.name: one.may_edit for one in list_notebooks(platform, eve)} == {"plan": False, "review": False}
    assert describe_sharing(platform, ann, folder_id=finance).grants == grants
    assert [(one.kind, one.name, one.to, one.level) for one in list_grants(platform, admin)] == [
        ("folder", "Finance", address("ann"), "edit"),
        ("folder", "Finance", address("ben"), "view"),
        ("folder", "Finance", "team:All", "edit"),
    ]
    # Who may only see it sees what was published.
    version = edit_notebook(platform, ann, "plan", DescribeNotebook(title="New plan", description="")).version
    assert (
        require_notebook(platform, ben, "plan").title,
        require_notebook(platform, ann, "plan", is_draft=True).title,
    ) == (
        "plan",
        "New plan",
    )
    publish_notebook(platform, ann, "plan", version)
    assert require_version(platform, ben, "plan", is_draft=True)[0].title == "New plan"


def test_a_restricted_notebook_in_an_open_folder_is_for_those_named_on_it(platform: Platform, admin: Principal) -> None:
    ann = who(platform, "ann")
    everybodys = create_folder(platform, ann, "Everybody's")
    place_notebook(platform, ann, "plan", folder_id=everybodys)
    share(platform, ann, notebook="plan", is_restricted=True, grants={address("ann"): "edit"})
    assert names(platform, "ben") == ["review"]
    copy = duplicate_notebook(platform, ann, "plan").name
    assert copy not in names(platform, "ben")
    assert {one.name: one.folder_id for one in list_notebooks(platform, ann)}[copy] == everybodys
    draft = create_notebook(platform, ann, "Ideas", folder_id=everybodys).name
    assert (draft in names(platform, "ben"), draft in names(platform, "eve")) == (True, False)
    share(platform, ann, notebook="plan", is_restricted=False, grants={})
    assert names(platform, "ben") == [draft, "plan", "review"]


def test_what_is_hidden_answers_as_what_is_not_there(platform: Platform, admin: Principal) -> None:
    ann, ben = who(platform, "ann"), who(platform, "ben")
    hidden = create_folder(platform, ann, "Hidden", is_restricted=True)
    place_notebook(platform, ann, "plan", folder_id=hidden)
    absent = "0" * len(hidden)
    describe = DescribeNotebook(title="x", description="")
    asked: tuple[Callable[[str], object], ...] = (
        lambda name: require_notebook(platform, ben, name),
        lambda name: edit_notebook(platform, ben, name, describe),
        lambda name: publish_notebook(platform, ben, name, 1),
        lambda name: duplicate_notebook(platform, ben, name),
        lambda name: list_history(platform, ben, name),
        lambda name: export_report(platform, ben, name, "xlsx"),
        lambda name: place_notebook(platform, ben, name),
        lambda name: describe_sharing(platform, ben, notebook=name),
        lambda name: share(platform, ben, notebook=name, is_restricted=False, grants={address("ben"): "edit"}),
        lambda name: add_schedule(platform, ben, Plan(name="weekly", notebook=name, cron="0 8 * * mon", recipients=())),
    )
    for ask in asked:
        assert refusal(ask, "plan").replace("plan", "it") == refusal(ask, "palm").replace("palm", "it")
    in_folder: tuple[Callable[[str], object], ...] = (
        lambda one: create_folder(platform, ben, "Inside", parent_id=one),
        lambda one: change_folder(platform, ben, one, name="Mine"),
        lambda one: remove_folder(platform, ben, one),
        lambda one: place_notebook(platform, ben, "review", folder_id=one),
        lambda one: create_notebook(platform, ben, "New", folder_id=one),
        lambda one: describe_sharing(platform, ben, folder_id=one),
        lambda one: share(platform, ben, folder_id=one, is_restricted=False, grants={"everyone": "edit"}),
    )
    for ask in in_folder:
        assert refusal(ask, hidden) == refusal(ask, absent)
    assert names(platform, "ben") == ["review"]
    with platform.session() as session:
        denied = session.scalars(
            select(AuditRow).where(AuditRow.action == "access:denied", AuditRow.actor == ben.email)
        )
        assert len(list(denied)) == 2 * (len(asked) + len(in_folder))
    # The name is taken all the same, and what is there is not written over.
    with pytest.raises(ForbiddenError, match="cannot save a notebook under the name plan"):
        save_notebooks(platform, ben, {"plan.yaml": NOTEBOOK.format(name="plan")})


def refusal(ask: Callable[[str], object], name: str) -> str:
    with pytest.raises(ForbiddenError) as caught:
        ask(name)
    return caught.value.message


def test_nobody_gives_themselves_more_than_they_have(platform: Platform, admin: Principal) -> None:
    ann, ben = who(platform, "ann"), who(platform, "ben")
    finance = create_folder(platform, ann, "Finance", is_restricted=True)
    place_notebook(platform, ann, "plan", folder_id=finance)
    share(platform, ann, folder_id=finance, is_restricted=True, grants={address("ann"): "edit", address("ben"): "view"})
    everything = {"everyone": "edit", address("ben"): "edit"}
    tries: tuple[Callable[[], object], ...] = (
        lambda: share(platform, ben, folder_id=finance, is_restricted=False, grants=everything),
        lambda: share(platform, ben, notebook="plan", is_restricted=False, grants=everything),
        lambda: place_notebook(platform, ben, "plan"),
        lambda: change_folder(platform, ben, finance, name="Mine"),
        lambda: duplicate_notebook(platform, ben, "plan"),
        lambda: create_notebook(platform, ben, "In there", folder_id=finance),
        # An open folder of one's own, put around what is restricted or into it, opens nothing.
        lambda: change_folder(platform, ben, create_folder(platform, ben, "Bait"), name="Bait", parent_id=finance),
    )
    for attempt in tries:
        with pytest.raises(ForbiddenError):
            attempt()
    assert {one.name: one.may_edit for one in list_notebooks(platform, ben)} == {"plan": False, "review": True}
    with pytest.raises(ForbiddenError, match="lock yourself out"):
        share(platform, ann, folder_id=finance, is_restricted=True, grants={address("ben"): "edit"})
    # A role that is taken away takes the level with it, whatever was granted.
    change_roles(platform, admin, ann.member_id or "", ["executive"])
    assert {one.may_edit for one in list_notebooks(platform, who(platform, "ann"))} == {False}


def test_bad_input_changes_nothing(platform: Platform, admin: Principal) -> None:
    ann = who(platform, "ann")
    outer = create_folder(platform, ann, "Outer")
    inner = create_folder(platform, ann, "Inner", parent_id=outer)
    place_notebook(platform, ann, "plan", folder_id=inner)
    attempts: tuple[tuple[Callable[[], object], type[Exception], str], ...] = (
        (lambda: create_folder(platform, ann, " "), InvalidError, "1 to 100 characters; this one has 0"),
        (lambda: create_folder(platform, ann, "x" * 101), InvalidError, "has 101"),
        (lambda: change_folder(platform, ann, outer, name="O", parent_id=inner), ConflictError, "cannot lie in itself"),
        (lambda: change_folder(platform, ann, outer, name="O", parent_id=outer), ConflictError, "cannot lie in itself"),
        (lambda: remove_folder(platform, ann, outer), ConflictError, "Outer holds 1 folder,"),
        (lambda: remove_folder(platform, ann, inner), ConflictError, "Inner holds 1 notebook,"),
        (lambda: describe_sharing(platform, ann), InvalidError, "either a notebook or a folder"),
        (lambda: _share(platform, ann, {"nobody@x.example": "view"}), ForbiddenError, "There is no member 'nobody"),
        (lambda: _share(platform, ann, {"team:None": "view"}), ForbiddenError, "There is no team 'None'"),
        (lambda: _share(platform, ann, {"everyone": "own"}), InvalidError, "'own' is neither view, comment nor edit"),
        (lambda: _share(platform, ann, {str(n): "view" for n in range(501)}), InvalidError, "At most 500"),
    )
    before = list_folders(platform, ann)
    for attempt, error, message in attempts:
        with pytest.raises(error, match=message):
            attempt()
    assert list_folders(platform, ann) == before
    assert describe_sharing(platform, ann, notebook="plan").grants == {}
    assert list_addressees(platform, ann)[:2] == ["everyone", address("ann")]


def _share(platform: Platform, principal: Principal, grants: dict[str, str]) -> None:
    share(platform, principal, notebook="plan", is_restricted=False, grants=grants)


def test_schedules_and_deliveries_are_for_those_who_may_see_the_notebook(platform: Platform, admin: Principal) -> None:
    ann, ben, eve = (who(platform, name) for name in ("ann", "ben", "eve"))
    plan = Plan(
        name="weekly", notebook="plan", cron="0 8 * * mon", recipients=(address("eve"),),
        channel={"kind": "webhook", "to": "https://hooks.example.com/x"},
    )  # fmt: skip
    add_schedule(platform, ann, plan)
    before = effective_key(platform, eve, "plan")
    share(platform, ann, notebook="plan", is_restricted=True, grants={address("ann"): "edit"})
    assert [one.plan.name for one in list_schedules(platform, ann)] == ["weekly"]
    assert list_schedules(platform, ben) == []
    with platform.session() as session:
        assert (may_read(session, ann, "plan"), may_read(session, eve, "plan")) == (True, False)
    # What was rendered for her before is not sent any more.
    assert effective_key(platform, eve, "plan") != before


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Teams with the one above and who is in them; folders and notebooks with where they lie; grants on them."""

    teams: dict[str, tuple[str | None, list[str]]]
    folders: dict[str, tuple[str | None, bool]]
    books: dict[str, tuple[str | None, bool]]
    grants: list[tuple[str, str | None, int]]

    def belongs(self, member_id: str) -> set[str | None]:
        """Whom a grant may name to speak of a member: the member, everyone, their teams and those above."""
        found = [team for team, (_, inside) in self.teams.items() if member_id in inside]
        for team in found:
            above = self.teams[team][0]
            found += [above] if above is not None and above not in found else []
        return {member_id, None, *found}

    def level(self, thing: str | None, speaks: set[str | None]) -> int:
        """What is granted on a thing and comes down to it."""
        if thing is None:
            return 3
        parent, is_restricted = (self.books | self.folders)[thing]
        own = [level for on, to, level in self.grants if on == thing and to in speaks]
        return max([0 if is_restricted else self.level(parent, speaks), *own])

    def keep(self, platform: Platform, asking: Principal) -> None:
        """Write it into the metadata."""
        tenant = asking.tenant.id
        texts = {name: NOTEBOOK.format(name=name) for name in self.books}
        with platform.session() as session:
            save_documents(session, asking, DocumentKind.NOTEBOOK, texts)
            for team, (above, inside) in self.teams.items():
                session.add(TeamRow(id=team, tenant_id=tenant, name=team, parent_id=above, created_at=AT))
                session.flush()
                session.add_all(TeamMemberRow(team_id=team, member_id=one, is_manager=False) for one in inside)
            for one, (parent, is_restricted) in self.folders.items():
                folder = FolderRow(id=one, tenant_id=tenant, name=one, parent_id=parent, is_restricted=is_restricted)
                folder.created_at, folder.created_by = AT, "test"
                session.add(folder)
                session.flush()
            for name, (parent, is_restricted) in self.books.items():
                publish_version(session, tenant, name, 1)
                session.add(
                    NotebookPlaceRow(tenant_id=tenant, name=name, folder_id=parent, is_restricted=is_restricted)
                )
            for on, to, level in self.grants:
                row = GrantRow(id=new_id(), tenant_id=tenant, level=level)
                row.folder_id, row.notebook = (on, None) if on in self.folders else (None, on)
                row.team_id, row.member_id = (to, None) if to in self.teams else (None, to)
                session.add(row)


def random_tree(draw: random.Random, member_ids: list[str]) -> Tree:
    teams: dict[str, tuple[str | None, list[str]]] = {}
    folders: dict[str, tuple[str | None, bool]] = {}
    for _ in range(4):
        teams[new_id()] = (draw.choice([None, *teams]), draw.sample(member_ids, draw.randint(0, 2)))
    for _ in range(12):
        folders[new_id()] = (draw.choice([None, *folders]), draw.random() < 0.4)
    books = {f"n{number}": (draw.choice([None, *folders]), draw.random() < 0.3) for number in range(30)}
    things, subjects = [*books, *folders], [*member_ids, *teams, None]
    grants = [(draw.choice(things), draw.choice(subjects), draw.choice([1, 2, 3])) for _ in range(40)]
    return Tree(teams=teams, folders=folders, books=books, grants=grants)


def test_random_folders_and_grants_show_exactly_what_a_walk_by_hand_allows(platform: Platform) -> None:
    acme, other = (operator(create_tenant(platform, slug=slug, name=slug)) for slug in ("acme", "other"))
    roles = ("analyst", "executive", "analyst", "manager", "analyst")
    members = [
        add_member(platform, acme, email=f"m{number}@acme.example", name="m", role=role)
        for number, role in enumerate(roles)
    ]
    tree = random_tree(random.Random(1126), [str(member.member_id) for member in members])  # noqa: S311
    tree.keep(platform, acme)
    save_notebooks(platform, other, {"n0.yaml": NOTEBOOK.format(name="n0")})
    for member, role in zip(members, roles, strict=True):
        speaks, most = tree.belongs(str(member.member_id)), 3 if role == "analyst" else 2
        books = {name: min(most, tree.level(name, speaks)) for name in tree.books}
        folders = {one: min(most, tree.level(one, speaks)) for one in tree.folders}
        listed = {one.name: 1 + one.may_comment + one.may_edit for one in list_notebooks(platform, member)}
        assert listed == {name: level for name, level in books.items() if level}
        assert {one.id for one in list_folders(platform, member)} == {one for one, level in folders.items() if level}
        with platform.session() as session:
            assert {name: level_of_notebook(session, member, name) for name in books} == books
            assert {one: level_of_folder(session, member, one) for one in folders} == folders
