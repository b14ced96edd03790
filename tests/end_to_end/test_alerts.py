"""The page of alerts with a real mail server: one is made, told, acknowledged, put off and removed."""

import re
from collections.abc import Iterator
from typing import cast

import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.acts import settle
from tests.end_to_end.conftest import Server, answer_of, sign_in
from tests.mail_server import MailServer

pytestmark = pytest.mark.browser
EXECUTIVE = "executive@brightwater.example"


def alerts(server: Server) -> list[str]:
    """The names of the executive's alerts."""
    listed = answer_of("alert", "list", "--tenant", "brightwater", "--as", EXECUTIVE, data=server.data)["alerts"]
    return [one["name"] for one in cast(list[dict[str, str]], listed)]


@pytest.fixture(autouse=True)
def own_alerts(server: Server) -> Iterator[None]:
    """The alert of a test is removed behind it, also when the test fails."""
    yield
    for name in set(alerts(server)) & {"any-bookings"}:
        answer_of("alert", "remove", name, "--tenant", "brightwater", data=server.data)


def test_an_alert_is_made_found_acknowledged_put_off_and_removed(
    browser: Browser, server: Server, mail: MailServer
) -> None:
    before = alerts(server)
    with sign_in(browser, server, EXECUTIVE) as page:
        page.wait_for_url(re.compile(r"/$"))
        page.goto(f"{server.address}/alerts")
        settle(page)
        expect(page.get_by_label("Told")).to_have_count(0)
        page.get_by_label("Name", exact=True).fill("any-bookings")
        page.get_by_label("Limit", exact=True).fill("many")
        page.get_by_role("button", name="Make alert").click()
        expect(page.get_by_text("is not a rule: write over NUMBER")).to_be_visible()
        page.get_by_label("Limit", exact=True).fill("1")
        page.get_by_role("button", name="Make alert").click()
        expect(page.get_by_text("any-bookings is made")).to_be_visible()
        expect(page.get_by_role("cell", name=re.compile("over .*1 "))).to_be_visible()
        settle(page)
        page.get_by_role("button", name="Acknowledge", exact=True).click()
        expect(page.get_by_text(f"Acknowledged by {EXECUTIVE}")).to_be_visible()
        settle(page)
        page.get_by_role("button", name="Put off", exact=True).click()
        expect(page.get_by_text("any-bookings is put off for 4 hours")).to_be_visible()
        answer_of("alert", "snooze", "any-bookings", "--tenant", "brightwater", "--hours", "0", data=server.data)
        page.get_by_role("button", name="Look now").click()
        expect(page.get_by_text("any-bookings was looked at")).to_be_visible()
        page.get_by_role("button", name="Remove", exact=True).click()
        expect(page.get_by_text("any-bookings is removed")).to_be_visible()
    assert alerts(server) == before
