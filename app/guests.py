"""The door of guests: everything a dashboard needs, below the address that opens it, and nothing else of the server.

`/shared/TOKEN/` is a public link, `/embed/TOKEN/` a page in the frame of another site. A guest has no session: each
request shows the token in its path again. No cookie of a member, and no request beside those of the one page, comes
through.
"""

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.bundle import PREFIX as BUNDLE
from app.security_headers import with_headers
from app.told import ToldAddresses
from app.ui.context import GUEST_HEADER
from app.ui.signin import GuestView, ProblemView, render_guest, render_problem
from app.watched import SIGNED_OUT, Watched, forget_session, is_from_here
from core.errors import UserError
from services.guests.ticket import Ticket, Way
from services.platform import Platform

if TYPE_CHECKING:
    from services.guests.visits import Visit

_ADDRESS: Final = re.compile(r"/(shared|embed)/([A-Za-z0-9_.-]{20,4096})(/.*)?")
_SOCKET: Final = "/_stcore/stream"
_BELOW: Final = (BUNDLE, "/app/static/", "/media/", "/_stcore/bidi-components/")
_OPEN: Final = frozenset({"/", "/favicon.png", "/_stcore/health", "/_stcore/host-config"})
_PROOF_COOKIE: Final = "plumbline_link"
_MAX_FORM_BYTES: Final = 4_000
_HEADERS: Final = ((b"cache-control", b"private, no-store"), (b"x-robots-tag", b"noindex"))


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestAddress:
    """The token of an address, and the path below it; empty where the address has no end slash."""

    ticket: Ticket
    rest: str


def read_address(path: str) -> GuestAddress | None:
    """The parts of a guest's address; None for other paths.

    >>> read_address("/shared/0123456789012345678/x"), read_address("/shared/01234567890123456789/x").rest
    (None, '/x')
    """
    found = _ADDRESS.fullmatch(path)
    if found is None:
        return None
    return GuestAddress(ticket=Ticket(way=Way(found[1]), token=found[2]), rest=found[3] or "")


class GuestDoor:
    """Serves what is below a guest's address."""

    def __init__(self, app: ASGIApp, platform: Platform, told: ToldAddresses) -> None:
        self._app = app
        self._platform = platform
        self._told = told

    async def serve(self, scope: Scope, receive: Receive, send: Send, address: GuestAddress, request_id: str) -> None:
        """Serve one connection."""
        from services.guests.visits import GuestRefused, PasswordNeeded, find_visit, refuse

        headers = Headers(scope=scope)
        ticket = replace(address.ticket, proof=cookie_parser(headers.get("cookie", "")).get(_PROOF_COOKIE, ""))
        secured = with_headers(send, request_id, *_HEADERS)
        try:
            visit = await run_in_threadpool(find_visit, self._platform, ticket)
            if ticket.way is Way.EMBED and _is_page(scope, address):
                _require_frame(headers, visit)
        except PasswordNeeded as needed:
            await self._ask(scope, receive, secured, address, needed)
            return
        except GuestRefused as refused:
            if scope["type"] == "websocket" or _is_page(scope, address):
                await run_in_threadpool(refuse, self._platform, refused)
            await _answer(scope, receive, secured, refused)
            return
        if address.rest == _SOCKET and scope["type"] == "websocket":
            await self._open_page(scope, receive, send, ticket)
            return
        response = self._response(scope, address, ticket, visit.theme)
        # The bundle is the same for everybody, and its answers say how long they are good.
        more = () if address.rest.startswith(BUNDLE) else _HEADERS
        secured = with_headers(send, request_id, *more, ancestors=visit.origins)
        if response is not None:
            await response(scope, receive, secured)
            return
        await self._app(_inner(scope, address, ticket), receive, secured)

    def _response(self, scope: Scope, address: GuestAddress, ticket: Ticket, theme: str) -> Response | None:
        """What answers a request that the pages do not: what leads on, and what is not a guest's."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            return _missing()
        if not address.rest:
            return RedirectResponse(f"{scope['path']}/", status_code=303)
        is_known = address.rest in _OPEN or address.rest.startswith(_BELOW)
        if not is_known or ".." in address.rest or self._told.is_closed(ticket.text, address.rest):
            return _missing()
        if address.rest == "/" and ticket.way is Way.EMBED and b"embed=true" not in scope["query_string"]:
            look = f"&embed_options={theme}_theme" if theme else ""
            return RedirectResponse(f"{scope['path']}?embed=true{look}", status_code=303)
        return None

    async def _open_page(self, scope: Scope, receive: Receive, send: Send, ticket: Ticket) -> None:
        from services.guests.visits import admit, find_guest, find_visit

        if not is_from_here(Headers(scope=scope)):
            await _answer(scope, receive, send, None)
            return
        await run_in_threadpool(lambda: admit(self._platform, find_visit(self._platform, ticket)))
        forget_session(scope)

        def is_let_in(_is_use: bool) -> bool:  # noqa: FBT001 - run by position in a thread
            return find_guest(self._platform, ticket) is not None

        socket = Watched(receive, send, is_let_in, partial(self._told.hear, ticket.text))
        inner = _inner(scope, GuestAddress(ticket=ticket, rest=_SOCKET), ticket)
        await self._app(inner, socket.receive, socket.send)

    async def _ask(self, scope: Scope, receive: Receive, send: Send, address: GuestAddress, needed: UserError) -> None:
        """Ask for the password of a link, or judge the one that was entered."""
        if scope["type"] != "http" or address.rest != "/" or scope["method"] not in {"GET", "HEAD", "POST"}:
            await _answer(scope, receive, send, needed)
            return
        response = _form() if scope["method"] != "POST" else await self._enter(Request(scope, receive), address.ticket)
        await response(scope, receive, send)

    async def _enter(self, request: Request, ticket: Ticket) -> Response:
        from services.guests.visits import enter_password

        if int(request.headers.get("content-length") or _MAX_FORM_BYTES + 1) > _MAX_FORM_BYTES:
            return _form("This form is too large to be a password.", status=413)
        form = await request.form()
        password = str(form.get("password", ""))
        try:
            proof = await run_in_threadpool(enter_password, self._platform, ticket.token, password)
        except UserError as error:
            return _form(error.message, status=error.status)
        response = RedirectResponse(request.url.path, status_code=303)
        response.set_cookie(
            _PROOF_COOKIE,
            proof,
            httponly=True,
            samesite="lax",
            secure=self._platform.settings.is_https,
            path=request.url.path,
        )
        return response


def _inner(scope: Scope, address: GuestAddress, ticket: Ticket) -> Scope:
    """The connection as the pages see it: without the address before it, and with nobody's cookies."""
    kept = [(name, value) for name, value in scope["headers"] if name.lower() not in {b"cookie", b"authorization"}]
    return {
        **scope,
        "path": address.rest,
        "raw_path": address.rest.encode(),
        "headers": [*kept, (GUEST_HEADER.encode(), ticket.text.encode())],
    }


def _is_page(scope: Scope, address: GuestAddress) -> bool:
    return scope["type"] == "http" and address.rest in {"", "/"}


def _require_frame(headers: Headers, visit: "Visit") -> None:
    """Raises GuestRefused where a page is asked for elsewhere than in a frame of a site that may embed it.

    Browsers keep to `frame-ancestors` by themselves; what they tell of the place is checked and put on record as well.
    """
    from services.guests.visits import GuestRefused

    parts = urlsplit(headers.get("referer", ""))
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    is_known = not parts.netloc or parts.netloc == headers.get("host") or origin in visit.origins
    reason = "" if is_known else f"framed by {origin[:200]}"
    if headers.get("sec-fetch-dest", "iframe") != "iframe":
        reason = "opened outside a frame"
    if reason:
        guest = visit.principal.guest
        subject = "" if guest is None else guest.notebook
        raise GuestRefused(reason, tenant_id=visit.principal.tenant.id, subject=subject)


def _form(error: str = "", *, status: int = 200) -> Response:
    return Response(render_guest(GuestView(error=error)), status_code=status, media_type="text/html")


def _missing() -> Response:
    return JSONResponse({"error": {"code": "not_found", "message": "There is no such thing here."}}, status_code=404)


async def _answer(scope: Scope, receive: Receive, send: Send, error: UserError | None) -> None:
    """Tell somebody that they are not let in."""
    if scope["type"] == "websocket":
        # Closing before accepting answers the handshake with 403.
        await receive()
        await send({"type": "websocket.close", "code": SIGNED_OUT})
        return
    if error is None or "text/html" not in Headers(scope=scope).get("accept", ""):
        code = "not_found" if error is None else error.code
        body = {"code": code, "message": "There is no such thing here." if error is None else error.message}
        response: Response = JSONResponse({"error": body}, status_code=404 if error is None else error.status)
    else:
        # A guest has no account to sign in to.
        view = ProblemView(title="Nothing is shown here", what=error.message, link_label="")
        response = Response(render_problem(view), status_code=error.status, media_type="text/html")
    await response(scope, receive, send)
