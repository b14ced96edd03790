"""A member sets up a second factor, changes the password, and signs another browser out, on the page."""

import re

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.conftest import Server, sign_in
from tests.visitors import open_page

pytestmark = pytest.mark.browser
MEMBER = "executive@harbour.example"
PASSWORD = "twelve boxers hunt"
CODE = re.compile(r"(?:[a-z2-7]{4}-){3}[a-z2-7]{4}")


def test_a_second_factor_is_set_up_used_and_removed(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, MEMBER) as page:
        page.wait_for_url(re.compile(r"/$"))
        page.goto(f"{server.address}/account")
        page.get_by_label("New password").fill("Password1234")
        page.get_by_role("button", name="Set a password").click()
        expect(page.get_by_text("tried first")).to_be_visible()
        page.get_by_label("New password").fill(PASSWORD)
        page.get_by_role("button", name="Set a password").click()
        expect(page.get_by_text("The password is changed")).to_be_visible()
        page.get_by_role("button", name="Set up a second factor").click()
        expect(page.locator("[data-testid='stImage'] img")).to_be_visible()
        key = page.locator("code").filter(has_text=re.compile(r"^[A-Z2-7]{32}$")).inner_text()
        page.get_by_label("Six digits").fill(pyotp.TOTP(key).now())
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_text("Keep these recovery codes")).to_be_visible()
        (recovery, spare, *_) = re.findall(CODE, page.locator("code").filter(has_text=CODE).first.inner_text())
        with open_page(browser) as second:
            second.goto(f"{server.address}/signin")
            second.get_by_label("Work email").fill(MEMBER)
            second.get_by_label("Password").fill(PASSWORD)
            second.get_by_role("button", name="Sign in").click()
            second.get_by_label("Code").fill(recovery)
            second.get_by_role("button", name="Continue").click()
            second.wait_for_url(re.compile(r"/$"))
            page.reload()
            expect(page.get_by_text("9 recovery codes are left")).to_be_visible()
            page.get_by_role("button", name="Sign out everywhere else").click()
            expect(page.get_by_text("All other browsers are signed out")).to_be_visible()
            second.wait_for_url(re.compile(r"/signin"))
        page.get_by_label("Code").fill(spare)
        page.get_by_role("button", name="Remove the second factor").click()
        expect(page.get_by_text("The second factor is removed")).to_be_visible()
        expect(page.get_by_role("button", name="Set up a second factor")).to_be_visible()
