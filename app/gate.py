"""The gate before everything: signed out means the sign-in page and nothing else.

It stands in front of every endpoint of the process: pages, the pages' websocket, media, uploads, static files and the
API. An open websocket is cut within seconds of its session's end (docs/decisions/signin-gate.md).
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.bundle import PREFIX as BUNDLE
from app.bundle import preload_header
from app.cookies import read_cookie
from app.guests import GuestDoor, read_address
from app.security_headers import with_headers
from app.told import ToldAddresses
from app.ui.context import GUEST_HEADER, ORIGIN_HEADER, SESSION_COOKIE
from app.warming import Warming
from app.watched import SIGNED_OUT, Watched, forget_session, is_from_here
from core.origin import begin_request
from services.platform import Platform
from services.signin import find_principal
from tenants.access import Permission, Principal

_PUBLIC: Final = frozenset({"/signin", "/signout", "/healthz", "/readyz"})
_PUBLIC_BELOW: Final = (
    "/signin/assets/",
    "/api/local/",
    "/api/events/",
    "/api/scim/",
    "/unsubscribe/",
    "/delivered/",
)
# Streamlit's own sign-in, which stands beside ours and would know nobody.
_UNUSED: Final = ("/auth/", "/oauth2callback")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_UPLOADS: Final = "/_stcore/upload_file"
# The bundle is the same for everybody, without a tenant's data.
_BUNDLE_S: Final = 2.0


class SigninGate:
    """ASGI middleware that lets a request through only with a live session, or to the sign-in page."""

    def __init__(self, app: ASGIApp, *, platform: Platform, warming: Warming) -> None:
        self.app = app
        self.platform = platform
        self.warming = warming
        self._bundle = _BundleReaders()
        self._told = ToldAddresses()
        self._guests = GuestDoor(app, platform, self._told)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        client = scope.get("client")
        origin = begin_request(client[0] if client else "", Headers(scope=scope).get("user-agent", ""))
        _tell_pages(scope, origin.address)
        address = read_address(scope["path"])
        if address is not None:
            await self._guests.serve(scope, receive, send, address, origin.request_id)
            return
        is_api = scope["path"].startswith("/api/")
        secured = with_headers(send, origin.request_id, *([(b"cache-control", b"no-store")] if is_api else []))
        if is_public(scope["path"]):
            await self.app(scope, receive, secured)
            if scope["path"].startswith("/signin"):
                self.warming.expect_signin()
            return
        cookie = read_cookie(Headers(scope=scope), self.platform.settings, SESSION_COOKIE)
        if cookie is not None and scope["path"].startswith(BUNDLE) and self._bundle.is_known(cookie):
            await self.app(scope, receive, secured)
            return
        principal = await run_in_threadpool(find_principal, self.platform, cookie)
        if principal is None:
            await _refuse(scope, receive, secured)
            return
        scope.setdefault("state", {})["principal"] = principal
        self._bundle.remember(cookie or "")
        self.warming.expect_page(principal)
        if is_document(scope):
            secured = with_headers(send, origin.request_id, (b"link", preload_header().encode()))
            if scope["path"] == "/" and not scope["query_string"]:
                self.warming.expect_home(principal)
        refusal = self._refusal(scope, principal, cookie or "")
        if refusal is not None:
            await refusal(scope, receive, secured)
            return
        if scope["type"] == "websocket":
            if not is_from_here(Headers(scope=scope)):
                await _refuse(scope, receive, secured)
                return
            forget_session(scope)
            socket = Watched(receive, send, self._asker(cookie), partial(self._told.hear, cookie or ""))
            await self.app(scope, socket.receive, socket.send)
        else:
            await self.app(scope, receive, secured)

    def _refusal(self, scope: Scope, principal: Principal, cookie: str) -> Response | None:
        """What a member who is signed in is refused with, if they are."""
        if scope["type"] != "http":
            return None
        path = scope["path"]
        if scope["method"] not in _SAFE and not is_from_own_site(Headers(scope=scope)):
            body = {"code": "other_origin", "message": "Another site asked for this. Ask from a page of ours."}
            return JSONResponse({"error": body}, status_code=403)
        if path.startswith(_UPLOADS) and not principal.can(Permission.DATA_IMPORT):
            return _signed_out()
        if path.startswith(_UNUSED) or self._told.is_closed(cookie, path):
            return PlainTextResponse("File not found", status_code=404)
        return None

    def _asker(self, cookie: str | None) -> Callable[[bool], bool]:
        def is_signed_in(is_use: bool) -> bool:  # noqa: FBT001 - run by position in a thread
            return find_principal(self.platform, cookie, is_use=is_use) is not None

        return is_signed_in


class _BundleReaders:
    """The cookies that were found signed in moments ago: they read the bundle without being looked up for each file."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._tidied = 0.0

    def remember(self, cookie: str) -> None:
        """Let a cookie read the bundle for two seconds more."""
        now = time.monotonic()
        if now > self._tidied + _BUNDLE_S:
            self._until, self._tidied = {known: until for known, until in self._until.items() if until > now}, now
        self._until[cookie] = now + _BUNDLE_S

    def is_known(self, cookie: str) -> bool:
        """Whether a cookie may read the bundle."""
        return self._until.get(cookie, 0.0) > time.monotonic()


def is_public(path: str) -> bool:
    """Whether a path answers without a session."""
    if path in _PUBLIC or path.startswith(_PUBLIC_BELOW):
        return True
    # A sign-in link has one segment: /signin/TOKEN.
    return path.startswith("/signin/") and path.count("/") == 2


def is_document(scope: Scope) -> bool:
    """Whether a browser asks for a page's document, rather than for something on it."""
    return scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")


def is_from_own_site(headers: Headers) -> bool:
    """Whether a browser says that one of our own pages, or the person, sent this; other clients send no such header."""
    site = headers.get("sec-fetch-site")
    return site in {"same-origin", "none"} if site is not None else is_from_here(headers)


def _signed_out() -> Response:
    return JSONResponse({"error": {"code": "signed_out", "message": "Sign in first."}}, status_code=401)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        # Closing before accepting answers the handshake with 403.
        await receive()
        await send({"type": "websocket.close", "code": SIGNED_OUT})
        return
    response: Response
    if scope["method"] == "GET" and is_document(scope):
        path = scope["path"]
        query = scope.get("query_string", b"").decode("latin-1")
        target = path + (f"?{query}" if query else "")
        where = "" if target == "/" else f"?next={quote(target, safe='')}"
        response = RedirectResponse(f"/signin{where}", status_code=303)
    else:
        response = _signed_out()
    await response(scope, receive, send)


def _tell_pages(scope: Scope, address: str) -> None:
    """Put the client's address where the pages, which run in other threads, find it; what a client made up goes."""
    name = ORIGIN_HEADER.encode()
    others = [pair for pair in scope["headers"] if pair[0].lower() not in {name, GUEST_HEADER.encode()}]
    scope["headers"] = [*others, (name, address.encode("latin-1"))]
