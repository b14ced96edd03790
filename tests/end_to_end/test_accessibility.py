"""axe-core looks at every page of the navigation, and at the faces and forms of a notebook, light and dark."""

from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page, expect

import pages
from core.registry import find_kinds
from tests.end_to_end.acts import settle
from tests.end_to_end.conftest import Server, sign_in
from tests.visitors import open_page

pytestmark = pytest.mark.browser
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
BOOK = "notebooks?id=weekly-sales-review"
FACES = [BOOK, f"{BOOK}&view=dashboard&arrange=1", f"{BOOK}&view=history", "ask?metric=bookings&by=region"]
GROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
LOOK = """async rules => {
    const found = await axe.run(document, { resultTypes: ["violations"], runOnly: rules });
    return found.violations
        .filter(one => ["serious", "critical"].includes(one.impact))
        .flatMap(one => one.nodes.map(node => `${one.id}: ${node.target.join(" ")} ${node.html.slice(0, 200)}`));
}"""


def violations(page: Page, rules: list[str]) -> list[str]:
    """What axe-core finds that is serious or worse."""
    found: list[str] = page.evaluate(LOOK, rules)
    return found


def ground(page: Page) -> str:
    """The colour of the page, which is another one in the dark."""
    colour: str = page.evaluate(GROUND)
    return colour


def look(page: Page, address: str) -> list[str]:
    """The violations of one page: all of them in the light, those of contrast in the dark."""
    page.goto(address)
    expect(page.locator("h1").first).to_be_visible()
    # The first look at all series of a tenant takes its time.
    expect(page.get_by_test_id("stSpinner")).to_have_count(0, timeout=300_000)
    page.wait_for_load_state("networkidle")
    is_app = page.get_by_test_id("stApp").count() > 0
    if is_app:
        settle(page)
    page.evaluate(AXE)
    found = violations(page, RULES)
    bright = ground(page) if is_app else ""
    page.emulate_media(color_scheme="dark")
    if is_app:
        # Streamlit draws the page anew for it, where the page of sign-in has it in its stylesheet.
        page.wait_for_function(f"before => {GROUND} !== before", arg=bright)
        settle(page)
    found += violations(page, ["color-contrast"])
    page.emulate_media(color_scheme="light")
    return [f"{address} {one}" for one in found]


def test_no_page_has_a_serious_violation(browser: Browser, server: Server) -> None:
    paths = [module.PAGE.url_path for module in find_kinds(pages).values()]
    assert "notebooks" in paths
    found: list[str] = []
    with sign_in(browser, server, "admin@brightwater.example") as page:
        for path in (*paths, *FACES):
            found += look(page, f"{server.address}/{path}")
        page.goto(f"{server.address}/{BOOK}")
        page.get_by_role("button", name="Add a cell").last.click()
        page.get_by_role("menuitem", name="Chart", exact=True).click()
        expect(page.get_by_test_id("stForm")).to_be_visible()
        settle(page)
        page.evaluate(AXE)
        found += [f"form {one}" for one in violations(page, RULES)]
    with open_page(browser) as page:
        found += look(page, f"{server.address}/signin")
    assert found == []


def test_a_violation_would_be_found(browser: Browser, server: Server) -> None:
    with open_page(browser) as page:
        page.goto(f"{server.address}/signin")
        wrong = "<img src=data:,><p style='position:fixed;inset:0;z-index:9;background:#fff;color:#eee'>Hardly seen</p>"
        page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", wrong)
        page.evaluate(AXE)
        assert {one.split(":")[0] for one in violations(page, RULES)} >= {"image-alt", "color-contrast"}
