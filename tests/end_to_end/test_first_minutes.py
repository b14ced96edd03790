"""The first minutes of a new tenant: files in on the page, first metrics at a click, a figure and a chart on Home."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.acts import settle
from tests.end_to_end.conftest import Server, answer_of, open_link
from tests.visitors import open_page

pytestmark = pytest.mark.browser
FILES = ("accounts.csv", "products.csv", "sales_pipeline.csv", "sales_teams.csv")


def test_from_four_files_to_a_home_with_figures(browser: Browser, server: Server, shared_data: Path) -> None:
    answer_of("tenant", "create", "maven", "--name", "Maven", data=server.data)
    member = ("member", "add", "ana@maven.example", "--tenant", "maven", "--name", "Ana", "--role", "analyst")
    link = answer_of(*member, data=server.data)["signin_link"]
    with open_page(browser) as page:
        open_link(page, str(link))
        expect(page.get_by_text("Connect your data")).to_be_visible()
        page.goto(f"{server.address}/sources")
        settle(page)
        page.locator("input[type=file]").set_input_files([shared_data / "crm_maven" / name for name in FILES])
        page.get_by_role("button", name="Import 4 files").click()
        expect(page.get_by_text("First metrics can be proposed")).to_be_visible()
        settle(page)
        page.get_by_role("button", name="Use these metrics").click()
        expect(page.get_by_text("First metrics can be proposed")).to_have_count(0)
        settle(page)
        page.get_by_role("link", name="Home", exact=True).click()
        # The data end in 2017: Home says so and leads to their last day.
        page.get_by_role("button", name=re.compile("Show 31 Dec")).click()
        tile = page.locator(".pl-tile", has_text="Won close value").first
        # SELECT sum(close_value) ... WHERE deal_stage = 'Won' AND close_date in the last quarter of 2017: 2,802,496.
        expect(tile.locator(".pl-tile-value")).to_have_text(re.compile(r"2\.80"))
        expect(page.locator(".js-plotly-plot").first).to_be_visible()
