"""A dashboard in a browser: arranged by its writer, filtered by clicking, read on a phone; its state is its address."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from notebooks import parse_notebook, tiles_of
from tests.end_to_end.acts import open_behind, settle
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
    settle(page)
    bar = page.locator(".js-plotly-plot .bars .point").first
    at_rest(bar)
    box = bar.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + 20, box["y"] + box["height"] / 2)


def at_rest(thing: Locator) -> None:
    """Wait until a thing has its place."""
    thing.element_handle().wait_for_element_state("stable")


def figure(page: Page) -> str:
    return page.locator(".pl-tile-value").first.inner_text()


def test_a_click_on_a_bar_filters_every_tile_and_a_second_one_takes_it_back(browser: Browser, server: Server) -> None:
    put(server, WHOLE, "whole")
    with sign_in(browser, server, "executive@brightwater.example") as page:
        page.goto(f"{server.address}/notebooks?id=sales-board")
        expect(page.locator(".pl-tile-value")).to_have_count(2)
        expect(page.locator(".js-plotly-plot .bars .point")).to_have_count(4)
        settle(page)
        before = figure(page)
        click_bar(page)
        page.wait_for_url(re.compile("region=North"))
        expect(page.locator(".js-plotly-plot .bars .point")).to_have_count(1)
        expect(page.locator(".pl-tile-value").first).not_to_have_text(before)
        settle(page)
        filtered = figure(page)
        # The address holds the whole state: another visit shows the same.
        address = page.url
        page.goto(f"{server.address}/")
        page.goto(address)
        expect(page.locator(".pl-tile-value").first).to_have_text(filtered)
        page.get_by_role("button", name=re.compile("^Region: North")).click()
        expect(page.locator(".pl-tile-value").first).to_have_text(before)
        page.wait_for_url(lambda url: "region" not in url)


def test_a_click_on_a_bar_of_the_notebook_opens_what_is_said_about_it(browser: Browser, server: Server) -> None:
    put(server, WHOLE, "whole")
    with sign_in(browser, server, "executive@brightwater.example") as page:
        page.goto(f"{server.address}/notebooks?id=sales-board&view=edit")
        expect(page.locator(".js-plotly-plot .bars .point")).to_have_count(4)
        # The page is still: a click in mid-run would be lost with the run.
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        click_bar(page)
        dialog = page.get_by_test_id("stDialog")
        expect(dialog.get_by_role("combobox", name="About")).to_have_value("North America")
        dialog.get_by_role("textbox", name="Comment").fill("Where did this come from?")
        dialog.get_by_role("button", name="Comment", exact=True).click()
        said = dialog.locator(".pl-comment")
        expect(said).to_contain_text("about North America")
        expect(said).to_contain_text("Where did this come from?")
        said.get_by_role("button", name="Remove").click()
        expect(said).to_have_count(0)


def places(page: Page) -> list[str]:
    """What the arranging grid shows, in its order, each with its size."""
    return page.locator(".pl-place-words").all_inner_texts()


def saved_tiles(server: Server) -> list[str]:
    """The arrangement as it is kept, and its version."""
    folder = server.data.parent / "exported"
    done = plumbline("notebook", "export", "--tenant", "brightwater", "--out", str(folder), data=server.data)
    assert done.returncode == 0, done.stdout + done.stderr
    notebook = parse_notebook((folder / "sales-board.yaml").read_text())
    return [f"{tile.cell} {tile.width}x{tile.height}" for tile in tiles_of(notebook)]


def drag(page: Page, grip: Locator, to: tuple[float, float]) -> None:
    """Take a thing at its middle and let it go elsewhere."""
    at_rest(grip)
    box = grip.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(to[0], to[1] - 5, steps=4)
    page.mouse.move(*to, steps=4)
    page.mouse.up()


def saved_version(page: Page) -> int:
    found = re.search(r"Saved as version (\d+)", page.locator(".pl-meta").inner_text())
    assert found is not None
    return int(found.group(1))


def test_tiles_are_dragged_resized_and_hidden_and_each_drop_is_saved_once(browser: Browser, server: Server) -> None:
    put(server, BOOK, "broken")
    with sign_in(browser, server, "analyst@brightwater.example") as page:
        page.goto(f"{server.address}/notebooks?id=sales-board&view=dashboard&arrange=1")
        expect(page.locator(".pl-tile-value")).to_have_count(2)
        # A tile that fails says why in its place.
        expect(page.get_by_text("There is no metric")).to_be_visible()
        expect(page.locator(".pl-place")).to_have_count(4)
        settle(page)
        version = saved_version(page)
        box = page.locator(".pl-arranging .grid-stack").bounding_box()
        assert box is not None
        drag(page, page.locator(".pl-place").nth(2).locator("b"), (box["x"] + 60, box["y"] + 30))
        expect(page.get_by_text(f"Saved as version {version + 1}")).to_be_visible()
        expect(page.locator(".pl-place-words b").first).to_have_text("By region")
        settle(page)
        assert saved_tiles(server)[0] == "by_region 6x1"
        edge = page.locator(".grid-stack-item").first.locator(".ui-resizable-se")
        page.locator(".pl-place").first.hover()
        # What was saved may have moved the grid: where two rows end is asked of the tile, which is one row high.
        at_rest(edge)
        first = page.locator(".grid-stack-item").first.bounding_box()
        assert first is not None
        drag(page, edge, (box["x"] + box["width"] * 8.6 / 12, first["y"] + first["height"] * 1.9))
        expect(page.get_by_text(f"Saved as version {version + 2}")).to_be_visible()
        assert saved_tiles(server)[0] == "by_region 9x2"
        # The dashboard below shows what was arranged.
        settle(page)
        tile = page.locator("[class*=st-key-dashtile_w9_h2_by_region]").bounding_box()
        whole = page.locator(".st-key-dashgrid").bounding_box()
        assert tile is not None
        assert whole is not None
        assert tile["width"] == pytest.approx((whole["width"] + 12) * 9 / 12 - 12, abs=2)
        settle(page)
        page.get_by_role("button", name="Hide broken").click()
        expect(page.get_by_text("There is no metric")).to_have_count(0)
        page.get_by_role("button", name="Show broken").click()
        expect(page.locator(".pl-place")).to_have_count(4)
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".pl-place")).to_have_count(3)


def test_two_quick_moves_by_keys_are_both_kept(browser: Browser, server: Server) -> None:
    put(server, WHOLE, "whole")
    with sign_in(browser, server, "analyst@brightwater.example") as page:
        page.goto(f"{server.address}/notebooks?id=sales-board&view=dashboard&arrange=1")
        expect(page.locator(".pl-place")).to_have_count(3)
        settle(page)
        version = saved_version(page)
        page.get_by_role("button", name="Move By region").focus()
        for key in ("Enter", "Shift+ArrowLeft", "Shift+ArrowDown", "ArrowUp", "ArrowUp", "Enter"):
            page.keyboard.press(key)
        expect(page.get_by_role("button", name="Move By region, 5 of 12, 2 high")).to_be_focused()
        # The second move comes before the page has answered the first.
        page.get_by_role("button", name="Move won").focus()
        for key in ("Enter", "ArrowUp", "Enter"):
            page.keyboard.press(key)
        expect(page.get_by_text(f"Saved as version {version + 2}")).to_be_visible()
        assert saved_tiles(server) == ["by_region 5x2", "won 3x1", "bookings 3x1"]
        # Escape puts back what was taken and saves nothing.
        for key in ("Enter", "ArrowUp", "Escape"):
            page.keyboard.press(key)
        assert [text.split("\n")[0] for text in places(page)] == ["By region", "won", "bookings"]
        assert saved_version(page) == version + 2


def test_tabs_and_headings_are_made_by_clicking_and_stand_in_the_address(browser: Browser, server: Server) -> None:
    put(server, WHOLE, "whole")
    with sign_in(browser, server, "analyst@brightwater.example") as page:
        page.goto(f"{server.address}/notebooks?id=sales-board&view=dashboard&arrange=1")
        for words, button in (("This *quarter*", "Add a heading"), ("Regions", "Add a tab")):
            field = page.get_by_label("Words of the heading or tab")
            open_behind(page, page.get_by_role("button", name="Headings and tabs"), field)
            field.fill(words)
            page.get_by_role("button", name=button).click()
            settle(page)
            page.keyboard.press("Escape")
            expect(field).to_be_hidden()
        page.wait_for_url("**tab=Regions**")
        page.get_by_role("radio", name="Overview").click()
        expect(page.get_by_role("heading", name="This *quarter*")).to_be_visible()
        settle(page)
        page.get_by_role("button", name="Hide By region").click()
        expect(page.get_by_role("button", name="Show By region")).to_be_visible()
        settle(page)
        page.get_by_role("radio", name="Regions").click()
        expect(page.get_by_role("heading", name="This *quarter*")).to_have_count(0)
        page.get_by_role("button", name="Show By region").click()
        expect(page.locator(".js-plotly-plot .bars .point")).to_have_count(4)
        expect(page.locator(".pl-tile-value")).to_have_count(0)
        page.goto(f"{server.address}/notebooks?id=sales-board&view=dashboard&full=1&tab=Regions")
        expect(page.locator(".js-plotly-plot .bars .point")).to_have_count(4)
        expect(page.get_by_test_id("stSidebar")).to_be_hidden()
        # On a screen that nobody sits at, one tab follows the other by itself.
        page.goto(f"{server.address}/notebooks?id=sales-board&view=dashboard&full=1&tab=Regions&tv=5")
        expect(page.locator(".js-plotly-plot .bars .point")).to_have_count(4)
        page.wait_for_url("**tab=Overview**")
        expect(page.get_by_role("heading", name="This *quarter*")).to_be_visible()
        page.goto(f"{server.address}/notebooks?id=sales-board&view=dashboard&full=1&tab=Regions")
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
