"""The page of deliveries with a real mail server: a schedule is made, tried, sent, sent again, left and paused."""

import re
from collections.abc import Iterator
from typing import cast

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.acts import choose, close_dialog, settle
from tests.end_to_end.conftest import Server, answer_of, sign_in
from tests.mail_server import MailServer, attachments, html_of
from tests.visitors import open_page

pytestmark = pytest.mark.browser
ADMIN, EXECUTIVE = "admin@brightwater.example", "executive@brightwater.example"


@pytest.fixture(autouse=True)
def own_schedules(server: Server) -> Iterator[None]:
    """Whatever schedule a test makes is removed behind it, also when the test fails."""
    yield
    listed = answer_of("schedule", "list", "--tenant", "brightwater", data=server.data)["schedules"]
    for one in cast(list[dict[str, str]], listed):
        if one["name"] in {"board-review", "leaving"}:
            answer_of("schedule", "remove", one["name"], "--tenant", "brightwater", data=server.data)


def open_deliveries(page: Page, server: Server) -> None:
    page.wait_for_url(re.compile(r"/$"))
    page.goto(f"{server.address}/deliveries")


def make_schedule(page: Page, name: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    # Other tests of this server make notebooks too: the first of the list is not always the same.
    choose(page, page.get_by_role("combobox", name="Notebook"), "Home")
    choose(page, page.get_by_role("combobox", name="Recipients"), "role:executive", text="role:executive")
    page.keyboard.press("Escape")
    settle(page)
    page.get_by_role("button", name="Make schedule").click()
    expect(page.get_by_text(f"{name} is made")).to_be_visible()


def test_a_schedule_is_made_tried_sent_and_sent_again(browser: Browser, server: Server, mail: MailServer) -> None:
    with sign_in(browser, server, ADMIN) as page:
        open_deliveries(page, server)
        make_schedule(page, "board-review")
        expect(page.get_by_text(re.compile(r"board-review goes out next, Mon "))).to_be_visible()
        expect(page.get_by_role("cell", name="Mondays at 08:00").first).to_be_visible()
        page.get_by_role("button", name="Preview").click()
        preview = page.frame_locator("iframe[title='st.iframe'], iframe").first
        expect(preview.get_by_role("heading", name="Home", exact=False).first).to_be_visible()
        close_dialog(page)
        page.get_by_role("button", name="Test to me").click()
        expect(page.get_by_text("Test: 1 sent")).to_be_visible()
        assert mail.to(ADMIN)[-1]["Subject"].startswith("Test: ")
        settle(page)
        page.get_by_role("button", name="Send now").click()
        page.get_by_role("button", name="Send to all recipients").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_text("board-review: 1 sent")).to_be_visible()
        first = mail.to(EXECUTIVE)[-1]
        choose(page, page.get_by_label("Delivery", exact=True), re.compile(f"^{EXECUTIVE}, board-review"))
        settle(page)
        page.get_by_role("button", name="Send again").click()
        expect(page.get_by_text(f"Again to {EXECUTIVE}: 1 sent")).to_be_visible()
        again = mail.to(EXECUTIVE)[-1]
        assert again["Message-ID"] != first["Message-ID"]
        assert attachments(again) == attachments(first)
        settle(page)
        page.get_by_role("button", name="Pause", exact=True).click()
        expect(page.get_by_text("board-review is paused")).to_be_visible()
        settle(page)
        page.get_by_role("button", name="Remove", exact=True).click()
        expect(page.get_by_text("board-review is removed")).to_be_visible()
        expect(page.get_by_role("cell", name=EXECUTIVE).first).to_be_visible()


def test_who_opens_the_address_of_a_message_is_asked_and_leaves(
    browser: Browser, server: Server, mail: MailServer
) -> None:
    answer_of(
        "schedule", "add", "leaving", "--tenant", "brightwater", "--notebook", "home", "--cron", "0 8 * * mon",
        "--to", EXECUTIVE, data=server.data,
    )  # fmt: skip
    sent = answer_of("deliver", "leaving", "--tenant", "brightwater", "--now", data=server.data)
    assert [one["state"] for one in cast(list[dict[str, str]], sent["deliveries"])] == ["sent"]
    address = str(mail.to(EXECUTIVE)[-1]["List-Unsubscribe"]).strip("<>")
    assert address in html_of(mail.to(EXECUTIVE)[-1])
    with open_page(browser) as page:
        page.goto(address.replace("http://localhost", "http://127.0.0.1"))
        expect(page.get_by_role("heading", name="Unsubscribe from leaving?")).to_be_visible()
        page.get_by_role("button", name="Unsubscribe").click()
        expect(page.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    sent = answer_of("deliver", "leaving", "--tenant", "brightwater", "--now", data=server.data)
    assert sent["deliveries"] == []


def test_a_reader_finds_their_own_deliveries_and_no_schedule(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, EXECUTIVE) as page:
        open_deliveries(page, server)
        expect(page.locator("h1.pl-answer")).to_contain_text("You ")
        expect(page.get_by_role("button", name="Send now")).to_have_count(0)
