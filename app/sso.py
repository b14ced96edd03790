"""The routes of single sign-on: to an organisation's identity provider, and back.

Its libraries are heavy and load with the first use.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from app.cookies import drop_cookie, read_cookie, set_cookie
from app.signin import is_same_origin, safe_target, show_page, welcome
from app.ui.signin import (
    LeavingView,
    PostingView,
    ProblemView,
    SignInView,
    render_leaving,
    render_posting,
    render_problem,
    render_signin,
)
from core.errors import LimitError, UserError
from services.platform import Platform

if TYPE_CHECKING:
    from services.sso.signin import Arrival, Departure

_FLOW_COOKIE = "plumbline_flow"
_MAX_RESPONSE_BYTES = 512 * 1024
# Of the page that posts to a provider, which may lead on from host to host: it holds that form alone.
_POSTING = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; base-uri 'none'; "
    "form-action {scheme}:; frame-ancestors 'none'"
)
_NO_PROVIDER = (
    "There is no single sign-on for this address. Use your password, or ask your administrator for a sign-in link."
)
_NOT_SIGNED_OUT = (
    "Your organisation's request could not be accepted. Sign out here yourself; your administrator finds the reason in "
    "the audit log."
)


def sso_routes(platform: Platform) -> list[BaseRoute]:
    """The routes; each has one segment below /signin, so the gate lets it through."""
    pages = _SsoPages(platform)
    return [
        Route("/signin/sso", pages.depart, methods=["GET", "POST"]),
        Route("/signin/oidc", pages.arrive_oidc, methods=["GET"]),
        Route("/signin/saml", pages.accept_saml, methods=["POST"]),
        Route("/signin/saml", pages.arrive_saml, methods=["GET"]),
        Route("/signin/saml-logout", pages.leave_by_saml, methods=["GET"]),
        Route("/signin/saml-logout", pages.leave_by_post, methods=["POST"]),
        Route("/signin/saml-metadata", pages.saml_metadata, methods=["GET"]),
    ]


class _SsoPages:
    """Away to a provider, and back with its answer."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def depart(self, request: Request) -> Response:
        """Send the browser to the provider of a tenant (`?tenant=`), or of the address that was typed."""
        form = await request.form() if request.method == "POST" else request.query_params
        slug, email = str(form.get("tenant", ""))[:63], str(form.get("email", "")).strip()[:254]
        target = safe_target(str(form.get("next", "/")))
        if not is_same_origin(request) and request.method == "POST":
            return _signin_again("This form came from another site. Sign in from this page.", email, target, status=403)

        def begin() -> "Departure | None":
            from services.sso.signin import begin_sso

            return begin_sso(self._platform, slug=slug, email=email, target=target)

        try:
            departure = await run_in_threadpool(begin)
        except UserError as error:
            return _signin_again(error.message, email, target, status=error.status)
        if departure is None:
            return _signin_again(_NO_PROVIDER, email, target, status=404)
        if departure.form:
            response = show_page(render_posting(PostingView(address=departure.address, fields=departure.form)))
            response.headers["content-security-policy"] = _POSTING.format(scheme=departure.address.partition(":")[0])
        elif request.method == "GET":
            response = RedirectResponse(departure.address, status_code=303)
        else:
            # A redirect would count as the form's target, which may only be this site: the page leads on by itself.
            response = show_page(render_leaving(LeavingView(address=departure.address)))
        set_cookie(response, self._platform.settings, _FLOW_COOKIE, departure.browser, max_age=600)
        return response

    async def arrive_oidc(self, request: Request) -> Response:
        """Sign in with an OpenID provider's answer."""
        answer, browser = dict(request.query_params), self._browser(request)

        def finish() -> "Arrival":
            from services.sso.signin import finish_oidc

            return finish_oidc(self._platform, answer, browser)

        return await self._arrive(finish)

    async def accept_saml(self, request: Request) -> Response:
        """Check a SAML response. Another site's page posts it, so the cookie comes only with the step that follows."""
        if int(request.headers.get("content-length") or _MAX_RESPONSE_BYTES) >= _MAX_RESPONSE_BYTES:
            return self._refused(LimitError("This response is too large to be a sign-in."))
        form = await request.form()
        response, state = str(form.get("SAMLResponse", "")), str(form.get("RelayState", ""))

        def accept() -> str:
            from services.sso.signin import accept_saml

            return accept_saml(self._platform, response, state)

        try:
            ticket = await run_in_threadpool(accept)
        except UserError as error:
            return self._refused(error)
        return RedirectResponse(f"/signin/saml?ticket={ticket}", status_code=303)

    async def arrive_saml(self, request: Request) -> Response:
        """Sign in with the ticket of a checked response, in the browser that began."""
        ticket, browser = request.query_params.get("ticket", ""), self._browser(request)

        def finish() -> "Arrival":
            from services.sso.signin import finish_saml

            return finish_saml(self._platform, ticket, browser)

        return await self._arrive(finish)

    async def leave_by_saml(self, request: Request) -> Response:
        """End the sessions of a person whom the provider signs out; or come back from there, signed out already."""
        if "SAMLRequest" not in request.query_params:
            return RedirectResponse("/signin", status_code=303)

        def end() -> str:
            from services.sso.logout import end_by_provider

            return end_by_provider(self._platform, request.url.query)

        return await self._leave(end)

    async def leave_by_post(self, request: Request) -> Response:
        """As `leave_by_saml`, by a form that the provider's page posts; no cookie comes with it, and none is needed."""
        if int(request.headers.get("content-length") or _MAX_RESPONSE_BYTES) >= _MAX_RESPONSE_BYTES:
            return self._refused(LimitError("This request is too large to be a sign-out."))
        form = await request.form()
        text, relay_state = (str(form.get(name, "")) for name in ("SAMLRequest", "RelayState"))
        if not text:
            return RedirectResponse("/signin", status_code=303)

        def end() -> str:
            from services.sso.logout import end_by_posted_request

            return end_by_posted_request(self._platform, text, relay_state)

        return await self._leave(end)

    async def _leave(self, end: Callable[[], str]) -> Response:
        try:
            address = await run_in_threadpool(end)
        except UserError as error:
            page = render_problem(ProblemView(title="Nobody was signed out", what=_NOT_SIGNED_OUT))
            return show_page(page, status=error.status)
        return RedirectResponse(address, status_code=303)

    async def saml_metadata(self, request: Request) -> Response:
        """What an identity provider has to know of this service; with `?provider=`, also whose requests it gets."""
        provider_id = request.query_params.get("provider", "")

        def build() -> str:
            from services.sso.logout import metadata_of

            return metadata_of(self._platform, provider_id)

        return Response(await run_in_threadpool(build), media_type="application/samlmetadata+xml")

    async def _arrive(self, finish: Callable[[], "Arrival"]) -> Response:
        try:
            arrival = await run_in_threadpool(finish)
        except UserError as error:
            return self._refused(error)
        response = welcome(self._platform, arrival.token, safe_target(arrival.target))
        drop_cookie(response, self._platform.settings, _FLOW_COOKIE)
        return response

    def _browser(self, request: Request) -> str:
        """What ties the browser to the sign-in that it began."""
        return read_cookie(request.headers, self._platform.settings, _FLOW_COOKIE) or ""

    def _refused(self, error: UserError) -> Response:
        page = render_problem(ProblemView(title="You are not signed in", what=error.message))
        response = show_page(page, status=error.status)
        drop_cookie(response, self._platform.settings, _FLOW_COOKIE)
        return response


def _signin_again(error: str, email: str, target: str, *, status: int) -> Response:
    return show_page(render_signin(SignInView(next_path=target, email=email, error=error)), status=status)
