"""SCIM over HTTP: a bearer token, its media type, its errors, its locations."""

from collections.abc import Iterator

import pytest

from services.scim.tokens import create_token, revoke_token
from tenants.schema import DomainRow
from tests.app.conftest import Running, sign_in
from tests.services.sso.conftest import prove

AT = "/api/scim/v2"


@pytest.fixture
def bearer(app: Running) -> Iterator[dict[str, str]]:
    """The headers of Acme's directory."""
    prove(app.platform, app.ann, "acme.example")
    yield {"authorization": f"Bearer {create_token(app.platform, app.ann)}"}
    revoke_token(app.platform, app.ann)
    with app.platform.session() as session:
        session.delete(session.get_one(DomainRow, (app.ann.tenant.id, "acme.example")))


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic YTpi"}])
def test_nothing_answers_without_the_token_not_even_to_an_administrators_session(
    app: Running, headers: dict[str, str]
) -> None:
    sign_in(app)
    for path in ("Users", "Groups", "ServiceProviderConfig", "Users/1"):
        answer = app.client.get(f"{AT}/{path}", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_a_user_is_made_found_changed_and_deleted(app: Running, bearer: dict[str, str]) -> None:
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Una@acme.example", "active": True}
    made = app.client.post(f"{AT}/Users", json=body, headers=bearer)
    assert made.status_code == 201
    assert made.headers["content-type"] == "application/scim+json"
    address = made.headers["location"]
    assert address == made.json()["meta"]["location"]
    assert app.client.post(f"{AT}/Users", json=body, headers=bearer).json()["scimType"] == "uniqueness"
    listed = app.client.get(f"{AT}/Users", params={"filter": 'userName eq "una@acme.example"'}, headers=bearer).json()
    assert (listed["totalResults"], listed["startIndex"], listed["itemsPerPage"]) == (1, 1, 1)
    change = {"Operations": [{"op": "replace", "path": "active", "value": False}]}
    assert app.client.patch(address, json=change, headers=bearer).json()["active"] is False
    assert app.client.delete(address, headers=bearer).status_code == 204
    assert app.client.get(address, headers=bearer).status_code == 404


def test_members_of_another_tenant_are_absent(app: Running, bearer: dict[str, str]) -> None:
    answer = app.client.get(f"{AT}/Users/{app.bob.member_id}", headers=bearer)
    absent = app.client.get(f"{AT}/Users/{'0' * 32}", headers=bearer)
    assert answer.status_code == absent.status_code == 404
    assert answer.json()["detail"].replace(str(app.bob.member_id), "") == absent.json()["detail"].replace("0" * 32, "")
    assert "bob" not in app.client.get(f"{AT}/Users", headers=bearer).text


@pytest.mark.parametrize(
    ("query", "content", "kind"),
    [("?filter=nonsense", None, "invalidFilter"), ("?startIndex=x", None, "invalidValue"), ("", b"{", "invalidSyntax"),
     ("", b"[]", "invalidSyntax"), ("", b'{"userName": "eve@other.example"}', "invalidValue")],
)  # fmt: skip
def test_what_cannot_be_followed_is_told_with_its_type(
    app: Running, bearer: dict[str, str], query: str, content: bytes | None, kind: str
) -> None:
    method = "GET" if content is None else "POST"
    answer = app.client.request(method, f"{AT}/Users{query}", content=content, headers=bearer)
    assert (answer.status_code, answer.json()["scimType"]) == (400, kind)


def test_the_service_says_what_it_can(app: Running, bearer: dict[str, str]) -> None:
    config = app.client.get(f"{AT}/ServiceProviderConfig", headers=bearer).json()
    assert config["patch"]["supported"] is True
    assert config["filter"] == {"supported": True, "maxResults": 200}
    for path in ("ResourceTypes", "Schemas"):
        assert app.client.get(f"{AT}/{path}", headers=bearer).json()["totalResults"] == 2
