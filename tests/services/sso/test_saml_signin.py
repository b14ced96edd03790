"""A whole sign-in by SAML: away, the response, the ticket, the session."""

import base64
import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.x509 import load_pem_x509_certificate
from lxml import etree
from sqlalchemy import select

from core.errors import InvalidError
from services.signin import find_principal
from services.sso.assertions import use_assertion
from services.sso.configuration import SamlConfiguration
from services.sso.errors import SsoRefused
from services.sso.providers import parse_configuration, save_provider
from services.sso.saml_metadata import read_metadata
from services.sso.signin import accept_saml, begin_sso, finish_oidc, finish_saml
from tenants.schema import AuditRow, SsoFlowRow
from tests.services.sso.conftest import FakeProvider, Two
from tests.services.sso.test_saml import ISSUER, NAMES, PROVIDER, STRANGER, KeyPair, assertion, encoded, response, sign


def connect(two: Two, provider: FakeProvider, **more: object) -> str:
    """A SAML provider of the first tenant; its address answers."""
    content: dict[str, object] = {
        "kind": "saml", "entity_id": ISSUER, "sso_address": f"{provider.issuer}/.well-known/openid-configuration",
        "certificate": PROVIDER.certificate, "role_of_group": {"bi": "analyst"}, **more,
    }  # fmt: skip
    return save_provider(two.platform, two.ann, name="A", configuration=parse_configuration(content), secret=None).id


def depart(two: Two) -> tuple[str, str, str]:
    """Go away; returns the state, the cookie, and the id of the request."""
    departure = begin_sso(two.platform, slug="acme", target="/sources")
    assert departure is not None
    state = parse_qs(urlsplit(departure.address).query)["RelayState"][0]
    with two.platform.session() as session:
        request_id = session.scalars(select(SsoFlowRow.nonce).where(SsoFlowRow.nonce != "arrived")).one()
    return state, departure.browser, request_id


def answer(request_id: str, **changed: str) -> str:
    return encoded(response(sign(assertion(answers=request_id, **changed)), answers=request_id))  # type: ignore[arg-type]


def reasons(two: Two) -> list[object]:
    with two.platform.session() as session:
        events = session.scalars(select(AuditRow).where(AuditRow.action == "signin:refused").order_by(AuditRow.at))
        return [event.data["reason"] for event in events]


def test_a_response_signs_in_the_browser_that_began(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    state, browser, request_id = depart(two)
    arrival = finish_saml(two.platform, accept_saml(two.platform, answer(request_id), state), browser)
    eve = find_principal(two.platform, arrival.token)
    assert eve is not None
    assert (eve.email, eve.role, eve.tenant.slug, arrival.target) == ("eve@acme.example", "analyst", "acme", "/sources")


def test_a_provider_that_takes_posts_alone_is_posted_the_request(two: Two, provider: FakeProvider) -> None:
    connect(two, provider, sso_binding="post")
    departure = begin_sso(two.platform, slug="acme", target="/sources")
    assert departure is not None
    assert "?" not in departure.address
    request = etree.fromstring(base64.b64decode(departure.form["SAMLRequest"], validate=True))
    assert request.tag == f"{{{NAMES['samlp']}}}AuthnRequest"
    assert request.get("Destination") == departure.address
    captured = answer(str(request.get("ID")))
    ticket = accept_saml(two.platform, captured, departure.form["RelayState"])
    with pytest.raises(SsoRefused):
        accept_saml(two.platform, captured, departure.form["RelayState"])
    assert find_principal(two.platform, finish_saml(two.platform, ticket, departure.browser).token) is not None


BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-"
SERVICE = f'<md:SingleSignOnService Binding="{BINDING}{{}}" Location="https://idp.example/{{}}"/>'
KEY = """<md:KeyDescriptor{}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data>
</ds:KeyInfo></md:KeyDescriptor>"""
BODY = "".join(PROVIDER.certificate.splitlines()[1:-1])
POST, REDIRECT = SERVICE.format("POST", "post"), SERVICE.format("Redirect", "redirect")


def described(inner: str, head: str = "", entity: str = ISSUER) -> str:
    return f"""{head}<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="{NAMES["ds"]}"
 entityID="{entity}"><md:IDPSSODescriptor protocolSupportEnumeration="{NAMES["samlp"]}">{inner}</md:IDPSSODescriptor>
</md:EntityDescriptor>"""


@pytest.mark.parametrize(
    ("services", "binding"), [(POST, "post"), (POST + REDIRECT, "redirect"), (REDIRECT, "redirect")]
)
def test_metadata_say_what_an_administrator_would_type(services: str, binding: str) -> None:
    signing, other = KEY.format(' use="signing"', BODY), KEY.format(' use="encryption"', "other")
    found = parse_configuration({"kind": "saml", **read_metadata(described(signing + other + services))})
    assert isinstance(found, SamlConfiguration)
    assert (found.entity_id, found.sso_binding, found.sso_address) == (
        ISSUER,
        binding,
        f"https://idp.example/{binding}",
    )
    assert BODY in found.certificate


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<no", "are no XML"),
        (described(KEY.format("", BODY) + POST, head=BOMB, entity="&b;"), "document type"),
        (described(KEY.format("", BODY) + POST, head=FILE, entity="&a;"), "document type"),
        (f"<x>{described(KEY.format('', BODY) + POST) * 2}</x>", "name 2 identity providers"),
        ("<x/>", "name 0 identity providers"),
        (described(KEY.format("", BODY) + SERVICE.format("SOAP", "soap")), "no address to sign in at"),
        # What is for encryption signs nothing.
        (described(KEY.format(' use="encryption"', BODY) + POST), "have no signing certificate"),
        (" " * (512 * 1024 + 1), "longer than 512 KiB"),
    ],
)
def test_metadata_that_are_not_one_providers_are_refused(text: str, problem: str) -> None:
    with pytest.raises(InvalidError, match=problem):
        read_metadata(text)


NEXT = KeyPair()
NEXT_BODY = "".join(NEXT.certificate.splitlines()[1:-1])


def test_what_either_key_of_a_provider_has_signed_signs_in_and_no_other(two: Two, provider: FakeProvider) -> None:
    keys = KEY.format("", BODY) + KEY.format(' use="signing"', NEXT_BODY) + KEY.format("", f" {BODY[:9]} {BODY[9:]}")
    found = read_metadata(described(keys + POST))
    connect(two, provider, certificate=found["certificate"])
    for by in (PROVIDER, NEXT):
        state, browser, request_id = depart(two)
        signed = sign(assertion(answers=request_id, id=f"_{request_id}"), by)
        ticket = accept_saml(two.platform, encoded(response(signed, answers=request_id)), state)
        assert find_principal(two.platform, finish_saml(two.platform, ticket, browser).token) is not None
    state, _, request_id = depart(two)
    forged = encoded(response(sign(assertion(answers=request_id), STRANGER), answers=request_id))
    with pytest.raises(SsoRefused):
        accept_saml(two.platform, forged, state)
    assert reasons(two) == ["saml_invalid"]


def test_each_certificate_is_kept_once_with_its_end() -> None:
    content = {"kind": "saml", "entity_id": ISSUER, "sso_address": "https://x.example"}
    both = PROVIDER.certificate + "\n" + NEXT.certificate + PROVIDER.certificate
    found = parse_configuration({**content, "certificate": both})
    assert isinstance(found, SamlConfiguration)
    known = [load_pem_x509_certificate(one.certificate.encode()) for one in (PROVIDER, NEXT)]
    assert [load_pem_x509_certificate(one.encode()) for one in found.certificates] == known
    assert found.certificates_end == tuple(one.not_valid_after_utc for one in known)
    days = [f"{one.not_valid_after_utc:%Y-%m-%d}" for one in known]
    first, second = (one.not_valid_after_utc for one in known)
    before, after = first - dt.timedelta(days=1), max(first, second) + dt.timedelta(days=1)
    assert found.describe_certificates(before) == (
        f"Signs with 2 certificates, valid until {days[0]} and valid until {days[1]}"
    )
    assert found.describe_certificates(after) == f"Signs with 2 certificates, ended {days[0]} and ended {days[1]}"


def test_metadata_with_a_broken_certificate_say_which() -> None:
    text = described(KEY.format("", BODY) + KEY.format("", "other") + POST)
    with pytest.raises(InvalidError, match=r"certificate 2 of 2 is not an X\.509 certificate"):
        parse_configuration({"kind": "saml", **read_metadata(text)})


def test_metadata_lead_to_no_address_that_is_not_of_the_web() -> None:
    text = described(KEY.format("", BODY) + POST).replace("https://idp.example/post", "javascript:alert(1)")
    with pytest.raises(InvalidError, match="is not a web address"):
        parse_configuration({"kind": "saml", **read_metadata(text)})


def test_a_ticket_is_of_one_browser_and_of_one_use(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    state, _, request_id = depart(two)
    ticket = accept_saml(two.platform, answer(request_id), state)
    with pytest.raises(SsoRefused):
        finish_saml(two.platform, ticket, "of another person")
    state, browser, request_id = depart(two)
    with pytest.raises(SsoRefused):
        finish_saml(two.platform, state, browser)
    assert reasons(two) == ["state", "state"]


def test_a_response_is_used_once(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    state, _, request_id = depart(two)
    captured = answer(request_id)
    accept_saml(two.platform, captured, state)
    with pytest.raises(SsoRefused):
        accept_saml(two.platform, captured, state)
    # A fresh sign-in that waits for the very same request's id: only the kept assertion stops the replay.
    state, _, fresh = depart(two)
    with two.platform.session() as session:
        session.scalars(select(SsoFlowRow).where(SsoFlowRow.nonce == fresh)).one().nonce = request_id
    with pytest.raises(SsoRefused, match="used before"):
        accept_saml(two.platform, captured, state)
    assert reasons(two) == ["state", "saml_replayed"]


def test_a_used_assertion_is_remembered_for_its_own_provider(two: Two) -> None:
    end = dt.datetime.now(dt.UTC)
    with two.platform.session() as session:
        use_assertion(session, "one", "_1", ends_at=end)
        use_assertion(session, "two", "_1", ends_at=end)
        session.flush()
        with pytest.raises(SsoRefused):
            use_assertion(session, "one", "_1", ends_at=end)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"email": "admin@other.example"}, "foreign_domain"),
        ({"audience": "https://x.example"}, "saml_invalid"),
        ({"issuer": "https://evil.example"}, "saml_invalid"),
    ],
)
def test_a_refusal_is_audited_with_its_reason(
    two: Two, provider: FakeProvider, changed: dict[str, str], reason: str
) -> None:
    connect(two, provider)
    state, _, request_id = depart(two)
    with pytest.raises(SsoRefused):
        accept_saml(two.platform, answer(request_id, **changed), state)
    assert reasons(two) == [reason]


def test_an_openid_answer_does_not_end_a_saml_sign_in(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    state, browser, _ = depart(two)
    with pytest.raises(SsoRefused):
        finish_oidc(two.platform, {"state": state, "code": "x"}, browser)
    assert reasons(two) == ["wrong_kind"]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"certificate": "x"}, "not an X.509 certificate"),
        ({"certificate": PROVIDER.certificate + "x"}, "not an X.509 certificate"),
        ({"sso_address": "ftp://x"}, "is not a web address"),
    ],
)
def test_a_saml_configuration_that_cannot_be_used_says_why(changed: dict[str, str], problem: str) -> None:
    content = {
        "kind": "saml", "entity_id": ISSUER, "sso_address": "https://x.example", "certificate": PROVIDER.certificate
    }  # fmt: skip
    with pytest.raises(InvalidError, match=problem):
        parse_configuration({**content, **changed})
