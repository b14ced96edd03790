"""An administrator invites, changes and deactivates a member, and makes a role, on the pages."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.acts import choose, settle
from tests.end_to_end.conftest import Server, answer_of, open_link, plumbline, sign_in
from tests.mail_server import MailServer
from tests.visitors import open_page

pytestmark = pytest.mark.browser
ADMIN = "admin@harbour.example"


def open_members(page: Page, server: Server) -> None:
    page.wait_for_url(re.compile(r"/$"))
    page.goto(f"{server.address}/members")
    expect(page.get_by_role("table").first).to_be_visible()
    settle(page)


def test_a_member_is_invited_changed_and_deactivated_whose_open_page_ends(
    browser: Browser, server: Server, mail: MailServer
) -> None:
    with sign_in(browser, server, ADMIN) as page:
        open_members(page, server)
        page.get_by_role("button", name="Invite a member").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("E-mail address").fill("nia@harbour.example")
        dialog.get_by_label("Name").fill("Nia <b>Bold</b>")
        dialog.get_by_role("button", name="Make the invitation").click()
        expect(page.get_by_text("The invitation is on its way to nia@harbour.example")).to_be_visible()
        [letter] = [message for message in mail.messages if message["To"] == "nia@harbour.example"]
        link = re.search(r"http://\S+/signin/\S+", letter.get_content())
        assert link is not None
        expect(page.get_by_role("row", name=re.compile("nia@harbour")).get_by_text("Invited")).to_be_visible()
        with open_page(browser) as hers:
            open_link(hers, link[0])
            settle(page)
            page.get_by_role("button", name="Nia <b>Bold</b>").click()
            dialog.get_by_label("Attributes that row policies use").fill("regions EMEA")
            dialog.get_by_role("button", name="Save").click()
            expect(dialog.get_by_text("write it as: regions = EMEA, APAC")).to_be_visible()
            dialog.get_by_label("Attributes that row policies use").fill("regions = EMEA, APAC")
            dialog.get_by_role("button", name="Save").click()
            expect(page.get_by_text("nia@harbour.example is changed")).to_be_visible()
            row = page.get_by_role("row", name=re.compile("nia@harbour"))
            expect(row.get_by_text("regions = EMEA, APAC")).to_be_visible()
            settle(page)
            page.get_by_role("button", name="Nia <b>Bold</b>").click()
            dialog.get_by_role("button", name="Deactivate").click()
            expect(row.get_by_text("Deactivated")).to_be_visible()
            hers.wait_for_url(re.compile("/signin"))


def test_a_role_is_made_and_a_member_previewed(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "admin@brightwater.example") as page:
        page.wait_for_url(re.compile(r"/$"))
        page.goto(f"{server.address}/roles")
        page.get_by_label("Address of the member").fill("emea.manager@brightwater.example")
        page.get_by_label("Address of the member").press("Enter")
        counts = answer_of(
            "policy", "preview", "--tenant", "brightwater", "--as", "emea.manager@brightwater.example", data=server.data
        )
        tables = counts["tables"]
        assert isinstance(tables, list)
        deals = next(one for one in tables if one["table"] == "deals")
        expect(page.get_by_text(f"{deals['visible']:,} of {deals['rows']:,}", exact=True)).to_be_visible()
        assert 0 < deals["visible"] < deals["rows"]
        # A list that opens while the page scrolls to it closes again.
        page.get_by_role("button", name="Save role").scroll_into_view_if_needed()
        page.get_by_label("Name", exact=True).fill("auditor")
        choose(page, page.get_by_role("combobox", name="Permissions"), "audit:read", text="audit:read")
        page.keyboard.press("Escape")
        settle(page)
        page.get_by_role("button", name="Save role").click()
        expect(page.get_by_text("The role auditor is saved")).to_be_visible()
        expect(page.get_by_role("rowheader", name="auditor")).to_be_visible()


def test_who_may_not_see_members_has_no_such_page(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "executive@brightwater.example") as page:
        expect(page.get_by_role("link", name="Home")).to_be_visible()
        expect(page.get_by_role("link", name="Members")).to_have_count(0)
        expect(page.get_by_role("link", name="Roles and policies")).to_have_count(0)


def test_members_by_command(server: Server) -> None:
    plumbline("member", "add", "cli@harbour.example", "--tenant", "harbour", data=server.data)
    answer_of("member", "roles", "cli@harbour.example", "--tenant", "harbour", "--role", "manager", data=server.data)
    answer_of("member", "deactivate", "cli@harbour.example", "--tenant", "harbour", data=server.data)
    listed = answer_of("member", "list", "--tenant", "harbour", data=server.data)["members"]
    assert isinstance(listed, list)
    found = {one["email"]: (one["roles"], one["state"]) for one in listed}
    assert found["cli@harbour.example"] == ("manager", "deactivated")
    last = plumbline("member", "deactivate", "admin@harbour.example", "--tenant", "harbour", data=server.data)
    assert last.returncode == 1
    assert "only administrator" in last.stderr
    answer_of("member", "reactivate", "cli@harbour.example", "--tenant", "harbour", data=server.data)
