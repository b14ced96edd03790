"""Pages find their place in the navigation by themselves."""

import dataclasses

import pages
from app.ui.navigation import PageEntry, Section, sections_for
from core.registry import find_kinds
from services.organisation import create_tenant
from services.platform import Platform
from tenants.access import Permission, Principal, operator


def draw_nothing(_platform: Platform, _principal: Principal) -> None:
    """A page without content."""


def entry(title: str, section: Section, position: int, permission: Permission | None = None) -> PageEntry:
    return PageEntry(
        section=section,
        position=position,
        title=title,
        icon="home",
        draw=draw_nothing,
        url_path=title.lower(),
        permission=permission,
    )


def test_pages_stand_in_the_order_of_sections_and_positions_without_those_a_member_may_not_use(
    platform: Platform,
) -> None:
    everybody = operator(create_tenant(platform, slug="acme", name="Acme"))
    reader = dataclasses.replace(everybody, permissions=frozenset({Permission.NOTEBOOK_READ}))
    entries = [
        entry("Syncs", Section.DATA, 2),
        entry("Sources", Section.DATA, 1),
        entry("Members", Section.ADMIN, 1, Permission.MEMBER_ADD),
        entry("Home", Section.OVERVIEW, 1),
    ]
    sections = sections_for(platform, reader, entries)
    seen = [(section.title, [page.title for page in section.pages]) for section in sections]
    assert seen == [("Overview", ["Home"]), ("Data", ["Sources", "Syncs"])]
    assert sections_for(platform, everybody, entries)[-1].title == "Admin"


def test_every_page_has_a_place_of_its_own() -> None:
    entries = [module.PAGE for module in find_kinds(pages).values()]
    assert [one.title for one in entries if not one.url_path] == ["Home"]
    assert len({one.url_path for one in entries}) == len(entries)
    assert len({(one.section, one.position) for one in entries}) == len(entries)
