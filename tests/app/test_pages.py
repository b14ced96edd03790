"""Every page, found by walking them, run as a browser does: without its permission, and with another tenant's ids."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import pages
from app.ui.navigation import PageEntry, sections_for
from core.registry import find_kinds
from services.organisation import add_member
from services.roles import save_role
from services.signin import start_member_session
from tenants.access import Permission, Principal, Role, operator
from tests.access.world import MARK, SECRET, World, rows_of, twin_of
from tests.app.conftest import Running
from tests.app.page_run import run_page

ROOT = Path(pages.__file__).parent.parent
ENTRIES: dict[str, PageEntry] = {name: module.PAGE for name, module in find_kinds(pages).items()}
# The parameters of pages' addresses that name something, with the other tenant's thing of that kind.
NAMES = {
    "id": f"{MARK}review", "metric": f"{MARK}value", "model": f"{MARK}orders", "table": f"{MARK}orders",
    "by": f"{MARK}region", "where": f"{MARK}region = 'x'", "folder": "", "cohort": f"{MARK}leavers",
}  # fmt: skip
# Those that hold a day, a number or a word of a few: they name nothing that a tenant owns.
PLAIN = {
    "arrange", "as_of", "before", "comments", "compare", "days", "due", "from", "full", "order", "part", "period", "q",
    "score", "tab", "target", "to", "trash", "tv", "view",
}  # fmt: skip


def test_every_parameter_of_an_address_is_walked_or_names_nothing() -> None:
    read = {name for file in _sources() for name in _parameters(file)}
    assert {"id", "metric", "view"} <= read
    assert read - set(NAMES) - PLAIN == set(), "say in NAMES or PLAIN above what these parameters of pages hold"


@pytest.mark.parametrize("name", ENTRIES)
def test_a_page_shows_of_another_tenant_what_it_shows_of_nothing(app: Running, world: World, name: str) -> None:
    theirs = rows_of(app.platform, world.bob.tenant.id)
    cookie = start_member_session(app.platform, str(world.ann.member_id), "link")
    names = NAMES | {"folder": world.folder}
    for own in ({}, {"id": "ownreview", "metric": "ownvalue"}):
        seen = []
        for params in (names | own, {key: twin_of(value) for key, value in names.items()} | own):
            drawn = run_page(app, cookie, ENTRIES[name].url_path, params)
            assert SECRET.encode() not in drawn.raw
            seen.append([_without(text, params) for text in drawn.texts])
        assert seen[0] == seen[1]
    assert rows_of(app.platform, world.bob.tenant.id) == theirs


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if entry.permission is not None])
def test_a_page_is_not_there_for_who_lacks_its_permission_alone(app: Running, world: World, name: str) -> None:
    entry = ENTRIES[name]
    cookie = start_member_session(app.platform, str(_member_without(app, world, entry).member_id), "link")
    assert not run_page(app, cookie, entry.url_path).is_found
    assert not run_page(app, cookie, f"{entry.url_path}x").is_found
    anns = start_member_session(app.platform, str(world.ann.member_id), "link")
    assert run_page(app, anns, entry.url_path).is_found


@pytest.mark.parametrize("role", Role)
def test_the_navigation_shows_a_role_the_pages_it_may_use(app: Running, world: World, role: Role) -> None:
    email = f"{role}-pages@own.example"
    member = add_member(app.platform, operator(world.ann.tenant), email=email, name=role, role=role)
    sections = sections_for(app.platform, member, ENTRIES.values())
    shown = {page.url_path for section in sections for page in section.pages}
    assert shown == {one.url_path for one in ENTRIES.values() if one.permission in {None, *member.permissions}}


def _member_without(app: Running, world: World, entry: PageEntry) -> Principal:
    asking, name = operator(world.ann.tenant), f"no-{entry.url_path}"
    held = [one for one in Permission if one is not entry.permission]
    save_role(app.platform, asking, name=name, description="", permissions=held)
    return add_member(app.platform, asking, email=f"{name}@own.example", name=name, role=name)


def _without(text: str, params: dict[str, str]) -> str:
    """A text of a page in which what was asked for cannot be told from another name."""
    for value in sorted({*params.values(), MARK, MARK[::-1]}, key=len, reverse=True):
        text = text.replace(value, "it")
    return text


def _sources() -> list[Path]:
    return [*(ROOT / "pages").rglob("*.py"), *(ROOT / "app" / "ui").glob("*.py")]


def _parameters(file: Path) -> Iterator[str]:
    """The names that a file reads from, or looks for in, the parameters of the address."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        named: ast.expr | None = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            is_read = node.func.attr in {"get", "get_all"} and "params" in ast.unparse(node.func.value)
            named = node.args[0] if is_read else None
        elif isinstance(node, ast.Compare) and "query_params" in ast.unparse(node.comparators[0]):
            named = node.left
        if isinstance(named, ast.Constant) and isinstance(named.value, str):
            yield named.value


def test_ask_offers_whose_holidays_a_comparison_follows(app: Running, world: World) -> None:
    cookie = start_member_session(app.platform, str(world.ann.member_id), "link")
    texts = run_page(app, cookie, "ask", {"metric": "ownvalue", "compare": "holiday:DE"}).texts
    assert {"Prior year by holidays", "Holidays of", "Germany", "Norway"} <= set(texts)
    assert "Holidays of" not in run_page(app, cookie, "ask", {"metric": "ownvalue"}).texts


def test_the_report_of_a_notebook_is_designed_beside_its_pages(app: Running, world: World) -> None:
    cookie = start_member_session(app.platform, str(world.ann.member_id), "link")
    drawn = run_page(app, cookie, "notebooks", {"id": "ownreview", "view": "report"})
    words = " ".join(drawn.texts)
    assert [one for one in ("Blocks", "Page 1") if one not in words] == []
