"""OpenID Connect against providers that behave and that do not."""

import base64
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from sqlalchemy import select

from core.errors import ConflictError, ForbiddenError, InvalidError
from core.outbound import OutboundFailed, OutboundRefused
from services.organisation import add_member
from services.platform import Platform
from services.signin import SigninRefused, find_principal, sign_in_with_password
from services.sso.errors import SsoRefused
from services.sso.providers import demand_sso, list_providers, parse_configuration, remove_provider, save_provider
from services.sso.signin import Arrival, Departure, begin_sso, finish_oidc
from tenants.access import Principal
from tenants.schema import AuditRow, MemberRow, SecretRow
from tests.services.sso.conftest import CLIENT, SECRET, FakeProvider, Two, new_key


def connect(two: Two, provider: FakeProvider, admin: Principal | None = None, **options: object) -> None:
    configuration = parse_configuration({"issuer": provider.issuer, "client_id": CLIENT, **options})
    save_provider(two.platform, admin or two.ann, name="Acme", configuration=configuration, secret=SECRET)


def depart(two: Two, provider: FakeProvider, slug: str = "acme") -> tuple[Departure, dict[str, str]]:
    """Go to the provider; returns the parameters of its answer."""
    departure = begin_sso(two.platform, slug=slug, target="/notebooks")
    assert departure is not None
    asked = parse_qs(urlsplit(departure.address).query)
    provider.challenge, provider.nonce = asked["code_challenge"][0], asked["nonce"][0]
    return departure, {"code": "the-code", "state": asked["state"][0]}


def sign_in(two: Two, provider: FakeProvider, slug: str = "acme") -> Arrival:
    departure, answer = depart(two, provider, slug)
    return finish_oidc(two.platform, answer, departure.browser)


def principal_of(platform: Platform, arrival: Arrival) -> Principal:
    found = find_principal(platform, arrival.token)
    assert found is not None
    return found


def test_the_request_has_pkce_state_and_nonce(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    departure = begin_sso(two.platform, slug="acme")
    assert departure is not None
    asked = parse_qs(urlsplit(departure.address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == ["http://localhost:8080/signin/oidc"]
    assert len(asked["state"][0]) == len(asked["nonce"][0]) == 43


def test_a_person_of_a_proved_domain_becomes_a_member_once(two: Two, provider: FakeProvider) -> None:
    connect(two, provider, default_role="analyst")
    arrival = sign_in(two, provider)
    eve = principal_of(two.platform, arrival)
    assert (eve.email, eve.name, eve.role, eve.tenant.slug) == ("eve@acme.example", "Eve", "analyst", "acme")
    assert arrival.target == "/notebooks"
    assert principal_of(two.platform, sign_in(two, provider)).member_id == eve.member_id


def test_the_provider_is_found_by_the_address_of_a_proved_domain(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    assert begin_sso(two.platform, email="Anyone@ACME.example") is not None
    for email in ("anyone@other.example", "anyone@sub.acme.example", "acme.example.evil.example", "", "@"):
        assert begin_sso(two.platform, email=email) is None


ATTACKS: dict[str, tuple[dict[str, object], str]] = {
    "wrong nonce": ({"nonce": "another"}, "token_nonce"),
    "no nonce": ({"nonce": None}, "token_nonce"),
    "wrong issuer": ({"iss": "https://evil.example"}, "token_iss"),
    "wrong audience": ({"aud": "another-client"}, "token_aud"),
    "foreign authorised party": ({"aud": [CLIENT, "x"], "azp": "x"}, "token_azp"),
    "expired": ({"exp": 1_000_000_000}, "token_exp"),
    "no expiry": ({"exp": None}, "token_exp"),
    "no subject": ({"sub": None}, "token_sub"),
    "from the future": ({"iat": 4_000_000_000}, "token_iat"),
    "not yet valid": ({"nbf": 4_000_000_000}, "token_nbf"),
    "address not verified": ({"email_verified": False}, "email_unverified"),
    "address said not verified as text": ({"email_verified": "false"}, "email_unverified"),
    "another tenant's domain": ({"email": "admin@other.example"}, "foreign_domain"),
    "a domain nobody proved": ({"email": "eve@gmail.example"}, "foreign_domain"),
    "a subdomain": ({"email": "eve@sub.acme.example"}, "foreign_domain"),
    "no address at all": ({"email": None}, "userinfo_sub"),
    "an address that is a list": ({"email": ["eve@acme.example"]}, "no_email"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_bad_token_signs_nobody_in_and_is_audited(two: Two, provider: FakeProvider, name: str) -> None:
    claims, reason = ATTACKS[name]
    connect(two, provider)
    provider.claims = claims
    with pytest.raises(SsoRefused, match="Start again") as refused:
        sign_in(two, provider)
    assert refused.value.reason == reason
    with two.platform.session() as session:
        assert session.scalar(select(MemberRow).where(MemberRow.name == "Eve")) is None
        event = session.scalars(select(AuditRow).where(AuditRow.action == "signin:refused")).one()
    assert event.data == {"reason": reason}
    assert event.tenant_id == two.ann.tenant.id


def test_a_token_without_signature_or_signed_with_what_is_public_is_refused(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    departure, answer = depart(two, provider)
    public = provider.keys[0].as_pem(private=False)
    claims = {
        "iss": provider.issuer,
        "aud": CLIENT,
        "sub": "1",
        "exp": 4_000_000_000,
        "iat": 1,
        "nonce": provider.nonce,
    }
    confused = signed_with_secret(claims, public)
    other = jwt.encode({"alg": "RS256", "kid": "first"}, claims, new_key("first"))
    secret = signed_with_secret(claims, SECRET.encode())
    for token in (provider.unsigned(), confused, other, secret, "x.y.z", ""):
        departure, answer = depart(two, provider)
        provider.token = token
        with pytest.raises(SsoRefused) as refused:
            finish_oidc(two.platform, answer, departure.browser)
        assert refused.value.reason == "token_signature"


def signed_with_secret(claims: dict[str, object], secret: bytes) -> str:
    """An HS256 token, written by hand: no library signs with a public key's text any more."""
    text = b".".join(_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "first"}, claims))
    return (text + b"." + _base64(hmac.digest(secret, text, "sha256"))).decode()


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def test_keys_that_changed_are_fetched_once_more_and_a_stale_key_is_refused(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    sign_in(two, provider)
    stale, fresh = provider.keys[0], new_key("second")
    provider.keys, provider.published = [fresh], [fresh]
    asked = provider.asked_for_keys
    sign_in(two, provider)
    assert provider.asked_for_keys == asked + 1
    provider.keys = [stale]
    with pytest.raises(SsoRefused):
        sign_in(two, provider)
    assert provider.asked_for_keys == asked + 2


@pytest.mark.parametrize("change", ["state", "browser", "code"])
def test_an_answer_that_does_not_fit_is_refused(two: Two, provider: FakeProvider, change: str) -> None:
    connect(two, provider)
    departure, answer = depart(two, provider)
    browser = departure.browser
    if change == "browser":
        browser = "of another person"
    else:
        answer[change] = "another"
    with pytest.raises(SsoRefused) as refused:
        finish_oidc(two.platform, answer, browser)
    assert refused.value.reason == ("code" if change == "code" else "state")


def test_an_answer_can_be_used_once(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    departure, answer = depart(two, provider)
    finish_oidc(two.platform, answer, departure.browser)
    with pytest.raises(SsoRefused) as refused:
        finish_oidc(two.platform, answer, departure.browser)
    assert refused.value.reason == "state"


def test_an_answer_of_a_mixed_up_issuer_is_refused(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    departure, answer = depart(two, provider)
    with pytest.raises(SsoRefused) as refused:
        finish_oidc(two.platform, answer | {"iss": "https://evil.example"}, departure.browser)
    assert refused.value.reason == "issuer_mixed_up"


def test_a_provider_that_promises_its_name_in_the_answer_is_held_to_it(two: Two, provider: FakeProvider) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    connect(two, provider)
    departure, answer = depart(two, provider)
    with pytest.raises(SsoRefused):
        finish_oidc(two.platform, answer, departure.browser)
    departure, answer = depart(two, provider)
    assert finish_oidc(two.platform, answer | {"iss": provider.issuer}, departure.browser).token


def test_two_tenants_with_one_provider_stay_apart(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    connect(two, provider, two.bob)
    sign_in(two, provider)
    with pytest.raises(SsoRefused, match="not of a domain your organisation has proved"):
        sign_in(two, provider, "other")


def test_short_tokens_are_completed_by_userinfo_of_the_same_person(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    provider.claims, provider.userinfo = {"email": None}, {"sub": "1", "email": "eve@acme.example"}
    assert principal_of(two.platform, sign_in(two, provider)).email == "eve@acme.example"
    provider.userinfo = {"sub": "2", "email": "admin@acme.example"}
    with pytest.raises(SsoRefused) as refused:
        sign_in(two, provider)
    assert refused.value.reason == "userinfo_sub"


def test_the_subject_decides_who_it_is_and_an_address_is_not_taken_over(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    eve = principal_of(two.platform, sign_in(two, provider))
    provider.claims = {"email": "eve.married@acme.example"}
    assert principal_of(two.platform, sign_in(two, provider)).member_id == eve.member_id
    provider.claims = {"sub": "2"}
    with pytest.raises(SsoRefused) as refused:
        sign_in(two, provider)
    assert refused.value.reason == "address_reused"


def test_groups_decide_the_role_at_each_sign_in(two: Two, provider: FakeProvider) -> None:
    connect(two, provider, role_of_group={"bi-admins": "admin", "bi": "analyst"})
    roles = []
    for groups in (["x", "bi"], ["bi", "bi-admins"], [], "bi-admins"):
        provider.claims = {"groups": groups}
        roles.append(principal_of(two.platform, sign_in(two, provider)).role)
    assert roles == ["analyst", "admin", "executive", "executive"]


def test_the_last_administrator_keeps_the_role(two: Two, provider: FakeProvider) -> None:
    connect(two, provider, role_of_group={"bi": "analyst"})
    provider.claims = {"email": "admin@acme.example", "groups": ["bi"]}
    assert principal_of(two.platform, sign_in(two, provider)).role == "admin"
    add_member(two.platform, two.ann, email="second@acme.example", name="Second", role="admin")
    assert principal_of(two.platform, sign_in(two, provider)).role == "analyst"


def test_who_is_deactivated_is_not_let_in_again(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    eve = principal_of(two.platform, sign_in(two, provider))
    with two.platform.session() as session:
        session.get_one(MemberRow, eve.member_id).is_active = False
    for subject in ("1", "2"):
        provider.claims = {"sub": subject}
        with pytest.raises(SsoRefused):
            sign_in(two, provider)


def test_a_provider_is_saved_only_when_it_answers(two: Two, provider: FakeProvider) -> None:
    nobody = parse_configuration({"issuer": "http://127.0.0.1:9", "client_id": CLIENT})
    with pytest.raises(OutboundFailed, match="cannot be reached"):
        save_provider(two.platform, two.ann, name="Acme", configuration=nobody, secret=None)
    provider.metadata = {"issuer": "https://login.example"}
    with pytest.raises(InvalidError, match=r"of the issuer https://login\.example"):
        connect(two, provider)
    provider.metadata, provider.published = {}, []
    with pytest.raises(OutboundFailed, match="does not hold keys"):
        connect(two, provider)
    assert list_providers(two.platform, two.ann) == []


@pytest.mark.parametrize(
    "issuer", ["http://example.com", "https://10.0.0.7", "https://[::1]", "https://169.254.169.254"]
)
def test_an_issuer_within_the_operators_network_is_refused(two: Two, issuer: str) -> None:
    configuration = parse_configuration({"issuer": issuer, "client_id": CLIENT})
    with pytest.raises(OutboundRefused):
        save_provider(two.platform, two.ann, name="Acme", configuration=configuration, secret=None)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"client_id": "x"}, "issuer: Field required"),
        ({"issuer": "login.example", "client_id": "x"}, "is not an issuer's address"),
        ({"issuer": "https://x.example", "client_id": " ", "colour": "red"}, "colour"),
    ],
)
def test_a_configuration_that_cannot_be_used_says_why(content: dict[str, object], problem: str) -> None:
    with pytest.raises(InvalidError, match=problem):
        parse_configuration(content)


@pytest.mark.parametrize(
    ("roles", "problem"),
    [({"default_role": "adm"}, "Did you mean admin"), ({"role_of_group": {"g": "boss"}}, "is not a role")],
)
def test_a_provider_that_gives_unknown_roles_is_not_saved(two: Two, roles: dict[str, object], problem: str) -> None:
    configuration = parse_configuration({"issuer": "https://x.example", "client_id": "x", **roles})
    with pytest.raises(InvalidError, match=problem):
        save_provider(two.platform, two.ann, name="Acme", configuration=configuration, secret=None)
    assert list_providers(two.platform, two.ann) == []


def test_the_client_secret_is_kept_encrypted(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    with two.platform.session() as session:
        row = session.scalars(select(SecretRow)).one()
        audit = session.scalars(select(AuditRow)).all()
    assert SECRET.encode() not in row.sealed
    assert SECRET not in repr([one.data for one in audit])
    (saved,) = list_providers(two.platform, two.ann)
    with two.platform.session() as session:
        assert two.platform.find_secret(session, two.ann.tenant, row.name) == SECRET
    remove_provider(two.platform, two.ann, saved.id)
    with two.platform.session() as session:
        assert session.scalar(select(SecretRow)) is None


def test_only_an_administrator_of_the_tenant_configures_sign_in(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    (saved,) = list_providers(two.platform, two.ann)
    with pytest.raises(ForbiddenError):
        remove_provider(two.platform, two.bob, saved.id)
    analyst = add_member(two.platform, two.ann, email="al@acme.example", name="Al", role="analyst")
    with pytest.raises(ForbiddenError):
        connect(two, provider, analyst)
    with pytest.raises(ForbiddenError):
        demand_sso(two.platform, analyst, is_demanded=True)


def test_where_single_sign_on_is_demanded_a_password_opens_nothing(two: Two, provider: FakeProvider) -> None:
    password = "a long enough password"
    add_member(two.platform, two.ann, email="al@acme.example", name="Al", role="analyst", password=password)
    with pytest.raises(ConflictError, match="Nobody could sign in"):
        demand_sso(two.platform, two.ann, is_demanded=True)
    connect(two, provider)
    demand_sso(two.platform, two.ann, is_demanded=True)
    with pytest.raises(SigninRefused, match="do not match"):
        sign_in_with_password(two.platform, "al@acme.example", password)
    with pytest.raises(ConflictError, match="only provider"):
        remove_provider(two.platform, two.ann, list_providers(two.platform, two.ann)[0].id)
    demand_sso(two.platform, two.ann, is_demanded=False)
    assert sign_in_with_password(two.platform, "al@acme.example", password)
