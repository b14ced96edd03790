"""Every route of the server, found by walking it: signed out, without permission, and with what is another tenant's."""

import pytest

from app.ui.context import SESSION_COOKIE
from services.organisation import add_member
from services.roles import save_role
from services.scim.tokens import create_token, revoke_token
from services.signin import start_member_session
from tenants.access import Permission, operator
from tests.access.world import MARK, SECRET, World, denials, rows_of, twin_of
from tests.app.conftest import Running
from tests.app.page_run import open_upload
from tests.app.routes import Endpoint, find_endpoints, request

# What a visitor without a session may reach; each of these knows its callers by something else, or tells nothing.
WITHOUT_SESSION = {
    "GET /healthz", "GET /readyz",
    "GET /signin", "POST /signin", "GET /signin/assets/{path}", "GET /signin/alive", "POST /signin/code",
    "POST /signin/enrol",
    "GET /signin/{token}", "POST /signin/{token}", "GET /signout", "POST /signout",
    "GET /signin/sso", "POST /signin/sso", "GET /signin/oidc", "GET /signin/saml", "POST /signin/saml",
    "GET /signin/saml-logout", "POST /signin/saml-logout", "GET /signin/saml-metadata",
    "GET /delivered/{delivery}/{token}/{name}",
    "GET /unsubscribe/{token}", "POST /unsubscribe/{token}",
}  # fmt: skip
# By a token of their own: of a tenant's directory, or of its software that sends events.
BY_TOKEN = ("/api/scim/", "/api/events/")
# What every member may have whatever their role: who they are, and files that are the same for everybody.
FOR_ANY_MEMBER = {"GET /api/v1/me", "GET /api/openapi.json"}
SAME_FOR_EVERYBODY = ("/_stcore/", "/component/", "/app/static/", "/static/", "/{path")


@pytest.fixture(scope="module")
def endpoints(running: Running) -> list[Endpoint]:
    """All of them; HEAD and OPTIONS come with GET."""
    return [one for one in find_endpoints(running) if one.method not in {"HEAD", "OPTIONS"}]


def test_the_walk_finds_the_servers_routes(endpoints: list[Endpoint]) -> None:
    found = {str(one) for one in endpoints}
    some = {"POST /api/v1/query", "PATCH /api/scim/v2/Users/{id}", "GET /media/{file_id}", "POST /signin/{token}"}
    assert some <= found
    assert found >= WITHOUT_SESSION | FOR_ANY_MEMBER


def test_a_route_without_a_session_is_one_that_is_meant_to_be(app: Running, endpoints: list[Endpoint]) -> None:
    headers = {"accept": "*/*", "sec-fetch-site": "none"}
    closed = {str(one) for one in endpoints if "signed_out" in request(app, one, "x", headers).text}
    assert {str(one) for one in endpoints if one.path.startswith("/api/local/")} <= closed
    by_token = [one for one in endpoints if one.path.startswith(BY_TOKEN)]
    assert {request(app, one, "x").status_code for one in by_token} == {401}
    assert {str(one) for one in endpoints} - closed - {str(one) for one in by_token} == WITHOUT_SESSION


def test_a_member_who_may_nothing_is_refused_by_every_route_that_is_not_the_same_for_all(
    app: Running, world: World, endpoints: list[Endpoint]
) -> None:
    asking = operator(world.ann.tenant)
    # A role must allow something; no route asks for this.
    save_role(app.platform, asking, name="nobody", description="", permissions=[Permission.USAGE_READ])
    nobody = add_member(app.platform, asking, email="nobody@own.example", name="Nobody", role="nobody")
    app.client.cookies.set(SESSION_COOKIE, start_member_session(app.platform, str(nobody.member_id), "link"))
    let_in = set()
    for one in endpoints:
        if str(one) in WITHOUT_SESSION or one.path.startswith(SAME_FOR_EVERYBODY):
            continue
        before = denials(app.platform, nobody)
        answer = request(app, one, "ownvalue", is_brief=True)
        if answer.status_code == 403:
            assert denials(app.platform, nobody) == before + 1, one
        elif answer.status_code not in {401, 404}:
            let_in.add(str(one))
    assert let_in == FOR_ANY_MEMBER


def test_what_is_another_tenants_is_answered_as_what_is_not_there(
    app: Running, world: World, endpoints: list[Endpoint]
) -> None:
    theirs = rows_of(app.platform, world.bob.tenant.id)
    app.client.cookies.set(SESSION_COOKIE, start_member_session(app.platform, str(world.ann.member_id), "link"))
    headers = {"authorization": f"Bearer {create_token(app.platform, world.ann)}", "sec-fetch-site": "same-origin"}
    own = dict(app.client.cookies)
    # One of each kind that routes take; the use cases behind them are walked with all.
    bob = world.bob
    names = [bob.tenant.slug, str(bob.member_id), bob.email, f"{MARK}value", f"{MARK}region", f"{MARK}role"]
    signins = [one for one in endpoints if str(one) in {"POST /signin", "POST /signin/code", "POST /signin/enrol"}]
    for one in endpoints:
        if one.path.startswith(SAME_FOR_EVERYBODY) or not one.takes_text:
            continue
        # A wrong password is compared at length, and too many of them lock everybody out.
        asked = [world.bob.email] if one in signins else names
        # Whoever knows an organisation's short name or domain is led to its identity provider: that is no secret.
        known = {world.bob.tenant.slug, world.bob.email} if one.path == "/signin/sso" else set()
        for foreign in [text for text in asked if text not in known]:
            answers = []
            for text in (foreign, twin_of(foreign)):
                app.client.cookies.clear()
                app.client.cookies.update(own)
                answer = request(app, one, text, headers if one.path != "/signout" else {"origin": "http://x.example"})
                assert SECRET not in answer.text, (one, foreign)
                answers.append((answer.status_code, answer.text.replace(text, "it")))
            assert answers[0] == answers[1], (one, foreign)
    revoke_token(app.platform, world.ann)
    assert rows_of(app.platform, world.bob.tenant.id) == theirs


def test_an_address_of_a_file_is_good_for_the_session_that_a_page_told_it_and_for_no_other(
    app: Running, world: World
) -> None:
    anns, bobs = (start_member_session(app.platform, str(one.member_id), "link") for one in (world.ann, world.bob))
    file = {"file": ("rows.csv", b"a,b\n1,2\n")}
    with open_upload(app, bobs) as address:
        for cookie, status in ((anns, 404), (bobs, 204)):
            app.client.cookies.clear()
            app.client.cookies.set(SESSION_COOKIE, cookie)
            app.client.get("/_stcore/health")
            proof = {"x-xsrftoken": app.client.cookies["_streamlit_xsrf"]}
            assert app.client.put(address, files=file, headers=proof).status_code == status
            absent = app.client.put(f"{address}x", files=file, headers=proof)
            assert (absent.status_code, absent.text) == (404, "File not found")
        # Another site's form has no proof that it read a page of ours.
        assert app.client.put(address, files=file).status_code == 403
