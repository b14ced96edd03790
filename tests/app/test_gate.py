"""Signed out means the sign-in page and nothing else."""

import re

import pytest
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from app.watched import forget_session
from services.organisation import add_member
from services.signin import create_signin_link
from tenants.access import operator
from tests.app.conftest import LOCAL_TOKEN, PASSWORD, Running, sign_in

CLOSED = [
    "/",
    "/notebooks",
    "/sources",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/upload_file/session/file",
    "/static/js/index.js",
    "/media/0123456789abcdef.png",
    "/component/plumbline/index.html",
    "/app/static/icon.svg",
    "/api/v1/me",
    "/api/v1/metrics",
    "/api/openapi.json",
    "/favicon.png",
    "/signinX",
    "//signin",
    "/unknown",
]


@pytest.mark.parametrize("path", CLOSED)
def test_nothing_answers_without_a_session(app: Running, path: str) -> None:
    machine = app.client.get(f"http://localhost:8080{path}", headers={"accept": "*/*"})
    assert machine.status_code == 401
    assert machine.json() == {"error": {"code": "signed_out", "message": "Sign in first."}}
    reader = app.client.get(f"http://localhost:8080{path}", headers={"accept": "text/html"})
    assert reader.status_code == 303
    assert reader.headers["location"].startswith("/signin")
    assert reader.content == b""


def test_the_websocket_is_refused_without_a_session(app: Running) -> None:
    with pytest.raises(WebSocketDisconnect), app.client.websocket_connect("/_stcore/stream"):
        pass


def test_health_answers_without_a_session_and_tells_nothing(app: Running) -> None:
    assert app.client.get("/healthz").json() == {"status": "ok"}
    assert app.client.get("/readyz").json() == {"status": "ok"}


def test_a_password_opens_the_pages_and_the_api_of_its_tenant(app: Running) -> None:
    sign_in(app)
    assert app.client.get("/").status_code == 200
    assert app.client.get("/api/v1/me").json()["tenant"] == "acme"
    app.client.cookies.clear()
    sign_in(app, "bob@other.example")
    assert app.client.get("/api/v1/me").json()["tenant"] == "other"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Running) -> None:
    answer = app.client.post("/signin", data={"email": "ann@acme.example", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie


def test_by_https_a_cookie_that_another_host_has_planted_opens_nothing(
    app: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    secure = app.platform.settings.model_copy(update={"base_url": "https://bi.example.com"})
    monkeypatch.setattr(app.platform, "settings", secure)
    given = app.client.post("/signin", data={"email": "ann@acme.example", "password": PASSWORD}).headers["set-cookie"]
    value = re.match(r"__Host-plumbline_session=([\w-]{43});", given)
    assert value is not None
    assert {"Secure", "HttpOnly", "Path=/"} <= set(given.split("; "))
    assert "domain" not in given.lower()
    app.client.cookies.clear()
    # A host beside this one can set a cookie for both, but none of that prefix.
    for name, status in (("plumbline_session", 401), ("__Host-plumbline_session", 200)):
        assert app.client.get("/api/v1/me", headers={"cookie": f"{name}={value[1]}"}).status_code == status
    left = app.client.post("/signout", headers={"cookie": f"__Host-plumbline_session={value[1]}"})
    assert left.headers["set-cookie"].startswith('__Host-plumbline_session=""')
    assert "Secure" in left.headers["set-cookie"]


def test_a_wrong_password_says_so_on_the_page_and_sets_no_cookie(app: Running) -> None:
    answer = app.client.post("/signin", data={"email": "ann@acme.example", "password": "wrong"})
    assert answer.status_code == 401
    assert "do not match" in answer.text
    assert "set-cookie" not in answer.headers


def test_what_was_typed_is_escaped_where_it_is_shown_again(app: Running) -> None:
    answer = app.client.post("/signin", data={"email": '"><script>alert(1)</script>', "password": "x"})
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"])
def test_sign_in_never_leads_to_another_site(app: Running, target: str) -> None:
    form = {"email": "ann@acme.example", "password": PASSWORD, "next": target}
    assert app.client.post("/signin", data=form).headers["location"] == "/"


def test_sign_in_leads_back_to_the_page_that_was_asked_for(app: Running) -> None:
    asked = app.client.get("/notebooks?id=weekly", headers={"accept": "text/html"}).headers["location"]
    assert asked == "/signin?next=%2Fnotebooks%3Fid%3Dweekly"
    assert 'value="/notebooks?id=weekly"' in app.client.get(asked).text
    form = {"email": "ann@acme.example", "password": PASSWORD, "next": "/notebooks?id=weekly"}
    assert app.client.post("/signin", data=form).headers["location"] == "/notebooks?id=weekly"


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_a_form_from_another_site_signs_nobody_in_or_out(app: Running, headers: dict[str, str]) -> None:
    form = {"email": "ann@acme.example", "password": PASSWORD}
    assert app.client.post("/signin", data=form, headers=headers).status_code == 403
    sign_in(app)
    assert app.client.post("/signout", headers=headers).status_code == 403
    assert app.client.get("/api/v1/me").status_code == 200


def test_a_link_signs_in_once_and_then_says_why_not(app: Running) -> None:
    path = create_signin_link(app.platform, app.ann).removeprefix("http://localhost:8080")
    assert app.client.post(path).headers["location"] == "/"
    assert app.client.get("/api/v1/me").json()["email"] == "ann@acme.example"
    app.client.cookies.clear()
    for second in (app.client.get(path), app.client.post(path)):
        assert second.status_code == 401
        assert "used already or has expired" in second.text
        assert "set-cookie" not in second.headers


def test_signing_out_ends_the_session_on_the_server(app: Running) -> None:
    sign_in(app)
    stolen = dict(app.client.cookies)
    assert app.client.post("/signout").headers["location"] == "/signin"
    app.client.cookies.update(stolen)
    assert app.client.get("/api/v1/me").status_code == 401


def _read_for_ever(socket: WebSocketTestSession) -> None:
    while True:
        socket.receive_bytes()


def test_an_open_websocket_is_cut_when_the_session_ends(app: Running) -> None:
    sign_in(app)
    cookie = "; ".join(f"{name}={value}" for name, value in app.client.cookies.items())
    headers = {"cookie": cookie, "origin": "http://localhost:8080", "host": "localhost:8080"}
    with app.client.websocket_connect("/_stcore/stream", subprotocols=["streamlit"], headers=headers) as socket:
        app.client.post("/signout")
        with pytest.raises(WebSocketDisconnect) as cut:
            _read_for_ever(socket)
    assert cut.value.code == 4401


def test_every_answer_forbids_framing_sniffing_and_other_sites(app: Running) -> None:
    for path in ("/signin", "/healthz", "/api/v1/me"):
        headers = app.client.get(path).headers
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_commands_are_handed_over_only_with_the_folders_token(app: Running) -> None:
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Bearer "}):
        assert app.client.post("/api/local/tenant-list", json={}, headers=headers).status_code == 401
    headers = {"authorization": f"Bearer {LOCAL_TOKEN}"}
    lines = app.client.post("/api/local/tenant-list", json={}, headers=headers).text.splitlines()
    assert '"slug": "acme"' in lines[-1]


def test_a_handed_over_command_that_fails_says_why(app: Running) -> None:
    headers = {"authorization": f"Bearer {LOCAL_TOKEN}"}
    unknown = app.client.post("/api/local/tenant-lst", json={}, headers=headers).text
    assert "Did you mean tenant-list" in unknown
    wrong = app.client.post("/api/local/tenant-create", json={"slug": "x", "colour": "red"}, headers=headers).text
    assert "colour" in wrong


@pytest.mark.parametrize("path", ["/signin/a/b", "/healthz/x", "/signout/x", "/signinassets", "/readyz/"])
def test_what_lies_below_a_public_path_is_closed(app: Running, path: str) -> None:
    assert app.client.get(path, headers={"accept": "*/*"}).status_code == 401


@pytest.mark.parametrize("other", ['theme={"mode": "dark"}', "foo=a b c", "a@b=1", "bare", "foo[x]=1"])
def test_an_odd_cookie_of_another_program_does_not_hide_ours(app: Running, other: str) -> None:
    sign_in(app)
    ours = "; ".join(f"{name}={value}" for name, value in app.client.cookies.items())
    app.client.cookies.clear()
    assert app.client.get("/api/v1/me", headers={"cookie": f"{other}; {ours}"}).status_code == 200
    assert app.client.get("/api/v1/me", headers={"cookie": other}).status_code == 401


@pytest.mark.parametrize("origin", ["http://localhost:9999", "https://localhost:8080.evil.example", "null", "x"])
def test_a_page_of_another_port_or_site_opens_no_websocket(app: Running, origin: str) -> None:
    sign_in(app)
    cookie = "; ".join(f"{name}={value}" for name, value in app.client.cookies.items())
    headers = {"cookie": cookie, "origin": origin, "host": "localhost:8080"}
    with (
        pytest.raises(WebSocketDisconnect),
        app.client.websocket_connect("/_stcore/stream", subprotocols=["streamlit"], headers=headers),
    ):
        pass


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_merely_opens_a_link_is_asked_and_does_not_use_it_up(app: Running, method: str) -> None:
    path = create_signin_link(app.platform, app.ann).removeprefix("http://localhost:8080")
    for _ in range(3):
        opened = app.client.request(method, path)
        assert opened.status_code == 200
        assert "set-cookie" not in opened.headers
        assert method == "HEAD" or '<form method="post"><button' in opened.text
    assert app.client.get("/api/v1/me").status_code == 401
    assert app.client.post(path).status_code == 303


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_another_site_cannot_sign_a_visitor_in_by_a_link_of_its_own(app: Running, headers: dict[str, str]) -> None:
    path = create_signin_link(app.platform, app.bob).removeprefix("http://localhost:8080")
    refused = app.client.post(path, headers=headers)
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers
    assert app.client.post(path, headers={"sec-fetch-site": "same-origin"}).status_code == 303


@pytest.mark.parametrize("target", ["//[", "http://[", "/\x00", "/x\ny"])
def test_an_address_that_cannot_be_read_leads_home(app: Running, target: str) -> None:
    assert app.client.get("/signin", params={"next": target}).status_code == 200
    form = {"email": "ann@acme.example", "password": PASSWORD, "next": target}
    assert app.client.post("/signin", data=form).headers["location"] == "/"


def test_a_form_too_large_for_a_sign_in_is_not_read(app: Running) -> None:
    answer = app.client.post("/signin", content=b"x" * 70_000, headers={"content-type": "text/plain"})
    assert answer.status_code == 413


def test_only_who_may_import_may_upload(app: Running) -> None:
    executive = add_member(
        app.platform,
        operator(app.ann.tenant),
        email="eve@acme.example",
        name="Eve",
        role="executive",
        password=PASSWORD,
    )
    sign_in(app, executive.email)
    assert app.client.put("/_stcore/upload_file/session/file", content=b"x").status_code == 401


def test_a_websocket_never_goes_on_with_an_earlier_session() -> None:
    scope = {
        "subprotocols": ["streamlit", "xsrf", "session-of-somebody"],
        "headers": [(b"host", b"x"), (b"sec-websocket-protocol", b"streamlit, xsrf, session-of-somebody")],
    }
    forget_session(scope)
    assert scope["subprotocols"] == ["streamlit", "xsrf"]
    assert scope["headers"] == [(b"host", b"x"), (b"sec-websocket-protocol", b"streamlit, xsrf")]
