"""The frame around every page; what it does in a browser is tested in `test_gallery`."""

from app.ui.shell import NavPage, NavSection, Organisation, Shell, menu_items


def draw_nothing() -> None:
    """A page without content."""


SHELL = Shell(
    tenant_name="Halden Systems",
    member_name="Priya Raman",
    sections=(
        NavSection(title="Overview", pages=(NavPage(title="Home", icon="home", run=draw_nothing),)),
        NavSection(
            title="Data", pages=(NavPage(title="Sources", icon="database", run=draw_nothing, url_path="sources"),)
        ),
    ),
    organisations=(Organisation(name="Harbour_*Supply*", address="/switch/harbour"),),
)


def test_menu_offers_other_organisations_appearance_and_sign_out() -> None:
    labels = [item.label.split(": ", 1)[1] for item in menu_items(SHELL)]
    assert labels == [
        "Harbour\\_\\*Supply\\*",
        "Light appearance",
        "Dark appearance",
        "System appearance",
        "Sign out",
    ]


def test_appearance_is_written_for_every_page() -> None:
    dark = menu_items(SHELL)[2]
    assert dark.command == {"appearance": "Dark", "paths": ["/", "/sources"]}


def test_sign_out_and_switching_are_posts() -> None:
    assert [item.command for item in menu_items(SHELL) if "post" in item.command] == [
        {"post": "/switch/harbour"},
        {"post": "/signout"},
    ]
