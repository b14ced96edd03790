"""Sign-in by an organisation's provider, from its configuration to the sign-out, with a real provider on loopback."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.settings import Settings
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.signin import create_signin_link
from services.sso.domains import claim_domain, verify_domain
from tenants.access import operator
from tests.end_to_end.acts import settle, sign_out
from tests.end_to_end.conftest import Server, open_link, start_server, stop_server
from tests.visitors import open_page

pytestmark = pytest.mark.browser
SUE = "sue@acme.example"


@pytest.fixture
def issuer() -> Iterator[str]:
    """The address of a provider that knows Sue."""
    from oidc_provider_mock import User, run_server_in_thread

    sue = User(sub=SUE, claims={"email": SUE, "name": "Sue Field"})
    with run_server_in_thread(user_claims=[sue], require_nonce=True) as running:
        yield f"http://localhost:{running.server_port}"


@pytest.fixture
def link(tmp_path: Path) -> str:
    """The path that signs in the administrator of an organisation that has proved its domain."""
    platform = Platform(Settings(data=tmp_path / "data"))
    try:
        acme = operator(create_tenant(platform, slug="acme", name="Acme"))
        boss = add_member(platform, acme, email="boss@acme.example", name="Boss", role="admin")
        record = claim_domain(platform, acme, "acme.example").record
        verify_domain(platform, acme, "acme.example", resolve=lambda _name: [record])
        return create_signin_link(platform, boss).partition("/signin/")[2]
    finally:
        platform.close()


@pytest.fixture
def server(link: str, tmp_path: Path) -> Iterator[Server]:
    """The organisation, served; it may ask the provider, which is on this machine."""
    running = start_server(tmp_path / "data", (), PLUMBLINE_OUTBOUND_HOSTS="localhost")
    yield running
    assert stop_server(running) == 0


def test_from_the_settings_of_a_provider_to_the_sign_out_there(
    browser: Browser, server: Server, link: str, issuer: str
) -> None:
    with open_page(browser) as page:
        open_link(page, f"{server.address}/signin/{link}")
        configure(page, server, issuer)
        sign_out(page, "Boss")
        expect(page).to_have_url(re.compile(r"/signin$"))
        page.goto(f"{server.address}/signin?tenant=acme")
        page.get_by_role("button", name="Continue with acme").click()
        # At the provider.
        page.get_by_role("button", name=SUE).click()
        page.wait_for_url(f"{server.address}/")
        expect(page.get_by_role("link", name="Home")).to_be_visible()
        sign_out(page, "Sue Field")
        # At the provider again, which is told where to lead her back to.
        page.get_by_role("button", name="End session").click()
        page.wait_for_url(f"{server.address}/signin")
        expect(page.get_by_label("Work email")).to_be_visible()
        page.goto(f"{server.address}/")
        expect(page).to_have_url(re.compile(r"/signin"))


def configure(page: Page, server: Server, issuer: str) -> None:
    """Enter the provider; one that is not there is refused, the one that answers is saved."""
    page.goto(f"{server.address}/signin-settings")
    expect(page.get_by_text("acme.example: proved")).to_be_visible()
    expect(page.get_by_text(f"{server.address}/signin/oidc")).to_be_visible()
    settle(page)
    page.get_by_label("Name", exact=True).fill("Acme login")
    page.get_by_label("Client id", exact=True).fill("plumbline")
    page.get_by_label("Client secret", exact=True).fill("s" * 32)
    page.get_by_label("Issuer", exact=True).fill("http://localhost:9")
    page.get_by_role("button", name="Test and save").click()
    expect(page.get_by_text("Nothing was changed")).to_be_visible()
    settle(page)
    page.get_by_label("Issuer", exact=True).fill(issuer)
    page.get_by_role("button", name="Test and save").click()
    expect(page.get_by_text("The provider answered and is saved")).to_be_visible()
    expect(page.get_by_text("Acme login: ")).to_be_visible()
