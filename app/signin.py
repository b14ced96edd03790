"""The sign-in page and its routes: plain HTML, so that a signed-out visitor reaches nothing of the pages."""

from pathlib import Path
from urllib.parse import urlsplit

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from app.cookies import drop_cookie, read_cookie, set_cookie
from app.gate import is_from_own_site
from app.ui.context import SESSION_COOKIE
from app.ui.signin import (
    CodeView,
    EnrolView,
    LeavingView,
    LinkView,
    ProblemView,
    RecoveryView,
    SignInView,
    render_code,
    render_enrol,
    render_leaving,
    render_link,
    render_problem,
    render_recovery,
    render_signin,
)
from app.warming import Warming
from core.errors import UserError
from services.factor_demand import EnrolmentRefused, enrol_with_code
from services.platform import Platform
from services.second_factor import Enrolment, EnrolmentNeeded, SecondFactorNeeded
from services.signin import (
    find_link_member,
    find_principal,
    sign_in_with_code,
    sign_in_with_link,
    sign_in_with_password,
    sign_out,
)

_ASSETS = Path(__file__).parent / "signin_assets"
_MAX_FORM_BYTES = 64 * 1024
_STEP_COOKIE = "plumbline_step"
_NEVER_STORED = {"cache-control": "no-store"}


def signin_routes(platform: Platform, warming: Warming) -> list[BaseRoute]:
    """The routes that answer without a session."""
    pages = _SigninPages(platform, warming)
    return [
        Route("/signin", pages.show, methods=["GET"]),
        Route("/signin", pages.submit, methods=["POST"]),
        Mount("/signin/assets", StaticFiles(directory=_ASSETS)),
        Route("/signin/alive", pages.alive, methods=["GET"]),
        Route("/signin/code", pages.enter_code, methods=["POST"]),
        Route("/signin/enrol", pages.enrol, methods=["POST"]),
        Route("/signin/{token}", pages.offer, methods=["GET"]),
        Route("/signin/{token}", pages.redeem, methods=["POST"]),
        Route("/signout", pages.leave, methods=["GET", "POST"]),
    ]


class _SigninPages:
    """What a visitor can do before there is a session."""

    def __init__(self, platform: Platform, warming: Warming) -> None:
        self._platform = platform
        self._warming = warming

    async def show(self, request: Request) -> Response:
        """The form; who is signed in already goes where they wanted."""
        target = safe_target(request.query_params.get("next"))
        if await self._is_signed_in(request, is_use=True):
            return RedirectResponse(target, status_code=303)
        slug = request.query_params.get("tenant", "")
        return show_page(render_signin(SignInView(next_path=target, tenant=slug if is_slug(slug) else "")))

    async def alive(self, request: Request) -> Response:
        """204 while the session lives, 401 when it has ended; asking does not keep it alive."""
        is_alive = await self._is_signed_in(request, is_use=False)
        return Response(status_code=204 if is_alive else 401, headers=_NEVER_STORED)

    async def submit(self, request: Request) -> Response:
        """Sign in with the form's address and password."""
        if int(request.headers.get("content-length") or _MAX_FORM_BYTES) > _MAX_FORM_BYTES:
            return show_page(render_signin(SignInView(error="This form is too large to be a sign-in.")), status=413)
        form = await request.form()
        email, password = str(form.get("email", "")), str(form.get("password", ""))
        target = safe_target(str(form.get("next", "/")))
        if not is_same_origin(request):
            reason = "This form came from another site. Sign in from this page."
            return show_page(render_signin(SignInView(next_path=target, email=email, error=reason)), status=403)
        try:
            token = await run_in_threadpool(sign_in_with_password, self._platform, email, password)
        except (SecondFactorNeeded, EnrolmentNeeded) as step:
            return self._go_on(step, target)
        except UserError as error:
            view = SignInView(next_path=target, email=email, error=error.message)
            return show_page(render_signin(view), status=error.status)
        return welcome(self._platform, token, target)

    async def offer(self, request: Request) -> Response:
        """The page of a one-time link. Scanners of mail and previews open links, which must not use them up."""
        try:
            member = await run_in_threadpool(find_link_member, self._platform, request.path_params["token"])
        except UserError as error:
            return _link_problem(error.message, status=error.status)
        response = show_page(render_link(LinkView(email=member.email)))
        response.background = BackgroundTask(self._warming.expect_signin, member)
        return response

    async def redeem(self, request: Request) -> Response:
        """Sign in with a one-time link, by the button of its page alone."""
        if not is_same_origin(request):
            return _link_problem("This form came from another site. Open the link itself.", status=403)
        try:
            token = await run_in_threadpool(sign_in_with_link, self._platform, request.path_params["token"])
        except (SecondFactorNeeded, EnrolmentNeeded) as step:
            return self._go_on(step, "/")
        except UserError as error:
            return _link_problem(error.message, status=error.status)
        return welcome(self._platform, token, "/")

    async def leave(self, request: Request) -> Response:
        """End the session."""
        if not is_same_origin(request):
            return JSONResponse({"error": {"code": "other_origin", "message": "Sign out from the page."}}, 403)
        cookie = read_cookie(request.headers, self._platform.settings, SESSION_COOKIE) or ""
        provider_id = await run_in_threadpool(sign_out, self._platform, cookie)
        address = await run_in_threadpool(self._end_address, provider_id, cookie) if provider_id else None
        response: Response = RedirectResponse("/signin", status_code=303)
        if address is not None:
            # As on the way there: a redirect would count as the form's target, which may only be this site.
            response = show_page(render_leaving(LeavingView(address=address, is_sign_out=True)))
        drop_cookie(response, self._platform.settings, SESSION_COOKIE)
        return response

    async def enter_code(self, request: Request) -> Response:
        """Sign in with the code that the first step lacked."""
        code, target, refusal = await _read_code(request)
        if refusal is not None:
            return refusal
        challenge = read_cookie(request.headers, self._platform.settings, _STEP_COOKIE) or ""
        try:
            token = await run_in_threadpool(sign_in_with_code, self._platform, challenge, code)
        except UserError as error:
            return show_page(render_code(CodeView(next_path=target, error=error.message)), status=error.status)
        response = welcome(self._platform, token, target)
        drop_cookie(response, self._platform.settings, _STEP_COOKIE)
        return response

    async def enrol(self, request: Request) -> Response:
        """Set up the second factor that is demanded, and sign in."""
        code, target, refusal = await _read_code(request)
        key = str((await request.form()).get("key", ""))[:100] if refusal is None else ""
        if refusal is not None:
            return refusal
        challenge = read_cookie(request.headers, self._platform.settings, _STEP_COOKIE) or ""
        try:
            enrolled = await run_in_threadpool(enrol_with_code, self._platform, challenge, key, code)
        except EnrolmentRefused as error:
            return show_page(_enrol_page(error.enrolment, target, error=error.message), status=error.status)
        except UserError as error:
            return show_page(render_signin(SignInView(next_path=target, error=error.message)), status=error.status)
        response = show_page(render_recovery(RecoveryView(codes=enrolled.codes, next_path=target)))
        admit(self._platform, response, enrolled.token)
        drop_cookie(response, self._platform.settings, _STEP_COOKIE)
        return response

    def _go_on(self, step: SecondFactorNeeded | EnrolmentNeeded, target: str) -> Response:
        if isinstance(step, EnrolmentNeeded):
            response = show_page(_enrol_page(step.enrolment, target))
        else:
            response = show_page(render_code(CodeView(next_path=target)))
        set_cookie(response, self._platform.settings, _STEP_COOKIE, step.challenge, max_age=300)
        return response

    def _end_address(self, provider_id: str, cookie: str) -> str | None:
        # The libraries of single sign-on are heavy and load with their first use.
        from services.sso.logout import logout_address

        return logout_address(self._platform, provider_id, cookie)

    async def _is_signed_in(self, request: Request, *, is_use: bool) -> bool:
        cookie = read_cookie(request.headers, self._platform.settings, SESSION_COOKIE)
        return await run_in_threadpool(lambda: find_principal(self._platform, cookie, is_use=is_use) is not None)


def welcome(platform: Platform, token: str, target: str) -> Response:
    """Give the browser its session's cookie and lead it on."""
    response = RedirectResponse(target, status_code=303)
    admit(platform, response, token)
    return response


def admit(platform: Platform, response: Response, token: str) -> None:
    """Give the browser its session's cookie."""
    settings = platform.settings
    set_cookie(response, settings, SESSION_COOKIE, token, max_age=settings.session_hours * 3600)


async def _read_code(request: Request) -> tuple[str, str, Response | None]:
    """What a form with a code says: the code, where to go on to, and the refusal of a form that is not taken."""
    if int(request.headers.get("content-length") or _MAX_FORM_BYTES) > _MAX_FORM_BYTES:
        error = "This form is too large to be a code."
        return "", "/", show_page(render_signin(SignInView(error=error)), status=413)
    form = await request.form()
    code, target = str(form.get("code", ""))[:100], safe_target(str(form.get("next", "/")))
    if is_same_origin(request):
        return code, target, None
    reason = "This form came from another site. Sign in from this page."
    return code, target, show_page(render_signin(SignInView(next_path=target, error=reason)), status=403)


def _enrol_page(enrolment: Enrolment, target: str, *, error: str = "") -> str:
    view = EnrolView(key=enrolment.key, address=enrolment.address, next_path=target, error=error)
    return render_enrol(view)


def show_page(html: str, *, status: int = 200) -> Response:
    """A page that no cache keeps."""
    return HTMLResponse(html, status_code=status, headers=_NEVER_STORED)


def _link_problem(reason: str, *, status: int) -> Response:
    return show_page(render_problem(ProblemView(title="This link cannot be used", what=reason)), status=status)


def safe_target(target: str | None) -> str:
    """Where to go after sign-in: a path of this server, never another site's address.

    >>> safe_target("/notebooks?id=1"), safe_target("//evil.example"), safe_target("/\\\\evil.example")
    ('/notebooks?id=1', '/', '/')
    """
    if not target or not target.startswith("/") or "\\" in target or any(ord(char) < 32 for char in target):
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    return "/" if target.startswith("//") or parts.scheme or parts.netloc or parts.path == "/signin" else target


def is_slug(text: str) -> bool:
    """Whether a text has the form of a tenant's short name; whether there is such a tenant is not told."""
    return 2 <= len(text) <= 63 and text.isascii() and text.replace("-", "a").isalnum() and text.islower()


def is_same_origin(request: Request) -> bool:
    """Whether one of our own pages, or the person, sent a form."""
    return is_from_own_site(request.headers)
