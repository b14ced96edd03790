"""What a reader does on a page of Streamlit, each with the wait that a reader makes without thinking of it.

A page runs from top to bottom after every act. A list that is open when a run ends is closed by it, and a figure that
is read in the middle of a run is the one of before. So the tests wait until a page is still, and open again what a run
has closed.
"""

import re
import time
from collections.abc import Iterator

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as NotThere

from tests.visitors import WAIT_MS

# A page is still when nothing has run on it for so long: an act reaches the server, and the server begins, within it.
_STILL_MS = 400
# The first run of a page may read every metric of a tenant.
_RUN_MS = 300_000
# What opens at a click is there in this time, or a run has closed it.
_OPEN_MS = 4_000
_IS_STILL = """([wait]) => {
    const app = document.querySelector("[data-testid=stApp]");
    const state = app ? [app.dataset.testConnectionState, app.dataset.testScriptState].join(" ") : "";
    const isStill = state === "CONNECTED notRunning";
    const now = performance.now();
    if (!isStill || !window.plumblineStillSince) window.plumblineStillSince = isStill ? now : 0;
    return isStill && now - window.plumblineStillSince >= wait;
}"""


def _tries() -> Iterator[bool]:
    """Whether a try is the last one, for as long as a reader waits."""
    until = time.monotonic() + WAIT_MS / 1000
    while time.monotonic() < until:
        yield False
    yield True


def settle(page: Page) -> None:
    """Wait until no run of the page is under way."""
    page.evaluate("() => { window.plumblineStillSince = 0; }")
    page.wait_for_function(_IS_STILL, arg=[_STILL_MS], polling=50, timeout=_RUN_MS)


def choose(page: Page, box: Locator, option: str | re.Pattern[str], *, text: str = "") -> None:
    """Choose an entry of a list, which is opened again where a run has closed it; `text` is typed to find the entry."""
    entry = page.get_by_role("option", name=option, exact=True).first
    for is_last in _tries():
        settle(page)
        box.click()
        if text:
            box.fill(text)
        try:
            entry.click(timeout=_OPEN_MS)
        except NotThere:
            if is_last:
                raise
        else:
            return


def open_behind(page: Page, button: Locator, content: Locator) -> None:
    """Press a button until what opens behind it is there."""
    for is_last in _tries():
        settle(page)
        if not content.is_visible():
            button.click()
        try:
            content.wait_for(timeout=_OPEN_MS)
        except NotThere:
            if is_last:
                raise
        else:
            return


def sign_out(page: Page, name: str) -> None:
    """By the menu that has the member's name."""
    item = page.get_by_text("Sign out", exact=True)
    open_behind(page, page.get_by_role("button", name=name), item)
    item.click()


def close_dialog(page: Page) -> None:
    """Press Escape until no dialog is open; one that a run draws anew takes no key meanwhile."""
    for is_last in _tries():
        settle(page)
        page.keyboard.press("Escape")
        try:
            page.get_by_role("dialog").wait_for(state="hidden", timeout=_OPEN_MS)
        except NotThere:
            if is_last:
                raise
        else:
            return


def cells(page: Page, table: str) -> list[list[str]]:
    """The texts of a table's cells, row by row, once the page is still."""
    page.locator(f"{table} tbody tr").first.wait_for()
    settle(page)
    rows: list[list[str]] = page.locator(f"{table} tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    return rows


def card_cells(page: Page, card: str) -> list[list[str]]:
    """The texts of the table of a card."""
    return cells(page, f".st-key-card_{card} table")
