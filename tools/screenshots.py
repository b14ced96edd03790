"""Takes the pictures of docs/img: every page of the demo, at 1440 and 390 pixels, light and dark.

Usage: python tools/screenshots.py [NAME...], such as `home`; without names, as `make docs` runs it, all.
It serves a fresh demo from a temporary folder.
"""

import io
import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

import pages
from app.ui.navigation import Section
from core.registry import find_kinds

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "img"
WIDTHS = (1440, 390)
THEMES = ("light", "dark")
# What a page shows where its plain address shows too little; each other page is taken as it opens.
ADDRESSES = {
    "ask": "/ask?metric=bookings&by=region&range=quarter+to+date&compare=prior_year",
    "funnels": "/funnels?by=region",
    "retention": "/retention?by=country",
    "pipeline": "/pipeline?by=region",
    "metrics": "/metrics?metric=win_rate",
    "experiments": "/experiments?entity=session&by=device&goal=report_created",
}
MORE = {
    "notebook": ("A notebook", "/notebooks?id=weekly-sales-review"),
    "dashboard": ("A dashboard", "/notebooks?id=weekly-sales-review&view=dashboard"),
    "report": ("A report being designed", "/notebooks?id=weekly-sales-review&view=report"),
}
# How many charts a page has at least; the library of charts comes last.
CHARTS = {
    "home": 2,
    "ask": 1,
    "notebook": 2,
    "dashboard": 2,
    "forecast": 1,
    "retention": 1,
    "lifecycle": 1,
    "attribution": 1,
    "scores": 1,
}
# What a page has only when a long reading is done.
LAST = {
    "report": ".st-key-card_report_pages img >> nth=0",
    "anomalies": ".st-key-card_anomalies_feed",
    "scores": ".st-key-card_scores_versions",
}
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
    """Write the gallery, serve, look at every page, write the pictures."""
    OUT.mkdir(parents=True, exist_ok=True)
    (ROOT / "docs" / "gallery.md").write_text(write_gallery(), encoding="utf-8")
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
    wanted = {name: shown for name, shown in shown_pages().items() if name in sys.argv[1:] or not sys.argv[1:]}
    for theme in THEMES:
        for width in WIDTHS:
            context = browser.new_context(
                storage_state=cookies, color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce"
            )
            page = context.new_page()
            for name, (_, path) in wanted.items():
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(f"{address}{path}")
                _settle(page, name)
                _shoot(page, f"{name}-{width}-{theme}", width)
            context.close()


def _settle(page: Page, name: str) -> None:
    """Wait for the last thing a page draws."""
    expect(page.locator("h1.pl-answer")).to_be_visible(timeout=60_000)
    if name in LAST:
        expect(page.locator(LAST[name])).to_be_visible(timeout=180_000)
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
    # 256 colours are enough for these pages, and a third of the size.
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        picture.convert("RGB").quantize(256).save(OUT / f"{name}.png", optimize=True)
    sys.stdout.write(f"{name}.png\n")


def shown_pages() -> dict[str, tuple[str, str]]:
    """The title and address of each picture, by name, in the order of the navigation."""
    order = list(Section)
    entries = [module.PAGE for module in find_kinds(pages).values()]
    entries.sort(key=lambda entry: (order.index(entry.section), entry.position))
    found: dict[str, tuple[str, str]] = {}
    for entry in entries:
        name = entry.url_path or "home"
        found[name] = (entry.title, ADDRESSES.get(name, f"/{entry.url_path}"))
        if name == "notebooks":
            found |= MORE
    return found


def write_gallery() -> str:
    """The text of docs/gallery.md."""
    parts = [
        "# Gallery\nThe pages of the demo, on a desktop and on a phone, light and dark. `make docs` takes all anew.\n"
    ]
    parts.append("## Sign in\n![Sign in](img/signin-1440-light.png)\n![Sign in on a phone](img/signin-390-light.png)\n")
    for name, (title, _) in shown_pages().items():
        rows = [
            f"![{title}{' on a phone' * (width == 390)}, {theme}](img/{name}-{width}-{theme}.png)"
            for width in WIDTHS
            for theme in THEMES
        ]
        parts.append("\n".join([f"## {title}", *rows, ""]))
    return "\n".join(parts)


if __name__ == "__main__":
    main()
