"""A dashboard is shown to people without an account: by a public link, and in the frame of another site."""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.sync_api import Browser, Locator, Page, expect

from tests.end_to_end.conftest import Server, plumbline, sign_in
from tests.visitors import open_page

pytestmark = pytest.mark.browser
ADMIN = "admin@harbour.example"
PASSWORD = "a pilot on the ninth pier"
BOARD = """\
notebook: for-guests
title: What guests see
cells:
  - {name: hello, kind: text, text: Welcome aboard}
  - {name: three, kind: sql, title: Three, sql: "SELECT 'quay' AS place, 3 AS berths"}
"""


@contextmanager
def site(folder: Path) -> Iterator[str]:
    """A site on a port of its own that serves the files of a folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Requests are not told on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def admin(browser: Browser, server: Server) -> Iterator[Page]:
    """An administrator whose tenant has a dashboard to show; afterwards nobody without an account sees anything."""
    file = server.data.parent / "for_guests.yaml"
    file.write_text(BOARD)
    done = plumbline("notebook", "import", str(file), "--tenant", "harbour", data=server.data)
    assert done.returncode == 0, done.stdout + done.stderr
    with sign_in(browser, server, ADMIN) as page:
        try:
            yield page
        finally:
            change_links(server, "DELETE FROM public_links")
            allow(page, server, links=False, embedding=False)


def change_links(server: Server, statement: str) -> None:
    """Change the links of the dashboard where the server keeps them."""
    with closing(sqlite3.connect(server.data / "metadata.sqlite3", timeout=30)) as metadata, metadata:
        metadata.execute(f"{statement} WHERE notebook = 'for-guests'")


def allow(page: Page, server: Server, *, links: bool, embedding: bool, origin: str = "") -> Locator:
    """Say what guests may on the card of the settings; returns the card."""
    page.goto(f"{server.address}/settings")
    card = page.locator(".st-key-card_guests")
    role = card.get_by_role("combobox", name=re.compile("^Guests see"))
    role.click()
    page.get_by_role("option", name="executive", exact=True).click()
    card.get_by_role("textbox", name="Sites that may embed").fill(origin)
    for label, is_on in (("Public links", links), ("Embedding in other sites", embedding)):
        box = card.get_by_role("checkbox", name=label)
        if box.is_checked() != is_on:
            card.get_by_text(label, exact=True).click()
        expect(box).to_be_checked(checked=is_on)
    card.get_by_role("button", name="Save guests").click()
    on = [what for what, is_on in (("public links", links), ("embedding", embedding)) if is_on]
    expect(card).to_contain_text(f"On: {' and '.join(on)}" if on else "Off: nobody without an account sees anything")
    return card


def links_dialog(page: Page, server: Server) -> Locator:
    page.goto(f"{server.address}/notebooks?id=for-guests&view=edit")
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Public links").click()
    dialog = page.get_by_test_id("stDialog")
    expect(dialog.get_by_role("button", name="Make a link")).to_be_visible()
    # The menu that asked for it does not lie over it.
    expect(page.get_by_role("button", name="Move to the trash")).to_have_count(0)
    return dialog


def make_link(dialog: Locator, *, password: str) -> str:
    dialog.get_by_role("textbox", name=re.compile("^Password")).fill(password)
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_text("Copy the link now; it is not shown again")).to_be_visible()
    return dialog.locator("code").inner_text()


def expect_board(place: Page | Locator) -> None:
    expect(place.get_by_role("heading", name="What guests see")).to_be_visible()
    expect(place.locator(".pl-prose")).to_have_text("Welcome aboard")
    expect(place.locator(".pl-table tbody tr")).to_have_count(1)


def expect_nothing(browser: Browser, address: str) -> None:
    with open_page(browser) as guest:
        guest.goto(address)
        expect(guest.get_by_role("heading", name="Nothing is shown here")).to_be_visible()
        expect(guest.get_by_text("Ask whoever gave it to you for a new one.")).to_be_visible()
        expect(guest.get_by_role("link")).to_have_count(0)


def test_a_public_link_opens_with_its_password_until_it_ends_or_is_taken_back(
    browser: Browser, admin: Page, server: Server
) -> None:
    allow(admin, server, links=True, embedding=False)
    dialog = links_dialog(admin, server)
    dialog.get_by_role("textbox", name=re.compile("^Password")).fill("short")
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_text("The password has 5 characters; it must have at least 12.")).to_be_visible()
    address = make_link(dialog, password=PASSWORD)
    with open_page(browser, width=390) as guest:
        guest.goto(address)
        guest.get_by_label("Password").fill("not this one, surely")
        guest.get_by_role("button", name="Open").click()
        expect(guest.get_by_text("This is not the password of this link.")).to_be_visible()
        guest.get_by_label("Password").fill(PASSWORD)
        guest.get_by_role("button", name="Open").click()
        expect_board(guest)
        expect(guest.get_by_test_id("stSidebar")).to_have_count(0)
        assert guest.evaluate("document.scrollingElement.scrollWidth") == 390
    # Another visitor has to know the password anew.
    with open_page(browser) as guest:
        guest.goto(address)
        expect(guest.get_by_label("Password")).to_be_visible()
    dialog.get_by_role("button", name="Take back").click()
    expect(dialog.get_by_role("button", name="Take back")).to_have_count(0)
    expect_nothing(browser, address)
    over = make_link(links_dialog(admin, server), password="")
    change_links(server, "UPDATE public_links SET expires_at = '2020-01-01 00:00:00'")
    expect_nothing(browser, over)
    expect(links_dialog(admin, server).get_by_text(re.compile("^Ended "))).to_be_visible()


def test_a_dialog_is_dark_where_the_page_is(browser: Browser, admin: Page, server: Server) -> None:
    allow(admin, server, links=True, embedding=False)
    admin.emulate_media(color_scheme="dark", reduced_motion="reduce")
    dialog = links_dialog(admin, server)
    make_link(dialog, password="")
    # The soft green of dark pages, as tokens.json has it.
    expect(dialog.locator(".pl-alert")).to_have_css("background-color", "rgb(18, 41, 31)")


def token(key: str, origin: str) -> str:
    claims = {"iss": "harbour", "dashboard": "for-guests", "exp": int(time.time()) + 600, "origins": [origin]}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(key))


def test_a_frame_shows_the_dashboard_to_the_site_that_signed_for_it_and_to_no_other(
    browser: Browser, admin: Page, server: Server, tmp_path: Path
) -> None:
    with site(tmp_path) as portal, site(tmp_path) as stranger:
        card = allow(admin, server, links=False, embedding=True, origin=portal)
        card.get_by_role("button", name="Make a new embedding key").click()
        expect(card.get_by_text("This is the new embedding key")).to_be_visible()
        key = card.locator("code").last.inner_text()
        good, forged = token(key, portal), token("another key of the same length as it", portal)
        for name, text, more in (("good", good, ""), ("silent", good, "no-referrer"), ("forged", forged, "")):
            frame = f'<iframe src="{server.address}/embed/{text}/" width="900" height="700" referrerpolicy="{more}">'
            (tmp_path / f"{name}.html").write_text(f"<!doctype html><title>Portal</title>{frame}</iframe>")
        with open_page(browser) as page:
            page.goto(f"{portal}/good.html")
            expect_board(page.frame_locator("iframe").locator("body"))
            expect(page.frame_locator("iframe").get_by_test_id("stSidebar")).to_have_count(0)
            assert framed_status(page, f"{portal}/forged.html") == 404
            assert framed_status(page, f"{stranger}/good.html") == 404
            # Where the server is not told the site, the browser keeps to the sites that it was told.
            refused = re.compile("^chrome-error:")
            with page.expect_event("framenavigated", predicate=lambda frame: refused.match(frame.url) is not None):
                page.goto(f"{stranger}/silent.html")
            expect(page.frame_locator("iframe").locator("body")).not_to_contain_text("Welcome aboard")
            # Nor does a frame's address open by itself.
            page.goto(f"{server.address}/embed/{good}/")
            expect(page.get_by_role("heading", name="Nothing is shown here")).to_be_visible()


def framed_status(page: Page, address: str) -> int:
    """What the server answers the frame of a page."""
    # The frame's own page: the one shown before may still be asking for its scripts.
    with page.expect_response(
        lambda response: "/embed/" in response.url and response.request.is_navigation_request()
    ) as answered:
        page.goto(address)
    expect(page.frame_locator("iframe").locator("body")).not_to_contain_text("Welcome aboard")
    return answered.value.status
