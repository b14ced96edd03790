"""A dashboard in a browser: arranged by its writer, filtered by clicking, read on a phone; its state is its address."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.conftest import Server, plumbline, sign_in

pytestmark = pytest.mark.browser
BOOK = """\
notebook: sales-board
title: Sales board
cells:
  - {name: bookings, kind: metric, metric: bookings, period: quarter}
  - {name: won, kind: metric, metric: won_deals, period: quarter}
  - {name: by_region, kind: chart, chart: bar, metrics: [bookings], by: [region], period: quarter, title: By region}
  - {name: broken, kind: metric, metric: no_such_metric, period: quarter}
"""
WHOLE = BOOK.replace("  - {name: broken, kind: metric, metric: no_such_metric, period: quarter}\n", "")


def put(server: Server, text: str, tmp_path_name: str) -> None:
    file = server.data.parent / f"{tmp_path_name}.yaml"
    file.write_text(text)
    done = plumbline("notebook", "import", str(file), "--tenant", "brightwater", data=server.data)
    assert done.returncode == 0, done.stdout + done.stderr


def click_bar(page: Page) -> None:
    """Click into the first bar: the plot's own layer lies over it, so the pointer goes by place."""
    box = page.locator(".js-plotly-plot .bars .point").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + 20, box["y"] + box["height"] / 2)


def figure(page: Page) -> str:
    return page.locator(".pl-tile-value").first.inner_text()


def test_a_click_on_a_bar_filters_every_tile_and_a_second_one_takes_it_back(browser: Browser, server: Server) -> None:
    put(server, WHOLE, "whole")
    with sign_in(browser, server, "executive@brightwater.example") as page:
        page.goto(f"{server.address}/notebooks?id=sales-board")
        expect(page.locator(".pl-tile-value")).to_have_count(2)
        expect(page.locator(".js-plotly-plot .bars .point")).to_have_count(4)
        before = figure(page)
        click_bar(page)
        page.wait_for_url(re.compile("region=North"))
        expect(page.locator(".js-plotly-plot .bars .point")).to_have_count(1)
        expect(page.locator(".pl-tile-value").first).not_to_have_text(before)
        filtered = figure(page)
        # The address holds the whole state: another visit shows the same.
        address = page.url
        page.goto(f"{server.address}/")
        page.goto(address)
        expect(page.locator(".pl-tile-value").first).to_have_text(filtered)
        page.get_by_role("button", name=re.compile("^Region: North")).click()
        expect(page.locator(".pl-tile-value").first).to_have_text(before)
        assert "region" not in page.url


def test_a_writer_arranges_tiles_and_full_screen_shows_nothing_else(browser: Browser, server: Server) -> None:
    put(server, BOOK, "broken")
    with sign_in(browser, server, "analyst@brightwater.example") as page:
        page.goto(f"{server.address}/notebooks?id=sales-board&view=dashboard")
        expect(page.locator(".pl-tile-value")).to_have_count(2)
        # A tile that fails says why in its place.
        expect(page.get_by_text("no_such_metric")).to_be_visible()
        page.get_by_role("button", name="Arrange").click()
        place = page.locator(".st-key-place_by_region")
        place.get_by_role("radio", name="12").click()
        expect(page.get_by_text("Saved as version")).to_be_visible()
        place.get_by_role("button", name="Up").click()
        expect(page.locator("[class*='st-key-place_'] [data-testid=stText]").nth(1)).to_have_text("by_region")
        page.locator(".st-key-place_broken").get_by_role("button", name="Hide").click()
        expect(page.get_by_text("There is no metric")).to_have_count(0)
        expect(page.locator(".st-key-place_broken")).to_have_count(0)
        page.goto(f"{server.address}/notebooks?id=sales-board&view=dashboard&full=1")
        expect(page.locator(".pl-tile-value")).to_have_count(2)
        expect(page.get_by_test_id("stSidebar")).to_be_hidden()
        page.get_by_role("button", name="Leave full screen").click()
        expect(page.get_by_test_id("stSidebar")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_dashboard_is_read_on_a_phone_without_sideways_scroll(browser: Browser, server: Server, theme: str) -> None:
    put(server, WHOLE, "whole")
    with sign_in(browser, server, "executive@brightwater.example", width=390, theme=theme) as page:
        page.goto(f"{server.address}/notebooks?id=sales-board")
        expect(page.locator(".pl-tile-value")).to_have_count(2)
        expect(page.locator(".js-plotly-plot .bars .point")).to_have_count(4)
        assert page.evaluate("document.scrollingElement.scrollWidth") == 390
