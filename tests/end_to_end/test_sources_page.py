"""An administrator connects a database on the page, syncs it, reads what came, and sees a failure with its reason."""

import re
import sqlite3
from collections.abc import Iterator
from typing import cast

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.acts import settle
from tests.end_to_end.conftest import Server, answer_of, sign_in

pytestmark = pytest.mark.browser
ADMIN = "admin@harbour.example"


def write_crm(server: Server, rows: int) -> str:
    path = server.data.parent / "leads.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS leads (id INTEGER PRIMARY KEY, name TEXT, updated_at TIMESTAMP)")
        values = [(number, f"Lead {number}", f"2026-01-01 00:{number % 60:02}:00") for number in range(rows)]
        connection.executemany("INSERT OR REPLACE INTO leads VALUES (?, ?, ?)", values)
    connection.close()
    return str(path)


def sources(server: Server) -> list[str]:
    """The names of the sources of the tenant."""
    listed = answer_of("source", "list", "--tenant", "harbour", data=server.data)["sources"]
    return [one["name"] for one in cast(list[dict[str, str]], listed)]


@pytest.fixture(autouse=True)
def own_sources(server: Server) -> Iterator[None]:
    """Whatever source a test connects is forgotten behind it, also when the test fails."""
    before = sources(server)
    yield
    for name in set(sources(server)) - set(before):
        answer_of("source", "remove", name, "--tenant", "harbour", "--drop-tables", data=server.data)


def open_sources(page: Page, server: Server) -> None:
    page.wait_for_url(re.compile(r"/$"))
    page.goto(f"{server.address}/sources")


def write(page: Page, label: str, text: str) -> None:
    settle(page)
    page.get_by_label(label, exact=True).fill(text)


def press(page: Page, name: str) -> None:
    settle(page)
    page.get_by_role("button", name=name, exact=True).first.click()


def pick(page: Page, text: str) -> None:
    settle(page)
    page.get_by_text(text, exact=True).click()


def test_a_private_address_is_refused_on_the_page_and_nothing_is_saved(browser: Browser, server: Server) -> None:
    before = sources(server)
    with sign_in(browser, server, ADMIN) as page:
        open_sources(page, server)
        pick(page, "SQL database")
        write(page, "Database URL", "postgresql://u:pass-Zq7@127.0.0.1:5432/x")
        press(page, "Check the connection")
        expect(page.get_by_text("The source cannot be used")).to_be_visible()
        expect(page.get_by_text("not a public address")).to_be_visible()
        assert "pass-Zq7" not in page.locator("body").inner_text()
    assert sources(server) == before


def test_the_wizard_ends_with_a_synced_table(browser: Browser, server: Server) -> None:
    (server.data.parent / "visits.csv").write_text("id,page,seconds\n1,home,10\n2,price,20\n3,home,5\n")
    with sign_in(browser, server, ADMIN) as page:
        open_sources(page, server)
        pick(page, "Files and folders")
        write(page, "Path", "/etc/passwd")
        press(page, "Check the connection")
        expect(page.get_by_text("sources may not read")).to_be_visible()
        write(page, "Path", str(server.data.parent / "visits.csv"))
        press(page, "Check the connection")
        expect(page.get_by_text("It answers, with 1 streams")).to_be_visible()
        write(page, "Name", "web")
        write(page, "Tables begin with", "web_")
        press(page, "Save and sync")
        expect(page.get_by_text("Up to date")).to_be_visible()
        expect(page.get_by_text("3 in, 3 added")).to_be_visible()
        press(page, "Forget this source")
        pick(page, "Drop its tables and their history too")
        press(page, "Forget")
        expect(page.get_by_text("Connect another source")).to_be_visible()
        expect(page.get_by_text("Health", exact=True)).to_have_count(0)
        write(page, "Name of a new key", "website")
        press(page, "Make a key")
        expect(page.get_by_text("The key is shown this once")).to_be_visible()
        key = page.get_by_text(re.compile("^plw_")).inner_text()
        press(page, "Revoke a key")
        press(page, "Revoke")
        expect(page.get_by_text("website opens nothing any more")).to_be_visible()
        assert key not in page.locator("body").inner_text()


def test_a_source_is_synced_on_the_page_and_its_rows_and_runs_are_seen(browser: Browser, server: Server) -> None:
    url = f"url=sqlite:///{write_crm(server, 120)}"
    answer_of("source", "add", "leads", "sql", "--tenant", "harbour", "--set", url, data=server.data)
    with sign_in(browser, server, ADMIN) as page:
        open_sources(page, server)
        expect(page.get_by_text("Not synced yet")).to_be_visible()
        press(page, "Open")
        press(page, "Sync now")
        expect(page.get_by_text("Up to date")).to_be_visible()
        expect(page.get_by_text("120 added")).to_be_visible()
        page.goto(f"{server.address}/data-browser?table=leads")
        expect(page.get_by_text("has 120 rows that you see")).to_be_visible()
        profile = page.get_by_role("table", name="Columns of the table")
        expect(profile.get_by_role("rowheader", name="updated_at")).to_be_visible()
        page.goto(f"{server.address}/syncs")
        expect(page.get_by_text("None failed.")).to_be_visible()
        expect(page.get_by_text("120 in, 120 added")).to_be_visible()
    (server.data.parent / "leads.db").unlink()
    with sign_in(browser, server, ADMIN) as page:
        open_sources(page, server)
        press(page, "Open")
        press(page, "Sync now")
        expect(page.get_by_text("1 of 1 sources needs you.")).to_be_visible()
        expect(page.get_by_text("there is no such file").first).to_be_visible()


def test_who_may_not_configure_sees_no_wizard(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "analyst@harbour.example") as page:
        open_sources(page, server)
        expect(page.get_by_text("Tables from files")).to_be_visible()
        expect(page.get_by_text("Connect another source")).to_have_count(0)
