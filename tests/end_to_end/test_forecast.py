"""Forecast in a browser: a metric's fan on its whole periods, its record, its members, on a phone too."""

import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.acts import card_cells, choose, open_behind
from tests.end_to_end.conftest import Server, sign_in

pytestmark = pytest.mark.browser
# Replaying earlier quarters takes seconds, once for each version of the data.
REPLAY_MS = 300_000


def test_bookings_come_from_deals_with_their_record_and_find_the_rep_who_slips(
    browser: Browser, server: Server
) -> None:
    with sign_in(browser, server, "analyst@brightwater.example") as page:
        page.goto(f"{server.address}/forecast")
        expect(page.locator("h1.pl-answer")).to_contain_text("Q4 2026: ", timeout=REPLAY_MS)
        expect(page.locator("h1.pl-answer")).to_contain_text("$5.71\u202fM are won already")
        record = card_cells(page, "bookings_record")
        reps = card_cells(page, "bookings_slipping")
        expect(page.locator(".st-key-card_bookings_deals table")).to_be_visible()
        slider = page.get_by_role("slider").first
        open_behind(page, page.get_by_role("button", name="What if"), slider)
        slider.press("ArrowRight")
        expect(page.locator("h1.pl-answer")).to_contain_text("Without what you try it is")
        page.wait_for_url("**win=105**")
        page.goto(f"{server.address}/forecast?as_of=2026-12-24")
        expect(page.get_by_text("2026-12-24 is still to come")).to_be_visible()
    # Bookings of each quarter and the reps are figures that the demo publishes.
    booked = {row[0]: row[3] for row in record[1:-1]}
    assert booked["Q3 2026"] == "$9.66\u202fM"
    assert booked["Q2 2026"] == "$9.70\u202fM"
    assert record[-1][0] == "On average"
    found = [[cell.removeprefix("trending_flat").strip() for cell in row] for row in reps[1:4]]
    assert found == [
        ["Gareth Pryce", "62", "48", "77%", "19%"],
        ["Leo Whitaker", "47", "14", "30%", "20%"],
        ["Daniel Muller", "63", "17", "27%", "20%"],
    ]


def test_a_metric_has_a_fan_with_its_record_and_its_members(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, "analyst@brightwater.example") as page:
        page.goto(f"{server.address}/forecast?metric=bookings&by=region")
        expect(page.locator("h1.pl-answer")).to_contain_text("expected in Nov 2026")
        expect(page.locator(".st-key-card_forecast_fan .js-plotly-plot")).to_be_visible()
        header, error, coverage, origins = card_cells(page, "forecast_record")[:4]
        members = card_cells(page, "forecast_members")
        choose(page, page.get_by_role("combobox", name="Split by"), "By segment")
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
        assert [row[0] for row in card_cells(page, "forecast_members")[1:]] == ["EMEA"]
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.goto(f"{server.address}/forecast")
        # Their region's deals alone; who may not read data sees no single deal.
        expect(page.locator(".st-key-card_bookings_record table")).to_be_visible(timeout=REPLAY_MS)
        expect(page.locator(".st-key-card_bookings_deals")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
