"""Takes the pictures of docs/img: every page of the demo, at 1440 and 390 pixels, light and dark.

Usage: python tools/screenshots.py (or `make docs`). It serves a fresh demo from a temporary folder.
"""

import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "img"
WIDTHS = (1440, 390)
THEMES = ("light", "dark")
PAGES = {
    "home": "/",
    "ask": "/ask?metric=bookings&by=region&range=quarter+to+date&compare=prior_year",
    "funnels": "/funnels?by=region",
    "retention": "/retention",
    "pipeline": "/pipeline?by=region",
    "notebooks": "/notebooks",
    "notebook": "/notebooks?id=weekly-sales-review",
    "dashboard": "/notebooks?id=weekly-sales-review&view=dashboard",
    "metrics": "/metrics?metric=win_rate",
    "deliveries": "/deliveries",
    "sources": "/sources",
    "syncs": "/syncs",
    "data-browser": "/data-browser",
    "members": "/members",
    "roles": "/roles",
    "signin-settings": "/signin-settings",
    "audit": "/audit",
    "usage": "/usage",
    "account": "/account",
}
# How many charts a page has at least; the library of charts comes last.
CHARTS = {"home": 2, "ask": 1, "notebook": 2, "dashboard": 2}
BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def main() -> None:
    """Serve, look at every page, write the pictures."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "app.cli", "serve", "--demo", "--json", "--port", "0", "--data", folder]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            said = json.loads(process.stdout.readline() if process.stdout else "{}")
            links = {link["email"]: link["link"] for link in said["links"]}
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER)
                _take_all(browser, said["address"], links["admin@brightwater.example"])
                browser.close()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def _take_all(browser: Browser, address: str, link: str) -> None:
    state = browser.new_context()
    first = state.new_page()
    first.goto(f"{address}/signin")
    first.get_by_role("heading").first.wait_for()
    for width in WIDTHS:
        _shoot(first, f"signin-{width}-light", width)
    first.goto(link)
    first.get_by_role("button", name="Sign in").click()
    first.locator(".pl-tile-value").first.wait_for()
    cookies = state.storage_state()
    for theme in THEMES:
        for width in WIDTHS:
            context = browser.new_context(
                storage_state=cookies, color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce"
            )
            page = context.new_page()
            for name, path in PAGES.items():
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(f"{address}{path}")
                _settle(page, name)
                _shoot(page, f"{name}-{width}-{theme}", width)
            context.close()


def _settle(page: Page, name: str) -> None:
    """Wait for the last thing a page draws."""
    expect(page.locator("h1.pl-answer")).to_be_visible(timeout=60_000)
    if name in CHARTS:
        last = page.locator(".js-plotly-plot").nth(CHARTS[name] - 1)
        expect(last.locator(".main-svg").first).to_be_visible(timeout=60_000)
    page.wait_for_load_state("networkidle")


def _shoot(page: Page, name: str, width: int) -> None:
    """The whole page: the window is made as high as what it shows, because the page scrolls inside it."""
    main = page.locator('[data-testid="stMain"]')
    height = int(main.evaluate("node => node.scrollHeight")) if main.count() else 900
    page.set_viewport_size({"width": width, "height": max(900 if width > 600 else 844, height)})
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=OUT / f"{name}.png")
    sys.stdout.write(f"{name}.png\n")


main()
