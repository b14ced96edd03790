"""The gallery in a real browser: every rule matches, nothing comes from outside, and the parts react."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.visitors import open_page

pytestmark = pytest.mark.browser

PAGES = {"Home": ".pl-insight", "States": ".pl-skeleton-row", "Sources": ".pl-sources"}

# Every selector of the page's stylesheet (states and pseudo-elements left off) that matches nothing.
UNMATCHED = r"""
() => {
  const sheet = [...document.styleSheets].find((one) => one.ownerNode.textContent.includes("The rules of every page"));
  const selectors = (rule) => rule.selectorText ? [rule.selectorText]
    : rule.type === CSSRule.KEYFRAMES_RULE ? [] : [...rule.cssRules].flatMap(selectors);
  const split = (text) => {
    let depth = 0;
    const cut = [...text].map((sign) => {
      depth += (sign === "(") - (sign === ")");
      return sign === "," && depth === 0 ? "\n" : sign;
    });
    return cut.join("").split("\n").map((one) => one.trim());
  };
  const bare = (text) => text.replace(/::?(after|before|hover|focus-visible)/g, "");
  return [...new Set([...sheet.cssRules].flatMap(selectors).flatMap(split).map(bare))]
    .filter((one) => !document.querySelector(one));
}
"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A visitor on a laptop."""
    with open_page(browser) as opened:
        yield opened


def enter(page: Page, gallery: str, name: str = "Home") -> None:
    """Open a page of the gallery through the navigation."""
    page.goto(gallery)
    page.wait_for_selector(PAGES["Home"])
    if name != "Home":
        go_to(page, name)


def go_to(page: Page, name: str) -> None:
    """Use the navigation, which a phone hides behind a button."""
    expand = page.get_by_test_id("stExpandSidebarButton")
    if expand.is_visible():
        expand.click()
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
    page.wait_for_selector(PAGES[name])


def ground(page: Page) -> str:
    """The colour of the canvas."""
    colour: str = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    return colour


def test_every_selector_of_the_stylesheet_matches_something(page: Page, gallery: str) -> None:
    enter(page, gallery)
    unmatched = set(page.evaluate(UNMATCHED))
    assert unmatched
    for name in ("States", "Sources"):
        go_to(page, name)
        unmatched &= set(page.evaluate(UNMATCHED))
    assert unmatched == set()


def test_nothing_is_requested_from_outside_and_no_error_is_logged(browser: Browser, gallery: str) -> None:
    # Nothing is in this visitor's cache.
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url.replace("ws:", "http:")))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(gallery)
    page.wait_for_selector(PAGES["Home"])
    for name in ("States", "Sources"):
        go_to(page, name)
    page.wait_for_load_state("networkidle")
    assert errors == []
    assert [url for url in asked if not url.startswith((gallery, "blob:" + gallery, "data:"))] == []
    assert any(url.endswith("inter-tabular-latin.woff2") for url in asked)
    context.close()


def test_phone_has_no_sideways_scroll(browser: Browser, gallery: str) -> None:
    with open_page(browser, width=390) as page:
        enter(page, gallery)
        for name in PAGES:
            go_to(page, name)
            widths = page.evaluate(
                "[document.documentElement.scrollWidth, document.querySelector('[data-testid=stMain]').scrollWidth]"
            )
            assert widths == [390, 390], name


def test_tile_reports_a_click_and_a_key(page: Page, gallery: str) -> None:
    enter(page, gallery)
    page.get_by_role("button", name="Bookings, quarter to date").click()
    expect(page.get_by_text("Heard metric:bookings")).to_be_visible()
    expect(page.get_by_text("Returned metric:bookings")).to_be_visible()
    page.get_by_role("button", name="Win rate, maturity-adjusted").press("Enter")
    expect(page.get_by_text("Heard metric:win_rate")).to_be_visible()
    assert page.evaluate("document.activeElement.dataset.act") == "metric:win_rate"


def test_link_inside_a_tile_sends_its_own_act(page: Page, gallery: str) -> None:
    enter(page, gallery, "States")
    page.get_by_role("button", name="Reconnect").click()
    go_to(page, "Home")
    expect(page.get_by_text("Heard source:salesforce")).to_be_visible()


def test_page_has_one_h1_and_text_in_the_bundled_font(page: Page, gallery: str) -> None:
    enter(page, gallery)
    assert page.locator("h1").count() == 1
    page.evaluate("document.fonts.ready")
    assert page.evaluate("getComputedStyle(document.querySelector('.pl-value')).fontFamily").startswith(
        '"Inter Tabular"'
    )
    assert page.evaluate("document.fonts.check('600 26px \"Inter Tabular\"')")


def test_system_in_dark_gives_the_dark_theme_on_first_paint(browser: Browser, gallery: str) -> None:
    with open_page(browser, theme="dark") as page:
        enter(page, gallery)
        assert ground(page) == "rgb(15, 16, 18)"
        assert page.evaluate("getComputedStyle(document.querySelector('.pl-value')).color") == "rgb(236, 237, 240)"


def test_chosen_appearance_holds_on_every_page(page: Page, gallery: str) -> None:
    enter(page, gallery)
    assert ground(page) == "rgb(250, 250, 250)"
    page.get_by_role("button", name="Priya Raman").click()
    with page.expect_navigation():
        page.get_by_text("Dark appearance").click()
    page.wait_for_selector(PAGES["Home"])
    assert ground(page) == "rgb(15, 16, 18)"
    page.goto(f"{gallery}/sources")
    page.wait_for_selector(PAGES["Sources"])
    assert ground(page) == "rgb(15, 16, 18)"


def test_sign_out_is_a_post(page: Page, gallery: str) -> None:
    enter(page, gallery)
    page.get_by_role("button", name="Priya Raman").click()
    page.get_by_text("Sign out").click()
    expect(page.get_by_role("heading", name="Signed out by POST")).to_be_visible()


def test_reduced_motion_stops_the_skeletons(browser: Browser, gallery: str) -> None:
    with open_page(browser) as page:
        enter(page, gallery, "States")
        names = page.evaluate("getComputedStyle(document.querySelector('.pl-skeleton')).animationName")
        assert names == "pl-appear"
