"""Visitors of pages in a real browser.

A visitor finds nothing that one before has left: no cookie, no stored choice, no open page. The pages' own scripts stay
in the browser's cache, as they would on anybody's machine; fetching them anew took most of a browser test's time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

# A page that takes so long is broken; on a busy machine a good one may take a third of it.
WAIT_MS = 90_000
_idle: list[BrowserContext] = []


@contextmanager
def open_page(browser: Browser, *, width: int = 1440, theme: str = "light") -> Iterator[Page]:
    """An empty page of a visitor of its own, who prefers light or dark."""
    context = _idle.pop() if _idle else browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 1000 if width > 600 else 844})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    try:
        yield page
    except BaseException:
        # Whoever failed is not followed by another, and leaves no open page to the server.
        context.close()
        raise
    _leave(context)
    _idle.append(context)


def _leave(context: BrowserContext) -> None:
    """Close the visitor's pages; then forget what they kept in the browser, where nobody writes any more."""
    addresses = [urlsplit(page.url) for page in context.pages]
    for page in context.pages:
        page.close()
    last = context.new_page()
    protocol = context.new_cdp_session(last)
    for origin in {f"{one.scheme}://{one.netloc}" for one in addresses if one.scheme == "http"}:
        protocol.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage"})
    last.close()
    context.clear_cookies()
