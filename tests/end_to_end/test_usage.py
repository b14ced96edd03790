"""An administrator reads the month's statement, makes a backup and checks it, on the page."""

import datetime as dt
import re
from typing import cast

import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.acts import settle
from tests.end_to_end.conftest import Server, answer_of, sign_in

pytestmark = pytest.mark.browser


def test_a_backup_is_made_and_checked_and_the_statement_equals_the_log(browser: Browser, server: Server) -> None:
    # The demo loads 163,887; other tests of this server load more, and a month may have ended since.
    now = answer_of("usage", "--tenant", "harbour", data=server.data)
    last = dt.date.fromisoformat(f"{now['month']}-01") - dt.timedelta(days=1)
    before = answer_of("usage", "--tenant", "harbour", "--month", f"{last:%Y-%m}", data=server.data)
    amounts, earlier = cast(dict[str, int], now["amounts"]), cast(dict[str, int], before["amounts"])
    assert amounts["rows_loaded"] + earlier["rows_loaded"] >= 163_887
    with sign_in(browser, server, "admin@harbour.example") as page:
        page.wait_for_url(re.compile(r"/$"))
        page.goto(f"{server.address}/usage")
        expect(page.get_by_text("Every amount is what the audit log adds up to")).to_be_visible()
        row = page.get_by_role("row", name=re.compile("^Rows loaded"))
        expect(row.get_by_role("cell", name=f"{amounts['rows_loaded']:,}", exact=True)).to_be_visible()
        settle(page)
        page.get_by_role("button", name="Back up now").click()
        expect(page.get_by_text("The backup is made")).to_be_visible()
        settle(page)
        page.get_by_role("button", name="Check that it can be restored").click()
        expect(page.get_by_text("The backup can be restored; nothing was changed")).to_be_visible()
    with sign_in(browser, server, "analyst@harbour.example") as page:
        expect(page.get_by_role("link", name="Home")).to_be_visible()
        expect(page.get_by_role("link", name="Usage")).to_have_count(0)


def test_an_organisation_is_erased_once_its_name_is_typed(browser: Browser, server: Server) -> None:
    before = slugs(server)
    answer_of("tenant", "create", "gone", data=server.data)
    assert slugs(server) == sorted([*before, "gone"])
    answer_of("member", "add", "admin@gone.example", "--tenant", "gone", "--role", "admin", data=server.data)
    with sign_in(browser, server, "admin@gone.example") as page:
        page.wait_for_url(re.compile(r"/$"))
        page.goto(f"{server.address}/usage")
        expect(page.get_by_role("button", name="Erase for good")).to_be_disabled()
        page.get_by_label("Type gone to erase it").fill("gone")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Erase for good")).to_be_enabled()
        settle(page)
        page.get_by_role("button", name="Erase for good").click()
        page.wait_for_url(re.compile(r"/signin"))
    assert slugs(server) == before


def slugs(server: Server) -> list[str]:
    """The short names of all tenants; other tests of this server make some too."""
    tenants = cast(list[dict[str, str]], answer_of("tenant", "list", data=server.data)["tenants"])
    return [one["slug"] for one in tenants]
