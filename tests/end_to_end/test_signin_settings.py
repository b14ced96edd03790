"""An administrator proves a domain and connects a provider on the page; what cannot work is said and not saved."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.acts import settle
from tests.end_to_end.conftest import Server, sign_in

pytestmark = pytest.mark.browser
ADMIN = "admin@brightwater.example"


def test_a_domain_is_claimed_and_a_provider_that_does_not_answer_is_not_saved(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, ADMIN) as page:
        page.wait_for_url(re.compile(r"/$"))
        page.goto(f"{server.address}/signin-settings")
        settle(page)
        page.get_by_label("Domain", exact=True).fill("Claimed.example")
        page.get_by_role("button", name="Claim domain").click()
        expect(page.get_by_text("Add the TXT record, then check it")).to_be_visible()
        expect(page.get_by_text(re.compile(r"plumbline-domain=[\w-]{43}"))).to_be_visible()
        # Until its run is over the page has the form of the run before too.
        settle(page)
        page.get_by_label("Name", exact=True).fill("Nobody")
        page.get_by_label("Issuer", exact=True).fill("http://127.0.0.1:9")
        page.get_by_label("Client id").fill("plumbline")
        page.get_by_role("button", name="Test and save").click()
        expect(page.get_by_text("Nothing was changed")).to_be_visible()
        expect(page.get_by_text("has no TLS")).to_be_visible()
        settle(page)
        page.get_by_role("button", name="Demand single sign-on").click()
        expect(page.get_by_text("Nobody could sign in")).to_be_visible()
        settle(page)
        page.get_by_text("SAML 2.0").click()
        expect(page.get_by_text(f"{server.address}/signin/saml-metadata")).to_be_visible()
        expect(page.get_by_label("Sign-out address (optional)")).to_be_visible()


def test_who_may_not_configure_sign_in_does_not_see_the_page(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "executive@brightwater.example") as page:
        expect(page.get_by_role("link", name="Home")).to_be_visible()
        expect(page.get_by_role("link", name="Sign-in")).to_have_count(0)
