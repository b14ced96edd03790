"""The frame around every page: logo, navigation, and the menu at the foot of the sidebar.

The shell knows nothing of tenants or permissions: it draws the pages and menu items it is given.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import streamlit as st
from streamlit.components import v2

from app.ui.logo import NEUTRAL_COLOUR, tenant_logo
from app.ui.stylesheet import page_style

FOLDER = Path(__file__).resolve().parent
PAGE_ICON = FOLDER.parent / "static" / "icon.svg"
SIDEBAR_PX = 236
PRODUCT = "Plumbline"

_command = v2.component("plumbline_shell", js=(FOLDER / "shell_command.js").read_text(encoding="utf-8"))
_watch = v2.component("plumbline_watch", js=(FOLDER / "session_watch.js").read_text(encoding="utf-8"))
WATCH_EVERY_S = 5


class OpenPage(Protocol):
    """The page that was asked for; `run` draws it."""

    def run(self) -> None:
        """Draw the page."""


class Appearance(StrEnum):
    """The three appearances, as the browser stores them."""

    LIGHT = "Light"
    DARK = "Dark"
    SYSTEM = "System"


@dataclass(frozen=True, slots=True, kw_only=True)
class NavPage:
    """One entry of the navigation. `icon` is a Material Symbols name, `count` is shown in red when above 0."""

    title: str
    icon: str
    run: Callable[[], None]
    url_path: str = ""
    count: int = 0

    @property
    def is_default(self) -> bool:
        """Whether this is the page at `/`: the one without a path."""
        return not self.url_path

    @property
    def address(self) -> str:
        """The path in the browser."""
        return f"/{self.url_path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NavSection:
    """A titled group of pages."""

    title: str
    pages: tuple[NavPage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Another tenant of the same member; `address` switches to it by a POST."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """What the frame shows.

    `tenant_logo` is a PNG that stands in for the drawn mark. `sign_out_address` ends the session by a POST;
    `alive_address` answers 401 when it has ended.
    """

    tenant_name: str
    member_name: str
    sections: tuple[NavSection, ...]
    tenant_colour: str = NEUTRAL_COLOUR
    tenant_logo: bytes | None = None
    sign_out_address: str = "/signout"
    alive_address: str = "/signin/alive"
    organisations: tuple[Organisation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """One entry of the member's menu and the command it gives to the browser."""

    label: str
    command: dict[str, object]


def shell(view: Shell) -> OpenPage:
    """Draw the frame and return the page that was asked for; call its `run()` next.

    This has to be the first Streamlit call of a run.
    """
    st.set_page_config(
        page_title=f"{PRODUCT}: {view.tenant_name}",
        page_icon=str(PAGE_ICON),
        layout="wide",
        initial_sidebar_state=SIDEBAR_PX,
    )
    page_style()
    st.logo(tenant_logo(view.tenant_name, colour=view.tenant_colour, picture=view.tenant_logo), size="large")
    sections = {
        section.title: [
            st.Page(
                page.run,
                title=f"{page.title} :red[**{page.count}**]" if page.count else page.title,
                icon=f":material/{page.icon}:",
                url_path=page.url_path or None,
                default=page.is_default,
            )
            for page in section.pages
        ]
        for section in view.sections
    }
    opened: OpenPage = st.navigation(sections, expanded=True)
    with st.sidebar:
        _member_menu(view)
        _watch(data={"address": view.alive_address, "every_s": WATCH_EVERY_S}, key="session_watch")
    return opened


def open_anew(address: str) -> None:
    """Lead the browser to a page as if it came anew: the script then begins with nothing in memory."""
    _command(data={"open": address}, key="shell_open")


def menu_items(view: Shell) -> list[MenuItem]:
    """Other organisations, the three appearances, then sign-out."""
    # The browser keeps the appearance for each page's address, so it is written for all of them.
    paths = [page.address for section in view.sections for page in section.pages]
    icons = {Appearance.LIGHT: "light_mode", Appearance.DARK: "dark_mode", Appearance.SYSTEM: "contrast"}
    items = [
        MenuItem(label=f":material/apartment: {_plain(one.name)}", command={"post": one.address})
        for one in view.organisations
    ]
    items += [
        MenuItem(label=f":material/{icons[one]}: {one} appearance", command={"appearance": one.value, "paths": paths})
        for one in Appearance
    ]
    items.append(MenuItem(label=":material/logout: Sign out", command={"post": view.sign_out_address}))
    return items


def _member_menu(view: Shell) -> None:
    items = menu_items(view)
    with st.container(key="membermenu"):
        chosen: int | None = st.menu_button(
            _plain(view.member_name),
            range(len(items)),
            format_func=lambda index: items[index].label,
            icon=":material/account_circle:",
            type="tertiary",
            key="member_menu",
        )
        if chosen is not None:
            _command(data=items[chosen].command, key="member_command")


def _plain(text: str) -> str:
    """A name as literal text in a Markdown label."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#+-.!:$~|" else sign for sign in text)
