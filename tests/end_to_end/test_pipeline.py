"""Pipeline in a browser: both ends and every step equal SQL over the history, and a step opens its deals."""

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest
from playwright.sync_api import Browser, expect

from core.numbers import full
from demo import build
from tests.end_to_end.acts import card_cells, choose
from tests.end_to_end.conftest import Server, sign_in

pytestmark = pytest.mark.browser

ANALYST = "analyst@brightwater.example"
# The state of each deal at the end of two days in New York, and whether it is open and due in the fourth quarter.
STATES = """
CREATE TABLE states AS
WITH ends AS (SELECT * FROM (VALUES
    (0, TIMESTAMPTZ '2026-10-01 00:00:00-04'), (1, TIMESTAMPTZ '2026-11-21 00:00:00-05')) AS e(n, moment)),
newest AS (SELECT n, h.* FROM ends JOIN history h ON changed_at < moment
    QUALIFY row_number() OVER (PARTITION BY n, deal_id ORDER BY changed_at DESC, change_id DESC) = 1),
flagged AS (SELECT *, new_stage NOT IN ('Won', 'Lost') AND new_close_date BETWEEN '2026-10-01' AND '2026-12-31' AS is_in
    FROM newest)
SELECT a.deal_id, b.deal_id IS NOT NULL AS was_there, coalesce(b.is_in, false) AS was_in, a.is_in,
    b.new_amount AS old_amount, a.new_amount AS amount, b.new_stage AS old_stage, a.new_stage AS stage
FROM (FROM flagged WHERE n = 1) a LEFT JOIN (FROM flagged WHERE n = 0) b USING (deal_id)
"""


@pytest.fixture(scope="module")
def states() -> Iterator[duckdb.DuckDBPyConnection]:
    """The demo's deals at both ends of the quarter so far."""
    connection = duckdb.connect()
    connection.register("history", build("brightwater").tables["deal_stage_changes"])
    connection.execute(STATES)
    yield connection
    connection.close()


def number(connection: duckdb.DuckDBPyConnection, what: str, where: str) -> Decimal:
    row = connection.execute(f"SELECT {what} FROM states WHERE {where}").fetchone()
    return Decimal(0) if row is None or row[0] is None else Decimal(row[0])


def test_the_bridge_of_the_quarter_equals_sql_to_the_cent(
    browser: Browser, server: Server, states: duckdb.DuckDBPyConnection
) -> None:
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/pipeline")
        expect(page.locator("h1.pl-answer")).to_contain_text("on 30 Sep 2026")
        _, *rows, foot = card_cells(page, "pipeline_steps")
        answer = page.locator("h1.pl-answer").inner_text()
        bars = page.locator(".st-key-card_pipeline_bridge .pl-part-value").all_inner_texts()
        page.get_by_role("button", name="Won", exact=True).click()
        expect(page.get_by_role("dialog")).to_contain_text("deals; what each adds")
        shown = page.get_by_role("dialog").inner_text()
    # The opening is the figure that the demo publishes.
    opening, closing = number(states, "sum(old_amount)", "was_in"), number(states, "sum(amount)", "is_in")
    assert opening == Decimal("20336222.76")
    assert answer.startswith("Pipeline fell by $5.65")
    assert bars[0] == "$20.3\u202fM"
    expected = {
        "Created": ("sum(amount)", "is_in AND NOT was_there"),
        "Amount up": ("sum(amount - old_amount)", "is_in AND was_in AND amount > old_amount"),
        "Amount down": ("sum(amount - old_amount)", "is_in AND was_in AND amount < old_amount"),
        "Won": ("-sum(old_amount)", "was_in AND stage = 'Won'"),
        "Lost": ("-sum(old_amount)", "was_in AND stage = 'Lost'"),
        "Slipped": ("-sum(old_amount)", "was_in AND NOT is_in AND stage NOT IN ('Won', 'Lost')"),
    }
    amounts = {row[0]: row[2] for row in rows}
    for step, (what, where) in expected.items():
        assert amounts[step] == full(number(states, what, where), "USD", decimals=2), step
    assert foot[2] == full(closing - opening, "USD", decimals=2)
    assert f"{int(number(states, 'count(*)', expected['Won'][1])):,} deals" in shown


def test_a_bridge_by_region_is_in_the_address_and_has_every_member(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/pipeline")
        choose(page, page.get_by_role("combobox", name="Split by"), "By region")
        page.wait_for_url("**by=region**")
        rows = card_cells(page, "pipeline_members")
        assert {row[0] for row in rows[1:]} == {"North America", "EMEA", "APAC", "LATAM"}
        page.goto(f"{server.address}/pipeline?from=2026-11-20&to=2026-10-01")
        expect(page.get_by_text("choose a later second day")).to_be_visible()


def test_a_regional_manager_has_the_pipeline_of_their_region_and_opens_no_deals(
    browser: Browser, server: Server
) -> None:
    with sign_in(browser, server, "emea.manager@brightwater.example") as page:
        page.goto(f"{server.address}/pipeline?by=region")
        rows = card_cells(page, "pipeline_members")
        assert [row[0] for row in rows[1:]] == ["EMEA"]
        expect(page.get_by_role("button", name="Won", exact=True)).to_have_count(0)


def test_a_tenant_without_a_history_of_deals_is_told_so(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "executive@harbour.example") as page:
        page.goto(f"{server.address}/pipeline")
        expect(page.locator("h1.pl-answer")).to_contain_text("no history of deals")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_bridge_fits_a_phone(browser: Browser, server: Server, theme: str) -> None:
    with sign_in(browser, server, ANALYST, width=390, theme=theme) as page:
        page.goto(f"{server.address}/pipeline?by=region")
        card_cells(page, "pipeline_members")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
