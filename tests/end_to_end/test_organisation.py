"""An administrator keeps teams and settings and looks as a member does; an analyst keeps a folder for herself."""

import re
from functools import partial
from typing import cast

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.acts import choose, open_behind, settle
from tests.end_to_end.conftest import Server, answer_of, plumbline, sign_in

pytestmark = pytest.mark.browser


def open_path(page: Page, server: Server, path: str) -> None:
    page.wait_for_url(re.compile(r"/$"))
    page.goto(f"{server.address}/{path}")


def name_member(page: Page, label: str, value: str) -> None:
    """Choose an entry of a list in the open dialog."""
    field = page.get_by_role("dialog").get_by_role("combobox", name=label)
    choose(page, field, value, text=value)
    # The list of a multiple choice stays open over the button below it; Escape would close the dialog if it did not.
    field.press("Tab")


def teams(server: Server) -> list[dict[str, object]]:
    """The teams of the tenant."""
    listed = answer_of("team", "list", "--tenant", "harbour", data=server.data)["teams"]
    return cast(list[dict[str, object]], listed)


def remove_teams(server: Server) -> None:
    """Leave no team behind, those below first."""
    for one in sorted(teams(server), key=lambda team: -str(team["team"]).count(" / ")):
        name = str(one["team"]).rsplit(" / ", 1)[-1]
        answer_of("team", "remove", name, "--tenant", "harbour", data=server.data)


def test_a_team_is_made_below_another_one(browser: Browser, server: Server, request: pytest.FixtureRequest) -> None:
    answer_of("team", "save", "Field", "--tenant", "harbour", "--manager", "admin@harbour.example", data=server.data)
    request.addfinalizer(partial(remove_teams, server))
    with sign_in(browser, server, "admin@harbour.example") as page:
        open_path(page, server, "teams")
        page.get_by_role("button", name="New team").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill("Field")
        dialog.get_by_role("button", name="Save team").click()
        expect(dialog.get_by_text("There is a team Field already")).to_be_visible()
        dialog.get_by_label("Name").fill("Harbour <North>")
        name_member(page, "Members", "north.manager@harbour.example")
        dialog.get_by_role("button", name="Save team").click()
        expect(page.get_by_text("The team Harbour <North> is saved")).to_be_visible()
        expect(page.get_by_role("row", name=re.compile("Harbour <North>"))).to_be_visible()
    moved = ["team", "save", "Harbour <North>", "--tenant", "harbour", "--above", "Field"]
    answer_of(*moved, data=server.data)
    circle = plumbline("team", "save", "Field", "--tenant", "harbour", "--above", "Harbour <North>", data=server.data)
    assert (circle.returncode, "cannot belong to itself" in circle.stderr) == (1, True)
    assert teams(server) == [
        {"team": "Field", "managers": ["admin@harbour.example"], "members": []},
        {"team": "Field / Harbour <North>", "managers": [], "members": ["north.manager@harbour.example"]},
    ]


def put_back_settings(server: Server) -> None:
    answer_of("tenant", "settings", "harbour", "--name", "Harbour Supply", data=server.data)
    answer_of("tenant", "backup", "harbour", "--schedule", "off", data=server.data)


def test_settings_hold_at_once_and_backups_are_scheduled_by_command(
    browser: Browser, server: Server, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(partial(put_back_settings, server))
    with sign_in(browser, server, "admin@harbour.example") as page:
        open_path(page, server, "settings")
        expect(page.get_by_role("heading", name=re.compile("Harbour Supply counts in EUR"))).to_be_visible()
        page.get_by_label("Name", exact=True).fill("Harbour & Sons")
        page.get_by_role("button", name="Save settings").click()
        expect(page.get_by_text("The settings are in force")).to_be_visible()
        expect(page.get_by_role("heading", name=re.compile("Harbour & Sons counts in EUR"))).to_be_visible()
        page.get_by_label("Currency").fill("EU")
        page.get_by_role("button", name="Save settings").click()
        expect(page.get_by_text("'EU' is not a currency code")).to_be_visible()
    planned = answer_of("tenant", "backup", "harbour", "--schedule", "0 3 * * sun", "--keep", "4", data=server.data)
    assert isinstance(planned["plan"], dict)
    assert (planned["plan"]["schedule"], planned["plan"]["keep"]) == ("0 3 * * sun", 4)
    ended = answer_of("tenant", "backup", "harbour", "--schedule", "off", data=server.data)
    assert ended["plan"] is None


def test_an_administrator_looks_as_a_member_does_until_they_end_it(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "admin@brightwater.example") as page:
        open_path(page, server, "members")
        page.get_by_role("button", name="Inès Caron").click()
        page.get_by_role("button", name="Look as this member").click()
        page.wait_for_url(re.compile(r"/$"))
        expect(page.get_by_text("You look as Inès Caron (emea.manager@brightwater.example)")).to_be_visible()
        expect(page.get_by_role("link", name="Members")).to_have_count(0)
        expect(page.get_by_role("link", name="Your account")).to_have_count(0)
        settle(page)
        page.get_by_role("button", name="End", exact=True).click()
        expect(page.get_by_text("You look as")).to_have_count(0)
        expect(page.get_by_role("link", name="Members")).to_be_visible()


def test_a_folder_for_oneself_hides_what_is_made_in_it(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "analyst@harbour.example") as page:
        open_path(page, server, "notebooks")
        folder = page.get_by_label("New folder here")
        open_behind(page, page.get_by_role("button", name="Folder", exact=True), folder)
        folder.fill("Desk <1>")
        page.get_by_text("For me alone, until I share it").click()
        page.get_by_role("button", name="Make folder").click()
        row = page.get_by_role("listitem").filter(has_text="Desk <1>/")
        expect(row.get_by_text("Restricted")).to_be_visible()
        settle(page)
        page.keyboard.press("Escape")
        row.get_by_text("Open", exact=True).click()
        expect(page.get_by_role("heading", name="No notebooks in Desk <1>.")).to_be_visible()
        title = page.get_by_label("Title", exact=True)
        open_behind(page, page.get_by_role("button", name="New notebook"), title)
        title.fill("Desk plan")
        page.get_by_role("button", name="Make it").click()
        expect(page.get_by_role("heading", name="Desk plan")).to_be_visible()
        page.get_by_role("button", name="All notebooks").click()
        page.wait_for_url(re.compile("folder="))
        expect(page.get_by_role("listitem").filter(has_text="Desk plan")).to_be_visible()
        settle(page)
        page.get_by_role("button", name="Share", exact=True).click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("Only those named here")).to_be_visible()
        expect(dialog.get_by_text("analyst@harbour.example")).to_be_visible()
        name_member(page, "May see it", "executive@harbour.example")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
    why = answer_of(
        "policy", "explain", "desk-plan", "--as", "executive@harbour.example", "--tenant", "harbour", data=server.data
    )
    assert why["said"] == [
        "executive@harbour.example may not: desk-plan.",
        "desk-plan was never published, so that only who may change it sees it.",
        "Grants let Henrike Sander see it.",
        "desk-plan is not restricted and names nobody.",
        "The folder Desk <1> is restricted and names analyst@harbour.example (edit), executive@harbour.example (view).",
    ]
