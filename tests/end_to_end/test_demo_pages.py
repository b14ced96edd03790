"""Each demo member signs in through the browser and sees numbers that equal hand-written SQL."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import duckdb
import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from core.numbers import compact
from demo import build
from tests.end_to_end.acts import choose, open_behind, settle, sign_out
from tests.end_to_end.conftest import Server, answer_of, open_link, plumbline, sign_in
from tests.exports.spreadsheet import calculated_workbook
from tests.visitors import open_page

pytestmark = pytest.mark.browser

MEMBERS = [
    f"{role}@{tenant}.example" for tenant in ("brightwater", "harbour") for role in ("executive", "analyst", "admin")
]
QUARTER = "BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'"
# For each tenant: a tile's label, its unit, and the hand-written question it must equal.
FIGURES = {
    "brightwater": [
        ("Bookings", "USD", f"SELECT sum(amount) FROM brightwater.deals WHERE is_won AND close_date {QUARTER}"),
        (
            "Win rate",
            "ratio",
            f"SELECT avg(is_won::INT) FROM brightwater.deals WHERE is_closed AND close_date {QUARTER}",
        ),
        (
            "Pipeline created",
            "USD",
            "SELECT sum(amount) FROM brightwater.deals WHERE created_at >= TIMESTAMPTZ '2026-10-01 00:00:00-04' "
            "AND created_at < TIMESTAMPTZ '2026-11-21 00:00:00-05'",
        ),
    ],
    "harbour": [
        ("Revenue", "EUR", f"SELECT sum(amount) FROM harbour.order_lines WHERE order_date {QUARTER}"),
        (
            "Return rate",
            "ratio",
            f"SELECT (SELECT sum(amount) FROM harbour.returns WHERE returned_on {QUARTER}) / "
            f"(SELECT sum(amount) FROM harbour.order_lines WHERE order_date {QUARTER})",
        ),
    ],
}


@pytest.fixture(scope="module")
def facts() -> Iterator[duckdb.DuckDBPyConnection]:
    """The demo tables of both tenants in a plain DuckDB, each tenant in a schema."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for slug in FIGURES:
        connection.execute(f"CREATE SCHEMA {slug}")
        for name, table in build(slug).tables.items():
            connection.register("arrived", table)
            connection.execute(f"CREATE TABLE {slug}.{name} AS SELECT * FROM arrived")
            connection.unregister("arrived")
    yield connection
    connection.close()


def _scalar(facts: duckdb.DuckDBPyConnection, sql: str) -> float:
    row = facts.execute(sql).fetchone()
    assert row is not None
    return float(row[0])


def _shown(value: float, unit: str) -> str:
    """A figure as the page writes it, without regard to spaces."""
    return "".join(str(compact(value, unit)).split())


def _tile(page: Page, label: str) -> str:
    tile = page.locator(".pl-tile", has=page.locator(".pl-label", has_text=label)).first
    return "".join(tile.locator(".pl-tile-value").inner_text().split())


def _ready(page: Page) -> None:
    """Wait until every tile and chart of Home is there."""
    expect(page.locator(".pl-tile-value")).to_have_count(4)
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    settle(page)


@pytest.mark.parametrize("email", MEMBERS)
def test_every_demo_member_sees_numbers_that_equal_sql(
    browser: Browser, server: Server, facts: duckdb.DuckDBPyConnection, email: str
) -> None:
    tenant = email.split("@")[1].split(".")[0]
    with sign_in(browser, server, email) as page:
        _ready(page)
        for label, unit, sql in FIGURES[tenant]:
            assert _tile(page, label) == _shown(_scalar(facts, sql), unit), label


def test_a_regional_manager_sees_the_numbers_of_their_own_region(
    browser: Browser, server: Server, facts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    # Bookings, win rate and pipeline of deals, each in EMEA alone; deals carry their region.
    own = {label: f"{sql} AND region = 'EMEA'" for label, _, sql in FIGURES["brightwater"]}
    units = {label: unit for label, unit, _ in FIGURES["brightwater"]}
    expected = {label: _shown(_scalar(facts, sql), units[label]) for label, sql in own.items()}
    with sign_in(browser, server, "emea.manager@brightwater.example") as page:
        _ready(page)
        assert {label: _tile(page, label) for label in expected} == expected
        expect(page.get_by_text("North America")).to_have_count(0)
    asked = ["report", "weekly-sales-review", "--tenant", "brightwater", "--as", "emea.manager@brightwater.example"]
    written = answer_of(*asked, "--format", "pdf", "--out", str(tmp_path), data=server.data)
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(str(written["path"])).pages).split())
    assert "Rows where region is EMEA (policy regional-managers)." in text
    assert "North America" not in text
    assert expected["Bookings"] in text.replace("\u202f", "").replace(" ", "")


def test_the_period_and_a_filter_are_in_the_url_and_change_the_numbers(
    browser: Browser, server: Server, facts: duckdb.DuckDBPyConnection
) -> None:
    with sign_in(browser, server, "executive@brightwater.example") as page:
        _ready(page)
        page.get_by_role("radio", name="12 months").click()
        page.wait_for_url("**/?period=12m")
        year = "SELECT sum(amount) FROM brightwater.deals WHERE is_won AND close_date > DATE '2025-11-20'"
        expect(page.get_by_text("Bookings, last 12 months").first).to_be_visible()
        settle(page)
        assert _tile(page, "Bookings") == _shown(_scalar(facts, f"{year} AND close_date <= DATE '2026-11-20'"), "USD")
        page.goto(f"{server.address}/?region=EMEA")
        _ready(page)
        quarter = f"SELECT sum(amount) FROM brightwater.deals WHERE is_won AND region = 'EMEA' AND close_date {QUARTER}"
        assert _tile(page, "Bookings") == _shown(_scalar(facts, quarter), "USD")
        expect(page.get_by_role("button", name="Filter (1)")).to_be_visible()


def test_a_filter_chosen_in_the_popover_is_kept_by_a_reload(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "analyst@brightwater.example") as page:
        _ready(page)
        before = _tile(page, "Bookings")
        region = page.get_by_role("combobox", name="Region")
        open_behind(page, page.get_by_role("button", name="Filter"), region)
        choose(page, region, "EMEA")
        page.wait_for_url("**/?region=EMEA")
        expect(page.get_by_role("button", name="Filter (1)")).to_be_visible()
        page.reload()
        _ready(page)
        assert _tile(page, "Bookings") != before


def test_a_figure_opens_its_definition_with_the_sql(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "executive@brightwater.example") as page:
        _ready(page)
        page.get_by_role("button", name="Bookings, quarter to date").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Amount of the deals won")
        expect(dialog).to_contain_text("SELECT")
        expect(dialog).to_contain_text("data version")


def test_an_executive_has_no_sources_page(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "executive@harbour.example") as page:
        _ready(page)
        expect(page.get_by_role("link", name="Notebooks")).to_be_visible()
        expect(page.get_by_role("link", name="Sources")).to_have_count(0)


def test_the_notebook_page_and_its_pdf_show_the_same_numbers(
    browser: Browser, server: Server, facts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    label, unit, sql = FIGURES["brightwater"][0]
    expected = _shown(_scalar(facts, sql), unit)
    with sign_in(browser, server, "executive@brightwater.example") as page:
        page.goto(f"{server.address}/notebooks")
        review = page.locator(".pl-book").filter(has_text="Weekly sales review")
        review.get_by_text("Open", exact=True).click()
        page.wait_for_url("**/notebooks?id=weekly-sales-review")
        expect(page.locator(".pl-tile-value")).to_have_count(4)
        settle(page)
        assert _tile(page, label) == expected
        with page.expect_download() as download:
            page.get_by_role("button", name="Report (PDF)").click()
        saved = tmp_path / "page.pdf"
        download.value.save_as(saved)
    written = answer_of(
        "report",
        "weekly-sales-review",
        *(
            "--tenant",
            "brightwater",
            "--as",
            "executive@brightwater.example",
            "--format",
            "pdf",
            "--out",
            str(tmp_path),
        ),
        data=server.data,
    )
    for path in (saved, Path(str(written["path"]))):
        reader = PdfReader(path)
        text = "".join("".join(page.extract_text() for page in reader.pages).split())
        assert expected in text
        assert not [image for page in reader.pages for image in page.images]


def test_the_workbook_calculates_to_the_numbers_of_the_store(
    browser: Browser, server: Server, facts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    with sign_in(browser, server, "executive@brightwater.example") as page:
        page.goto(f"{server.address}/notebooks?id=weekly-sales-review")
        expect(page.locator(".pl-tile-value")).to_have_count(4)
        settle(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="Workbook (Excel)").click()
        download.value.save_as(tmp_path / "page.xlsx")
    sheets = calculated_workbook((tmp_path / "page.xlsx").read_bytes(), tmp_path)
    total = facts.execute(
        "SELECT sum(amount) FILTER (is_won), count(*) FILTER (is_won), avg(is_won::INT) "
        f"FROM brightwater.deals WHERE is_closed AND close_date {QUARTER}"
    ).fetchone()
    assert total is not None
    table = sheets["The ten reps with the highest"]
    foot = next(row for row in table if row[0] == "Total")
    assert foot[1:4] == pytest.approx([float(value) for value in total])
    shown = [row for row in table[4:14] if row[0]]
    assert len(shown) == 10
    assert foot[1] == pytest.approx(sum(cast(float, row[1]) for row in table[4:15]))


def test_files_dropped_on_the_sources_page_become_tables(browser: Browser, server: Server, tmp_path: Path) -> None:
    good, bad = tmp_path / "visits.csv", tmp_path / "broken.csv"
    good.write_text("day,visits\n2026-01-01,10\n2026-01-02,12\n")
    bad.write_bytes(bytes(range(256)) * 40)
    with sign_in(browser, server, "analyst@harbour.example") as page:
        page.goto(f"{server.address}/sources")
        expect(page.get_by_text("Files in", exact=True)).to_be_visible()
        settle(page)
        page.locator("input[type=file]").set_input_files(bad)
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.locator(".pl-surface", has_text="Nothing was loaded")).to_contain_text("broken.csv")
        page.reload()
        settle(page)
        page.locator("input[type=file]").set_input_files(good)
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.get_by_text("visits (2 rows, 2 columns")).to_be_visible()
    listed = answer_of("tenant", "list", data=server.data)
    tenants: list[dict[str, dict[str, int]]] = listed["tenants"]  # type: ignore[assignment]
    tables = {str(tenant["slug"]): tenant["tables"] for tenant in tenants}
    assert tables["harbour"]["visits"] == 2
    assert "broken" not in tables["harbour"]
    assert "visits" not in tables["brightwater"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_scrolls_sideways_on_a_phone_or_asks_another_host(browser: Browser, server: Server, theme: str) -> None:
    with sign_in(browser, server, "admin@brightwater.example", width=390, theme=theme) as page:
        outside: list[str] = []
        page.on(
            "request",
            lambda request: (
                outside.append(request.url) if not request.url.startswith((server.address, "data:", "blob:")) else None
            ),
        )
        for path in ("/", "/notebooks?id=weekly-sales-review", "/sources"):
            page.goto(f"{server.address}{path}")
            expect(page.locator("h1.pl-answer")).to_be_visible()
            settle(page)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert outside == []


def test_signing_out_in_the_menu_ends_the_session(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "admin@harbour.example") as page:
        _ready(page)
        sign_out(page, "Katja Lindner")
        page.wait_for_url("**/signin")
        page.goto(f"{server.address}/")
        assert page.url == f"{server.address}/signin"


def test_an_open_page_is_cut_off_when_its_session_ends(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "admin@harbour.example") as page:
        _ready(page)
        other = page.context.new_page()
        other.goto(f"{server.address}/signout")
        other.close()
        page.wait_for_url("**/signin**")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_sign_in_link_of_the_server_works_once(browser: Browser, server: Server) -> None:
    link = server.links["executive@harbour.example"]
    with open_page(browser) as page:
        open_link(page, link)
        _ready(page)
    with open_page(browser) as page:
        page.goto(link)
        expect(page.get_by_text("used already")).to_be_visible()


def test_a_second_server_and_a_taken_port_say_so(server: Server, tmp_path: Path) -> None:
    second = plumbline("serve", "--port", "0", data=server.data)
    assert second.returncode == 1
    assert "held by" in second.stderr
    port = server.address.rsplit(":", 1)[1]
    taken = plumbline("serve", "--port", port, "--json", data=tmp_path / "other")
    assert taken.returncode == 1
    assert f"Port {port}" in json.loads(taken.stdout)["error"]["message"]
