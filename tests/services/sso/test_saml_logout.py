"""Single logout by SAML: our signed request, the provider's, and every way to forge one."""

import base64
import zlib
from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from sqlalchemy import select

from services.signin import find_principal, sign_out, start_member_session
from services.sso.errors import SsoRefused
from services.sso.logout import end_by_posted_request, end_by_provider, logout_address, metadata_of
from services.sso.providers import parse_configuration, save_provider
from services.sso.signin import accept_saml, finish_saml
from tenants.schema import AuditRow
from tests.services.sso.conftest import FakeProvider, Two
from tests.services.sso.test_saml import ISSUER, NAMES, PROVIDER, STRANGER, KeyPair, encoded, moment, sign
from tests.services.sso.test_saml_signin import answer, depart, reasons

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
RSA_SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"


def connect(two: Two, provider: FakeProvider) -> str:
    """A SAML provider of the first tenant that is changing its key, with an address to sign out at."""
    content: dict[str, object] = {
        "kind": "saml", "entity_id": ISSUER, "sso_address": f"{provider.issuer}/.well-known/openid-configuration",
        "slo_address": "https://idp.example/slo", "certificate": KeyPair().certificate + PROVIDER.certificate,
    }  # fmt: skip
    return save_provider(two.platform, two.ann, name="A", configuration=parse_configuration(content), secret=None).id


def arrive(two: Two) -> str:
    """Sign in by the provider; the cookie."""
    state, browser, request_id = depart(two)
    # Each sign-in has an assertion of its own.
    response = answer(request_id, id=f"_{request_id}")
    return finish_saml(two.platform, accept_saml(two.platform, response, state), browser).token


def request(
    two: Two,
    *,
    number: str = "_logout-1",
    issuer: str = ISSUER,
    destination: str | None = None,
    at: int = 0,
    end: int = 5,
    index: str = "_session-1",
    before: str = "",
) -> str:
    """A request of the provider as XML."""
    place = f"{two.platform.settings.address}/signin/saml-logout" if destination is None else destination
    return f"""{before}<samlp:LogoutRequest xmlns:samlp="{NAMES["samlp"]}" xmlns:saml="{NAMES["saml"]}" ID="{number}"
 Version="2.0" IssueInstant="{moment(at)}" NotOnOrAfter="{moment(end)}" {f'Destination="{place}"' if place else ""}>
<saml:Issuer>{issuer}</saml:Issuer>
<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">person-1</saml:NameID>
{f"<samlp:SessionIndex>{index}</samlp:SessionIndex>" if index else ""}</samlp:LogoutRequest>"""


def deflated(xml: str) -> str:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return base64.b64encode(packing.compress(xml.encode()) + packing.flush()).decode()


def signed(xml: str, by: KeyPair = PROVIDER, algorithm: str = RSA_SHA256) -> str:
    """The query that carries a request, signed as of SAML Bindings, section 3.4.4.1, without the library."""
    key = serialization.load_pem_private_key(by.key.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    # Escapes in small letters, as some providers write them: what is signed is the query as it is sent.
    query = urlencode({"SAMLRequest": deflated(xml), "RelayState": "back/1", "SigAlg": algorithm}).replace("%2F", "%2f")
    digest = hashes.SHA256() if algorithm == RSA_SHA256 else hashes.SHA1()  # noqa: S303 - it is to be refused
    signature = key.sign(query.encode(), padding.PKCS1v15(), digest)
    return f"{query}&Signature={quote(base64.b64encode(signature), safe='')}"


def require_signed(address: str, certificate: x509.Certificate, name: str) -> etree._Element:
    """The message of an address that is signed by a certificate's key."""
    query = urlsplit(address).query
    # What is signed stands in this order, wherever it stands in the address.
    parts = {part.partition("=")[0]: part for part in query.split("&")}
    text = "&".join(parts[one] for one in (name, "RelayState", "SigAlg"))
    values = {key: found[0] for key, found in parse_qs(query).items()}
    key = certificate.public_key()
    assert isinstance(key, RSAPublicKey)
    assert values["SigAlg"] == RSA_SHA256
    key.verify(base64.b64decode(values["Signature"]), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return etree.fromstring(zlib.decompress(base64.b64decode(values[name]), -zlib.MAX_WBITS))


def our_certificate(two: Two, provider_id: str) -> x509.Certificate:
    """The certificate in the metadata that the provider is given."""
    metadata = etree.fromstring(metadata_of(two.platform, provider_id).encode())
    [text] = metadata.findall(".//ds:X509Certificate", NAMES)
    assert b"/signin/saml-logout" in etree.tostring(metadata)
    return x509.load_der_x509_certificate(base64.b64decode("".join((text.text or "").split())))


def test_signing_out_here_sends_a_signed_request_that_names_the_session(two: Two, provider: FakeProvider) -> None:
    provider_id = connect(two, provider)
    cookie = arrive(two)
    assert sign_out(two.platform, cookie) == provider_id
    address = logout_address(two.platform, provider_id, cookie)
    assert address is not None
    assert address.startswith("https://idp.example/slo?")
    sent = require_signed(address, our_certificate(two, provider_id), "SAMLRequest")
    assert sent.tag == f"{{{NAMES['samlp']}}}LogoutRequest"
    assert sent.get("Destination") == "https://idp.example/slo"
    assert sent.findtext("saml:NameID", namespaces=NAMES) == "person-1"
    assert sent.findtext("samlp:SessionIndex", namespaces=NAMES) == "_session-1"
    # Who came by a link is led nowhere, and for a provider that is not known there is no certificate.
    assert logout_address(two.platform, provider_id, "another cookie") is None
    assert "X509Certificate" not in metadata_of(two.platform, "unknown")


def test_a_request_of_the_provider_ends_the_persons_sessions_of_it(two: Two, provider: FakeProvider) -> None:
    provider_id = connect(two, provider)
    cookie = arrive(two)
    eve = find_principal(two.platform, cookie)
    assert eve is not None
    others = [start_member_session(two.platform, str(member.member_id), "link") for member in (eve, two.ann, two.bob)]
    back = end_by_provider(two.platform, signed(request(two, index="_session-9")))
    assert find_principal(two.platform, cookie) is not None
    back = end_by_provider(two.platform, signed(request(two, number="_logout-2")))
    assert find_principal(two.platform, cookie) is None
    assert None not in [find_principal(two.platform, other) for other in others]
    answered = require_signed(back, our_certificate(two, provider_id), "SAMLResponse")
    assert answered.get("InResponseTo") == "_logout-2"
    assert parse_qs(urlsplit(back).query)["RelayState"] == ["back/1"]
    again = arrive(two)
    end_by_provider(two.platform, signed(request(two, number="_logout-3", index="")))
    assert find_principal(two.platform, again) is None
    with two.platform.session() as session:
        ended = session.scalars(select(AuditRow).where(AuditRow.action == "session:ended")).all()
    assert [(row.tenant_id, row.subject, row.data["way"]) for row in ended] == [
        (two.ann.tenant.id, "eve@acme.example", "A")
    ] * 2


FORGED: dict[str, Callable[[Two], str]] = {
    "unsigned": lambda two: urlencode({"SAMLRequest": deflated(request(two))}),
    "signed by a stranger": lambda two: signed(request(two), STRANGER),
    "signed with SHA-1": lambda two: signed(request(two), algorithm=RSA_SHA1),
    "tampered with": lambda two: signed(request(two)).replace("back%2f1", "back%2f2"),
    "another request beside the signed one": lambda two: (
        signed(request(two, index="")) + "&" + urlencode({"SAMLRequest": deflated(request(two))})
    ),
    "for another service": lambda two: signed(request(two, destination="https://other.example/signin/saml-logout")),
    "for a longer address": lambda two: signed(
        request(two, destination=f"{two.platform.settings.address}/signin/saml-logout.evil.example")
    ),
    "for nobody": lambda two: signed(request(two, destination="")),
    "of another issuer": lambda two: signed(request(two, issuer="https://evil.example")),
    "over": lambda two: signed(request(two, at=-4, end=-2)),
    "old": lambda two: signed(request(two, at=-30)),
    "with a document type": lambda two: signed(
        request(two, before='<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>')
    ),
    "endless": lambda two: signed(" " * 10_000_000 + request(two)),
    "not XML": lambda _two: signed("request"),
    "not packed": lambda two: urlencode({"SAMLRequest": request(two)}),
    "empty": lambda _two: "SAMLRequest=",
}


def test_a_forged_request_ends_no_session_and_is_audited(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    cookie = arrive(two)
    for number, (name, forge) in enumerate(FORGED.items(), start=1):
        with pytest.raises(SsoRefused):
            end_by_provider(two.platform, forge(two))
        assert find_principal(two.platform, cookie) is not None, name
        assert len(reasons(two)) == number


def test_a_request_is_taken_once(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    arrive(two)
    captured = signed(request(two))
    end_by_provider(two.platform, captured)
    cookie = arrive(two)
    with pytest.raises(SsoRefused, match="used before"):
        end_by_provider(two.platform, captured)
    assert find_principal(two.platform, cookie) is not None
    assert reasons(two) == ["saml_replayed"]


def posted(xml: str, by: KeyPair = PROVIDER) -> str:
    """The form's field of a request that bears its signature in itself."""
    return encoded(sign(xml, by))


def test_a_posted_request_ends_the_persons_sessions_and_is_taken_once(two: Two, provider: FakeProvider) -> None:
    provider_id = connect(two, provider)
    cookie = arrive(two)
    text = posted(request(two))
    back = end_by_posted_request(two.platform, text, "back/1")
    assert find_principal(two.platform, cookie) is None
    answered = require_signed(back, our_certificate(two, provider_id), "SAMLResponse")
    assert (answered.get("InResponseTo"), answered.get("Destination")) == ("_logout-1", "https://idp.example/slo")
    assert parse_qs(urlsplit(back).query)["RelayState"] == ["back/1"]
    again = arrive(two)
    with pytest.raises(SsoRefused, match="used before"):
        end_by_posted_request(two.platform, text, "")
    # The same request by the other binding is the same request.
    with pytest.raises(SsoRefused, match="used before"):
        end_by_provider(two.platform, signed(request(two)))
    assert find_principal(two.platform, again) is not None
    posts = etree.fromstring(metadata_of(two.platform, provider_id).encode()).findall(
        ".//{urn:oasis:names:tc:SAML:2.0:metadata}SingleLogoutService"
    )
    assert [(one.get("Binding", "").rpartition(":")[2], one.get("Location")) for one in posts] == [
        (binding, f"{two.platform.settings.address}/signin/saml-logout") for binding in ("HTTP-POST", "HTTP-Redirect")
    ]


def wrapped(two: Two) -> str:
    """A request of our own making around a signed one, whose signature is put where ours should be."""
    inner = etree.fromstring(sign(request(two, number="_inner")))
    outer = etree.fromstring(request(two, number="_outer", index=""))
    signature = inner.find("ds:Signature", NAMES)
    assert signature is not None
    outer.insert(1, signature)
    holder = etree.SubElement(outer, f"{{{NAMES['samlp']}}}Extensions")
    holder.append(inner)
    return str(etree.tostring(outer).decode())


def twice_named(two: Two) -> str:
    """A signed request with another element of its id."""
    return sign(request(two)).replace("<saml:NameID ", '<saml:NameID ID="_logout-1" ', 1)


def weak(two: Two) -> str:
    found = OneLogin_Saml2_Utils.add_sign(
        request(two), PROVIDER.key, PROVIDER.certificate, sign_algorithm=RSA_SHA1,
        digest_algorithm="http://www.w3.org/2000/09/xmldsig#sha1",
    )  # fmt: skip
    text: str = found.decode() if isinstance(found, bytes) else str(found)
    return text


POSTED: dict[str, Callable[[Two], str]] = {
    "unsigned": lambda two: encoded(request(two)),
    "signed by a stranger": lambda two: posted(request(two), STRANGER),
    "signed with SHA-1": lambda two: encoded(weak(two)),
    "of another person": lambda two: encoded(sign(request(two)).replace("person-1", "person-2")),
    "of more sessions": lambda two: encoded(
        sign(request(two)).replace("<samlp:SessionIndex>_session-1</samlp:SessionIndex>", "")
    ),
    "with another time": lambda two: encoded(sign(request(two, at=-30)).replace(moment(-30), moment(0))),
    "wrapped": lambda two: encoded(wrapped(two)),
    "with an id that stands twice": lambda two: encoded(twice_named(two)),
    "with a reference to everything": lambda two: encoded(sign(request(two)).replace('URI="#_logout-1"', 'URI=""')),
    "for another service": lambda two: posted(request(two, destination="https://other.example/signin/saml-logout")),
    "for a longer address": lambda two: posted(
        request(two, destination=f"{two.platform.settings.address}/signin/saml-logout.evil.example")
    ),
    "for nobody": lambda two: posted(request(two, destination="")),
    "of another issuer": lambda two: posted(request(two, issuer="https://evil.example")),
    "over": lambda two: posted(request(two, at=-4, end=-2)),
    "old": lambda two: posted(request(two, at=-30)),
    "with a document type": lambda two: encoded(
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + sign(request(two))
    ),
    "a redirected one": lambda two: deflated(request(two)),
    "too long": lambda two: encoded(sign(request(two)) + " " * 70_000),
    "not XML": lambda _two: encoded("request"),
    "not encoded": lambda two: request(two),
}


BADLY_SIGNED = (
    "unsigned", "signed by a stranger", "signed with SHA-1", "of another person", "of more sessions",
    "with another time", "wrapped", "with an id that stands twice", "with a reference to everything",
)  # fmt: skip


def test_a_forged_request_that_is_posted_ends_no_session_and_is_audited(two: Two, provider: FakeProvider) -> None:
    connect(two, provider)
    cookie, badly_signed = arrive(two), 0
    for number, (name, forge) in enumerate(POSTED.items(), start=1):
        with pytest.raises(SsoRefused):
            end_by_posted_request(two.platform, forge(two), "")
        assert find_principal(two.platform, cookie) is not None, name
        assert len(reasons(two)) == number
        badly_signed += name in BADLY_SIGNED
        assert reasons(two).count("saml_signature") == badly_signed, name
    # None of it has used up the request itself.
    end_by_posted_request(two.platform, posted(request(two)), "")
    assert find_principal(two.platform, cookie) is None
