"""Who is looking at the page, and the platform of this process: the page script builds neither."""

from services.platform import Platform
from services.signin import find_principal
from tenants.access import Principal

SESSION_COOKIE = "plumbline_session"
_running: list[Platform] = []


def start_pages(platform: Platform) -> None:
    """Make the server's platform known to the pages."""
    _running[:] = [platform]


def current_platform() -> Platform:
    """The platform the pages work on. Raises RuntimeError before `start_pages`."""
    if not _running:
        raise RuntimeError("the pages run inside `plumbline serve`, which has not started the platform")
    return _running[0]


def current_principal() -> Principal | None:
    """Whose session cookie the browser sent; None when the session has ended since the page was opened."""
    import streamlit as st

    return find_principal(current_platform(), st.context.cookies.get(SESSION_COOKIE))
