"""Single sign-on through the routes, with a real OpenID provider on loopback."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from core.clock import utc_now
from core.ids import new_id
from services.sso.providers import parse_configuration, remove_provider, save_provider
from tenants.schema import ProviderRow
from tests.app.conftest import Running
from tests.services.sso.conftest import prove
from tests.services.sso.test_saml import PROVIDER


@pytest.fixture
def issuer(app: Running) -> Iterator[str]:
    """A provider of Acme's, which has proved its domain; it knows one person there and one elsewhere."""
    from oidc_provider_mock import User, run_server_in_thread

    people = [
        User(sub=email, claims={"email": email, "name": "Sue"}) for email in ("sue@acme.example", "bob@other.example")
    ]
    with run_server_in_thread(user_claims=people, require_nonce=True) as server:
        address = f"http://localhost:{server.server_port}"
        configuration = parse_configuration({"issuer": address, "client_id": "plumbline"})
        prove(app.platform, app.ann, "acme.example")
        saved = save_provider(app.platform, app.ann, name="Acme", configuration=configuration, secret="s" * 32)
        yield address
        remove_provider(app.platform, app.ann, saved.id)


def at_the_provider(address: str, person: str) -> str:
    """Sign in there; returns the path and query of the way back."""
    with httpx2.Client() as client:
        back = client.post(address, data={"sub": person}).headers["location"]
    return back.removeprefix("http://localhost:8080")


def test_signing_in_at_the_provider_opens_the_page_asked_for(app: Running, issuer: str) -> None:
    away = app.client.get("/signin/sso", params={"tenant": "acme", "next": "/notebooks?id=weekly"})
    assert away.status_code == 303
    assert away.headers["location"].startswith(issuer)
    cookie = away.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    back = app.client.get(at_the_provider(away.headers["location"], "sue@acme.example"))
    assert (back.status_code, back.headers["location"]) == (303, "/notebooks?id=weekly")
    assert app.client.get("/api/v1/me").json()["email"] == "sue@acme.example"


def test_a_person_of_another_domain_is_refused_and_nothing_is_set(app: Running, issuer: str) -> None:
    away = app.client.get("/signin/sso", params={"tenant": "acme"})
    back = app.client.get(at_the_provider(away.headers["location"], "bob@other.example"))
    assert back.status_code == 401
    assert "not of a domain your organisation has proved" in back.text
    assert "plumbline_session" not in back.headers["set-cookie"]
    assert app.client.get("/api/v1/me").status_code == 401


def test_an_answer_does_not_sign_another_browser_in(app: Running, issuer: str) -> None:
    away = app.client.get("/signin/sso", params={"tenant": "acme"})
    path = at_the_provider(away.headers["location"], "sue@acme.example")
    app.client.cookies.clear()
    assert app.client.get(path).status_code == 401


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_sso_never_leads_to_another_site_afterwards(app: Running, issuer: str, target: str) -> None:
    away = app.client.get("/signin/sso", params={"tenant": "acme", "next": target})
    back = app.client.get(at_the_provider(away.headers["location"], "sue@acme.example"))
    assert back.headers["location"] == "/"


def test_a_session_from_before_does_not_survive_into_the_new_one(app: Running, issuer: str) -> None:
    app.client.cookies.set("plumbline_session", "chosen-by-somebody-else")
    away = app.client.get("/signin/sso", params={"tenant": "acme"})
    back = app.client.get(at_the_provider(away.headers["location"], "sue@acme.example"))
    assert re.search(r"plumbline_session=[\w-]{43};", back.headers["set-cookie"])


def test_an_organisation_without_provider_and_one_that_does_not_exist_are_told_the_same(app: Running) -> None:
    for given in ({"tenant": "other"}, {"tenant": "nobody"}, {"email": "x@nobody.example"}, {}):
        answer = app.client.post("/signin/sso", data=given)
        assert answer.status_code == 404
        assert "There is no single sign-on for this address" in answer.text


def test_a_form_of_another_site_begins_nothing(app: Running, issuer: str) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert app.client.post("/signin/sso", data={"tenant": "acme"}, headers=headers).status_code == 403


def test_the_sign_in_page_offers_the_organisation_of_the_address_and_tells_nothing_of_it(app: Running) -> None:
    known, unknown = (app.client.get(f"/signin?tenant={slug}").text for slug in ("other", "absent"))
    assert known.replace("other", "x") == unknown.replace("absent", "x")
    assert "<script>" not in app.client.get("/signin", params={"tenant": "<script>"}).text


def test_the_form_leads_to_the_provider_without_a_redirect(app: Running, issuer: str) -> None:
    page = app.client.post("/signin/sso", data={"email": "Sue@acme.example", "next": "/sources"})
    assert page.status_code == 200
    address = re.search(r'<a class="button" href="([^"]+)"', page.text)
    assert address is not None
    assert urlsplit(address[1]).path == "/oauth2/authorize"
    assert parse_qs(urlsplit(address[1].replace("&amp;", "&")).query)["code_challenge_method"] == ["S256"]


def test_the_saml_metadata_is_public_and_the_same_for_all(app: Running) -> None:
    answer = app.client.get("/signin/saml-metadata")
    assert answer.status_code == 200
    assert 'entityID="http://localhost:8080/signin/saml-metadata"' in answer.text


def test_a_forged_request_to_sign_out_signs_nobody_out_and_who_comes_back_from_there_is_at_the_door(
    app: Running,
) -> None:
    refused = app.client.get("/signin/saml-logout", params={"SAMLRequest": "eA==", "RelayState": "//evil.example"})
    assert refused.status_code == 401
    assert "Nobody was signed out" in refused.text
    assert "evil" not in refused.text
    back = app.client.get("/signin/saml-logout", params={"SAMLResponse": "eA==", "RelayState": "//evil.example"})
    assert (back.status_code, back.headers["location"]) == (303, "/signin")


def test_a_forged_request_to_sign_out_that_is_posted_signs_nobody_out(app: Running) -> None:
    headers = {"sec-fetch-site": "cross-site", "origin": "https://idp.example"}
    form = {"SAMLRequest": "eA==", "RelayState": "//evil.example"}
    refused = app.client.post("/signin/saml-logout", data=form, headers=headers)
    assert (refused.status_code, "Nobody was signed out" in refused.text) == (401, True)
    assert "evil" not in refused.text
    back = app.client.post("/signin/saml-logout", data={"SAMLResponse": "eA=="}, headers=headers)
    assert (back.status_code, back.headers["location"]) == (303, "/signin")
    assert app.client.post("/signin/saml-logout", data={"SAMLRequest": "x" * 600_000}).status_code == 413


def test_the_page_that_posts_to_a_provider_may_do_nothing_else(app: Running) -> None:
    content: dict[str, object] = {
        "kind": "saml", "entity_id": "https://idp.example", "sso_address": "https://idp.example/\"><script>",
        "sso_binding": "post", "certificate": PROVIDER.certificate,
    }  # fmt: skip
    configuration = parse_configuration(content)
    with app.platform.session() as session:
        row = ProviderRow(id=new_id(), tenant_id=app.bob.tenant.id, kind="saml", name="B", created_at=utc_now())
        row.configuration = configuration.model_dump()
        session.add(row)
    for answer in (
        app.client.get("/signin/sso", params={"tenant": "other"}),
        app.client.post("/signin/sso", data={"tenant": "other"}),
    ):
        policy = answer.headers["content-security-policy"]
        assert "form-action https:;" in policy
        assert "unsafe" not in policy
        assert "no-store" in answer.headers["cache-control"]
        assert 'action="https://idp.example/&#34;&gt;&lt;script&gt;"' in answer.text
        assert re.search(r'name="SAMLRequest" value="[\w+/=]+"', answer.text)
    with app.platform.session() as session:
        session.delete(session.get_one(ProviderRow, row.id))


def test_a_saml_response_that_was_not_asked_for_opens_nothing(app: Running) -> None:
    headers = {"sec-fetch-site": "cross-site", "origin": "https://idp.example"}
    answer = app.client.post("/signin/saml", data={"SAMLResponse": "eA==", "RelayState": "x"}, headers=headers)
    assert answer.status_code == 401
    assert "not begun in this browser" in answer.text
    assert app.client.get("/signin/saml", params={"ticket": "x"}).status_code == 401
    assert app.client.post("/signin/saml", data={"SAMLResponse": "x" * 600_000}).status_code == 413
