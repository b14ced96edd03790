"""A page's place in the navigation. Each package of `pages` names its own as `PAGE`; there is no central list.

The page itself is loaded when it is first opened: the navigation needs all places, and a visitor one page.
"""

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.ui.shell import NavPage, NavSection
from services.platform import Platform
from tenants.access import Permission, Principal

Draw = Callable[[Platform, Principal], None]


class Section(StrEnum):
    """The groups of the navigation, in their order."""

    OVERVIEW = "Overview"
    EXPLORE = "Explore"
    BUILD = "Build"
    DATA = "Data"
    ADMIN = "Admin"
    YOU = "You"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEntry:
    """A page in the navigation, shown to those who hold `permission`; None is everybody.

    `icon` is a Material Symbols name; pages of a section are in the order of `position`; the page with no path is the
    one at `/`.
    """

    section: Section
    position: int
    title: str
    icon: str
    draw: Draw
    url_path: str
    permission: Permission | None = None


def page(module: str) -> Draw:
    """What draws a page: the function `draw` of that module."""

    def draw(platform: Platform, principal: Principal) -> None:
        importlib.import_module(module).draw(platform, principal)

    return draw


def sections_for(platform: Platform, principal: Principal, entries: Iterable[PageEntry]) -> tuple[NavSection, ...]:
    """The sections and pages a principal may use, in order; a section without pages is left out."""

    def run(entry: PageEntry) -> Callable[[], None]:
        # Streamlit asks a page's function for its name.
        def draw() -> None:
            entry.draw(platform, principal)

        return draw

    allowed = [entry for entry in entries if entry.permission is None or principal.can(entry.permission)]
    allowed.sort(key=lambda entry: entry.position)
    pages = {
        section: tuple(
            NavPage(title=entry.title, icon=entry.icon, run=run(entry), url_path=entry.url_path)
            for entry in allowed
            if entry.section == section
        )
        for section in Section
    }
    return tuple(NavSection(title=section.value, pages=found) for section, found in pages.items() if found)
