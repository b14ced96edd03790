"""Anomalies in a browser: the planted bad day and the price rise are found."""

import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.acts import card_cells
from tests.end_to_end.conftest import Server, sign_in

pytestmark = pytest.mark.browser
# The first scan reads every metric; later ones are kept.
SCAN_MS = 300_000


def test_the_bad_day_and_the_price_rise_are_found_at_the_usual_budget(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "analyst@brightwater.example") as page:
        page.goto(f"{server.address}/anomalies")
        feed = page.locator(".st-key-card_anomalies_feed")
        bad = feed.get_by_role("listitem").filter(has_text="on 13 Oct 2026")
        # The demo publishes 196 events on a day that has 3,382 otherwise.
        expect(bad).to_contain_text("Events on 13 Oct 2026", timeout=SCAN_MS)
        expect(bad).to_contain_text("196 events instead of")
        rise = feed.get_by_role("button", name="Average seat price, Core Starter on 4 Mar 2026")
        expect(rise).to_be_visible()
        budgets = card_cells(page, "anomalies_history")
    assert [row[0] for row in budgets[1:]] == ["1", "2", "4 (in force)", "10", "30"]


def test_a_manager_judges_nothing_and_the_page_fits_a_phone(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "emea.manager@brightwater.example", width=390, theme="dark") as page:
        page.goto(f"{server.address}/anomalies")
        expect(page.locator(".st-key-card_anomalies_history table")).to_be_visible(timeout=SCAN_MS)
        expect(page.get_by_role("combobox", name="Budget")).to_be_disabled()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
