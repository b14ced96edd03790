"""What is tried against sign-in and sessions: fixation, theft, forged requests, and telling members by time."""

import time
from statistics import median

import pytest
from starlette.websockets import WebSocketDisconnect

from app.ui.context import SESSION_COOKIE
from services.signin import start_member_session
from tests.access.world import World
from tests.app.conftest import PASSWORD, Running, sign_in
from tests.app.page_run import run_page
from tests.app.routes import find_endpoints, request

# These know their callers by a token in a header, which no other site can send.
BY_TOKEN = ("/api/scim/", "/api/events/", "/api/local/")


def test_a_session_that_somebody_planted_before_the_sign_in_is_not_the_one_that_follows(app: Running) -> None:
    planted = "planted-by-somebody-else"
    app.client.cookies.set(SESSION_COOKIE, planted, domain="localhost.local", path="/")
    answer = app.client.post(
        "/signin",
        data={"email": app.ann.email, "password": PASSWORD},
        headers={"cookie": f"{SESSION_COOKIE}={planted}"},
    )
    given = answer.headers["set-cookie"].partition(";")[0].partition("=")[2]
    assert given not in {"", planted}
    app.client.cookies.clear()
    assert app.client.get("/api/v1/me", headers={"cookie": f"{SESSION_COOKIE}={planted}"}).status_code == 401
    assert app.client.get("/api/v1/me", headers={"cookie": f"{SESSION_COOKIE}={given}"}).status_code == 200


def test_every_sign_in_has_a_session_of_its_own(app: Running) -> None:
    given = []
    for _ in range(2):
        sign_in(app)
        given.append(app.client.cookies[SESSION_COOKIE])
    assert len(set(given)) == 2
    # The one before lives until it is ended: it may be another browser's.
    for cookie in given:
        app.client.cookies.clear()
        assert app.client.get("/api/v1/me", headers={"cookie": f"{SESSION_COOKIE}={cookie}"}).status_code == 200


def test_a_cookie_that_was_stolen_opens_neither_route_nor_page_after_the_sign_out(app: Running) -> None:
    sign_in(app)
    stolen = app.client.cookies[SESSION_COOKIE]
    assert run_page(app, stolen, "").is_found
    app.client.post("/signout")
    app.client.cookies.clear()
    assert app.client.get("/api/v1/me", headers={"cookie": f"{SESSION_COOKIE}={stolen}"}).status_code == 401
    assert app.client.get("/", headers={"cookie": f"{SESSION_COOKIE}={stolen}"}).status_code == 401
    with pytest.raises(WebSocketDisconnect):
        run_page(app, stolen, "")


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}]
)
def test_no_route_changes_anything_for_another_sites_form(app: Running, world: World, headers: dict[str, str]) -> None:
    cookie = start_member_session(app.platform, str(world.ann.member_id), "link")
    writing = [one for one in find_endpoints(app) if one.method not in {"GET", "HEAD", "OPTIONS"}]
    # A provider's page posts its answer or that somebody left; a mail program leaves a schedule. Each is judged by what
    # it brings, and this brings nothing.
    by_content = {"/signin/saml", "/signin/saml-logout", "/unsubscribe/{token}"}
    for one in writing:
        if one.path.startswith(BY_TOKEN):
            continue
        app.client.cookies.clear()
        app.client.cookies.set(SESSION_COOKIE, cookie)
        answer = request(app, one, "x", headers)
        assert one.path in by_content or answer.status_code == 403, one
    app.client.cookies.clear()
    assert app.client.get("/api/v1/me", headers={"cookie": f"{SESSION_COOKIE}={cookie}"}).status_code == 200


def test_an_unknown_address_takes_the_work_of_a_wrong_password(app: Running) -> None:
    def work(email: str) -> float:
        """The processor time of a refusal, which other programs on the machine do not change."""
        seconds = []
        for _ in range(3):
            started = time.process_time()
            answer = app.client.post("/signin", data={"email": email, "password": "wrong horse battery"})
            seconds.append(time.process_time() - started)
            assert answer.status_code == 401
        return median(seconds)

    known, unknown = work(app.bob.email), work("nobody@other.example")
    assert 1 / 3 < known / unknown < 3


def test_what_the_api_answers_is_kept_by_no_cache(app: Running) -> None:
    sign_in(app)
    assert app.client.get("/api/v1/me").headers["cache-control"] == "no-store"
