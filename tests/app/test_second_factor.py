"""The second step of a sign-in, and signing out at the provider too, through the routes."""

import re
import time

import pyotp
import pytest

from services.factor_demand import demand_factor
from services.organisation import add_member, create_tenant
from services.second_factor import begin_enrolment, confirm_enrolment
from tenants.access import Principal, operator
from tests.app.conftest import PASSWORD, Running
from tests.app.test_sso import at_the_provider, issuer

__all__ = ["issuer"]


@pytest.fixture
def member(app: Running, request: pytest.FixtureRequest) -> tuple[Principal, pyotp.TOTP]:
    """A member with a second factor, whose app has shown its first code already."""
    name = re.sub(r"\W", "", request.node.name)
    made = add_member(app.platform, app.ann, email=f"{name}@acme.example", name="Sec", role="admin", password=PASSWORD)
    totp = pyotp.TOTP(begin_enrolment(app.platform, made).key)
    confirm_enrolment(app.platform, made, totp.now())
    return made, totp


def next_code(totp: pyotp.TOTP) -> str:
    """The code of the next half minute, which is taken already; so a step that ends meanwhile changes nothing."""
    return totp.at(int(time.time()) + totp.interval)


def test_the_code_opens_the_page_asked_for_and_nothing_does_before(
    app: Running, member: tuple[Principal, pyotp.TOTP]
) -> None:
    form = {"email": member[0].email, "password": PASSWORD, "next": "/sources"}
    asked = app.client.post("/signin", data=form)
    assert asked.status_code == 200
    assert 'name="code"' in asked.text
    assert "plumbline_session" not in asked.headers["set-cookie"]
    assert "httponly" in asked.headers["set-cookie"].lower()
    assert app.client.get("/api/v1/me").status_code == 401
    wrong = app.client.post("/signin/code", data={"code": "000000", "next": "/sources"})
    assert wrong.status_code == 401
    assert "not right" in wrong.text
    right = app.client.post("/signin/code", data={"code": next_code(member[1]), "next": "/sources"})
    assert (right.status_code, right.headers["location"]) == (303, "/sources")
    assert app.client.get("/api/v1/me").json()["email"] == member[0].email


def test_a_code_without_its_first_step_or_from_another_site_opens_nothing(
    app: Running, member: tuple[Principal, pyotp.TOTP]
) -> None:
    code = {"code": next_code(member[1]), "next": "//evil.example"}
    assert app.client.post("/signin/code", data=code).status_code == 401
    app.client.post("/signin", data={"email": member[0].email, "password": PASSWORD})
    abroad = app.client.post("/signin/code", data=code, headers={"origin": "https://evil.example"})
    assert abroad.status_code == 403
    right = app.client.post("/signin/code", data=code)
    assert (right.status_code, right.headers["location"]) == (303, "/")


def test_signing_out_leads_on_to_the_provider(app: Running, issuer: str) -> None:
    away = app.client.get("/signin/sso", params={"tenant": "acme"})
    app.client.get(at_the_provider(away.headers["location"], "sue@acme.example"))
    left = app.client.post("/signout")
    assert left.status_code == 200
    assert f"{issuer}/oauth2/end_session?client_id=plumbline&amp;post_logout_redirect_uri=" in left.text
    assert 'plumbline_session=""' in left.headers["set-cookie"]
    assert app.client.get("/api/v1/me").status_code == 401


def test_signing_out_of_a_password_session_stays_here(app: Running) -> None:
    app.client.post("/signin", data={"email": "ann@acme.example", "password": PASSWORD})
    left = app.client.post("/signout")
    assert (left.status_code, left.headers["location"]) == (303, "/signin")


def test_a_demanded_factor_is_set_up_on_the_way_in_and_nothing_answers_before(app: Running) -> None:
    guarded = operator(create_tenant(app.platform, slug="guarded", name="Guarded"))
    email = "gil@guarded.example"
    add_member(app.platform, guarded, email=email, name="<b>Gil", role="admin", password=PASSWORD)
    demand_factor(app.platform, guarded, is_demanded=True)
    shown = app.client.post("/signin", data={"email": email, "password": PASSWORD, "next": "/sources"})
    key = re.search(r'name="key" value="(\w{32})"', shown.text)
    assert key is not None
    assert "no-store" in shown.headers["cache-control"]
    assert "plumbline_session" not in shown.headers["set-cookie"]
    assert app.client.get("/api/v1/me").status_code == 401
    form = {"key": key[1], "code": "000000", "next": "//evil.example"}
    wrong = app.client.post("/signin/enrol", data=form)
    assert (wrong.status_code, key[1] in wrong.text) == (401, True)
    form["code"] = pyotp.TOTP(key[1]).now()
    assert app.client.post("/signin/enrol", data=form, headers={"origin": "https://evil.example"}).status_code == 403
    other_key = app.client.post("/signin/enrol", data={**form, "key": pyotp.random_base32()})
    assert (other_key.status_code, key[1] in other_key.text) == (401, False)
    right = app.client.post("/signin/enrol", data=form)
    assert len(re.findall(r"<li>[a-z2-7]{4}(?:-[a-z2-7]{4}){3}</li>", right.text)) == 10
    assert 'href="/"' in right.text
    assert app.client.get("/api/v1/me").json()["email"] == email
    assert app.client.post("/signin/enrol", data=form).status_code == 401
