"""The sign-in page and its routes: plain HTML, so that a signed-out visitor reaches nothing of the pages."""

from pathlib import Path
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from app.gate import session_cookie
from app.ui.context import SESSION_COOKIE
from app.ui.signin import ProblemView, SignInView, render_problem, render_signin
from core.errors import UserError
from services.platform import Platform
from services.signin import find_principal, sign_in_with_link, sign_in_with_password, sign_out

_ASSETS = Path(__file__).parent / "signin_assets"


def signin_routes(platform: Platform) -> list[BaseRoute]:
    """The routes that answer without a session."""
    is_https = platform.settings.address.startswith("https:")

    def welcome(token: str, target: str) -> Response:
        response = RedirectResponse(target, status_code=303)
        response.set_cookie(
            SESSION_COOKIE,
            token,
            max_age=platform.settings.session_hours * 3600,
            httponly=True,
            samesite="lax",
            secure=is_https,
            path="/",
        )
        return response

    async def show(request: Request) -> Response:
        if await run_in_threadpool(find_principal, platform, session_cookie(request.headers)) is not None:
            return RedirectResponse(safe_target(request.query_params.get("next")), status_code=303)
        view = SignInView(next_path=safe_target(request.query_params.get("next")))
        return HTMLResponse(render_signin(view), headers={"cache-control": "no-store"})

    async def alive(request: Request) -> Response:
        cookie = session_cookie(request.headers)
        is_alive = await run_in_threadpool(lambda: find_principal(platform, cookie, is_use=False) is not None)
        return Response(status_code=204 if is_alive else 401, headers={"cache-control": "no-store"})

    async def submit(request: Request) -> Response:
        form = await request.form()
        email, password = str(form.get("email", "")), str(form.get("password", ""))
        target = safe_target(str(form.get("next", "/")))
        if not is_same_origin(request):
            return _signin_again(target, email, "This form came from another site. Sign in from this page.", 403)
        try:
            token = await run_in_threadpool(sign_in_with_password, platform, email, password)
        except UserError as error:
            return _signin_again(target, email, error.message, error.status)
        return welcome(token, target)

    async def redeem(request: Request) -> Response:
        try:
            token = await run_in_threadpool(sign_in_with_link, platform, request.path_params["token"])
        except UserError as error:
            page = render_problem(ProblemView(title="This link cannot be used", what=error.message))
            return HTMLResponse(page, status_code=error.status, headers={"cache-control": "no-store"})
        return welcome(token, "/")

    async def leave(request: Request) -> Response:
        if not is_same_origin(request):
            return JSONResponse({"error": {"code": "other_origin", "message": "Sign out from the page."}}, 403)
        await run_in_threadpool(sign_out, platform, session_cookie(request.headers))
        response = RedirectResponse("/signin", status_code=303)
        response.delete_cookie(SESSION_COOKIE, path="/")
        return response

    return [
        Route("/signin", show, methods=["GET"]),
        Route("/signin", submit, methods=["POST"]),
        Mount("/signin/assets", StaticFiles(directory=_ASSETS)),
        Route("/signin/alive", alive, methods=["GET"]),
        Route("/signin/{token}", redeem, methods=["GET"]),
        Route("/signout", leave, methods=["GET", "POST"]),
    ]


def safe_target(target: str | None) -> str:
    """Where to go after sign-in: a path of this server, never another site's address.

    >>> safe_target("/notebooks?id=1"), safe_target("//evil.example"), safe_target("/\\\\evil.example")
    ('/notebooks?id=1', '/', '/')
    """
    if not target or not target.startswith("/") or "\\" in target or any(ord(char) < 32 for char in target):
        return "/"
    parts = urlsplit(target)
    return "/" if target.startswith("//") or parts.scheme or parts.netloc or parts.path == "/signin" else target


def is_same_origin(request: Request) -> bool:
    """Whether a browser says that one of our own pages, or the person, sent this; other clients send no such header."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _signin_again(target: str, email: str, error: str, status: int) -> Response:
    page = render_signin(SignInView(next_path=target, email=email, error=error))
    return HTMLResponse(page, status_code=status, headers={"cache-control": "no-store"})
