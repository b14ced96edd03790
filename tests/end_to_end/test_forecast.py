"""Forecast in a browser: a metric's fan on its whole periods, its record, its members, on a phone too."""

import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.conftest import Server, sign_in
from tests.end_to_end.test_pipeline import cells

pytestmark = pytest.mark.browser


def test_a_metric_has_a_fan_with_its_record_and_its_members(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "analyst@brightwater.example") as page:
        page.goto(f"{server.address}/forecast?metric=bookings&by=region")
        expect(page.locator("h1.pl-answer")).to_contain_text("expected in Nov 2026")
        expect(page.locator(".st-key-card_forecast_fan .js-plotly-plot")).to_be_visible()
        header, error, coverage, origins = cells(page, "forecast_record")[:4]
        members = cells(page, "forecast_members")
        page.get_by_role("combobox", name="Split by").click()
        page.get_by_role("option", name="By segment", exact=True).click()
        page.wait_for_url("**by=segment**")
        page.goto(f"{server.address}/forecast?metric=bookings&grain=fortnight")
        expect(page.get_by_text("There is no forecast by fortnight.")).to_be_visible()
    assert header[1].startswith("Forecast: ")
    assert header[2].startswith("Baseline: ")
    assert error[1].startswith("$")
    assert coverage[0] == "Values inside the interval (promised 90%)"
    assert int(origins[1]) >= 3
    assert {row[0] for row in members[1:]} == {"North America", "EMEA", "APAC", "LATAM"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_forecast_fits_a_phone(browser: Browser, server: Server, theme: str) -> None:
    with sign_in(browser, server, "emea.manager@brightwater.example", width=390, theme=theme) as page:
        page.goto(f"{server.address}/forecast?metric=bookings&by=region")
        assert [row[0] for row in cells(page, "forecast_members")[1:]] == ["EMEA"]
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
