"""Who is looking at the page, and the platform of this process: the page script builds neither."""

from core.origin import begin_request
from services.platform import Platform
from services.signin import find_principal
from tenants.access import Principal

SESSION_COOKIE = "plumbline_session"
# Set by the gate, whatever a client sends.
ORIGIN_HEADER = "x-plumbline-client"
GUEST_HEADER = "x-plumbline-guest"
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
    """Whose session cookie the browser sent, or the guest that the gate let in; None when that has ended meanwhile."""
    import streamlit as st

    # Each run of a page is a request of its own, and runs in a thread of its own.
    begin_request(st.context.headers.get(ORIGIN_HEADER) or "")
    ticket = st.context.headers.get(GUEST_HEADER)
    if ticket:
        from services.guests.ticket import Ticket
        from services.guests.visits import find_guest

        return find_guest(current_platform(), Ticket.read(ticket))
    return find_principal(current_platform(), own_cookie())


def own_cookie() -> str | None:
    """The value of the session cookie that the browser sent."""
    import streamlit as st

    return st.context.cookies.get(current_platform().settings.cookie_name(SESSION_COOKIE))
