"""SAML 2.0 with responses signed by real keys: what is accepted, and every way to forge one."""

import base64
import copy
import datetime as dt
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from services.sso.configuration import SamlConfiguration
from services.sso.errors import SsoRefused
from services.sso.saml import build_request, read_response, service_metadata

ADDRESS = "http://localhost:8080"
ISSUER = "https://idp.example/saml"
REQUEST = "_request-1"
NAMES = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}


class KeyPair:
    """A key and its certificate, as PEM."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=30))
            .sign(key, hashes.SHA256())
        )
        self.key = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        self.certificate = certificate.public_bytes(serialization.Encoding.PEM).decode()


PROVIDER, STRANGER = KeyPair(), KeyPair()
CONFIGURATION = SamlConfiguration(
    entity_id=ISSUER, sso_address="https://idp.example/sso", certificate=PROVIDER.certificate, groups_claim="groups"
)


def moment(minutes: int) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def assertion(
    *,
    email: str = "eve@acme.example",
    audience: str = f"{ADDRESS}/signin/saml-metadata",
    issuer: str = ISSUER,
    recipient: str = f"{ADDRESS}/signin/saml",
    answers: str = REQUEST,
    begin: int = -5,
    end: int = 5,
    name_id: str = "",
    id: str = "_assertion-1",  # noqa: A002 - its name in XML
) -> str:
    return f"""<saml:Assertion xmlns:saml="{NAMES["saml"]}" ID="{id}" Version="2.0" IssueInstant="{moment(0)}">
<saml:Issuer>{issuer}</saml:Issuer><saml:Subject>
<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{name_id or "person-1"}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData
 NotOnOrAfter="{moment(end)}" Recipient="{recipient}" {f'InResponseTo="{answers}"' if answers else ""}/>
</saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{moment(begin)}" NotOnOrAfter="{moment(end)}"><saml:AudienceRestriction>
<saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{moment(0)}" SessionIndex="_session-1"><saml:AuthnContext><saml:AuthnContextClassRef>
urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement><saml:Attribute Name="email">
<saml:AttributeValue>{email}</saml:AttributeValue></saml:Attribute>
<saml:Attribute Name="groups">
<saml:AttributeValue>bi</saml:AttributeValue><saml:AttributeValue>all</saml:AttributeValue>
</saml:Attribute></saml:AttributeStatement></saml:Assertion>"""


def sign(xml: str, by: KeyPair = PROVIDER) -> str:
    signed = OneLogin_Saml2_Utils.add_sign(xml, by.key, by.certificate)
    text = signed.decode() if isinstance(signed, bytes) else str(signed)
    return text.partition("?>")[2] if text.startswith("<?xml") else text


def response(
    inner: str, *, answers: str = REQUEST, issuer: str = ISSUER, destination: str = f"{ADDRESS}/signin/saml"
) -> str:
    return f"""<samlp:Response xmlns:samlp="{NAMES["samlp"]}" xmlns:saml="{NAMES["saml"]}" ID="_response-1"
 Version="2.0"
 IssueInstant="{moment(0)}" Destination="{destination}" {f'InResponseTo="{answers}"' if answers else ""}>
<saml:Issuer>{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>
</samlp:Status>{inner}</samlp:Response>"""


def encoded(xml: str) -> str:
    return base64.b64encode(xml.encode()).decode()


def read(xml: str, request_id: str = REQUEST) -> str:
    """The address of who signs in by a response."""
    return read_response(CONFIGURATION, encoded(xml), address=ADDRESS, request_id=request_id).identity.email


def test_a_signed_assertion_tells_who_signs_in() -> None:
    found = read_response(CONFIGURATION, encoded(response(sign(assertion()))), address=ADDRESS, request_id=REQUEST)
    assert found.identity.email == found.identity.name == "eve@acme.example"
    assert found.identity.subject == "person-1"
    assert found.identity.groups == ("bi", "all")
    assert found.id == "_assertion-1"
    assert dt.timedelta(minutes=3) < found.expires_at - dt.datetime.now(dt.UTC) < dt.timedelta(minutes=6)


def test_the_providers_clock_may_be_a_few_minutes_ahead() -> None:
    assert read(response(sign(assertion(begin=3, end=8))))
    with pytest.raises(SsoRefused):
        read(response(sign(assertion(begin=7, end=12))))


FORGED: dict[str, Callable[[], str]] = {
    "unsigned": lambda: response(assertion()),
    "signed by a stranger": lambda: response(sign(assertion(), STRANGER)),
    "tampered with": lambda: response(sign(assertion()).replace("eve@acme", "admin@acme")),
    "expired": lambda: response(sign(assertion(begin=-60, end=-30))),
    "not yet valid": lambda: response(sign(assertion(begin=30, end=60))),
    "for another audience": lambda: response(sign(assertion(audience="https://other.example"))),
    "for another recipient": lambda: response(sign(assertion(recipient="https://other.example/saml"))),
    "of another issuer": lambda: response(sign(assertion(issuer="https://evil.example"))),
    "in another's envelope": lambda: response(sign(assertion()), issuer="https://evil.example"),
    "for another destination": lambda: response(sign(assertion()), destination="https://other.example/saml"),
    "answering another request": lambda: response(sign(assertion(answers="_request-2")), answers="_request-2"),
    "answering another request inside": lambda: response(sign(assertion(answers="_request-2"))),
    "answering nothing": lambda: response(sign(assertion(answers="")), answers=""),
    "answering something inside only": lambda: response(sign(assertion()), answers=""),
    "two assertions": lambda: response(sign(assertion()) + sign(assertion())),
    "no assertion": lambda: response(""),
    "signed as a whole only": lambda: sign(response(assertion())),
    "failed there": lambda: response(sign(assertion())).replace("status:Success", "status:AuthnFailed"),
    "another version": lambda: response(sign(assertion())).replace('Version="2.0"\n', 'Version="1.1"\n'),
    "not XML": lambda: "response",
    "empty": lambda: "",
}


@pytest.mark.parametrize("name", FORGED)
def test_a_response_is_refused_that_is(name: str) -> None:
    with pytest.raises(SsoRefused):
        read(FORGED[name]())


@pytest.mark.parametrize(
    "document_type",
    [
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/evil.dtd">',
        "<!DOCTYPE r>",
    ],
)
def test_a_response_with_a_document_type_is_refused(document_type: str) -> None:
    with pytest.raises(SsoRefused):
        read(document_type + response(sign(assertion())))


def test_a_comment_does_not_cut_an_identifier_short() -> None:
    """The attack on parsers that read text up to a comment (CVE-2017-11427 and its like)."""
    signed = sign(assertion(name_id="admin@acme.example.evil.example"))
    cut = signed.replace("admin@acme.example.evil", "admin@acme.example<!-- -->.evil")
    found = read_response(CONFIGURATION, encoded(response(cut)), address=ADDRESS, request_id=REQUEST)
    assert found.identity.subject == "admin@acme.example.evil.example"


def _wrapped(number: int) -> str:
    """Signature wrapping as numbered since Somorovsky et al., On Breaking SAML (USENIX Security 2012)."""
    whole = etree.fromstring(sign(response(sign(assertion()))) if number <= 2 else response(sign(assertion())))
    genuine = whole.find("saml:Assertion", NAMES)
    assert genuine is not None
    if number <= 2:
        return _wrapped_response(whole, number)
    evil = copy.deepcopy(genuine)
    evil.set("ID", "_evil")
    _rename(evil)
    signature, bare = evil.find("ds:Signature", NAMES), copy.deepcopy(genuine)
    bare.remove(bare.find("ds:Signature", NAMES))
    if number in {3, 4, 7}:
        evil.remove(signature)
    if number == 3:
        genuine.addprevious(evil)
    elif number == 4:
        whole.replace(genuine, evil)
        evil.append(genuine)
    elif number == 5:
        whole.replace(genuine, evil)
        whole.append(bare)
    elif number == 6:
        whole.replace(genuine, evil)
        signature.append(bare)
    elif number == 7:
        extensions = etree.Element(f"{{{NAMES['samlp']}}}Extensions")
        extensions.append(evil)
        genuine.addprevious(extensions)
    else:
        whole.replace(genuine, evil)
        holder = etree.SubElement(signature, f"{{{NAMES['ds']}}}Object")
        holder.append(bare)
    return str(etree.tostring(whole, encoding="unicode"))


def _wrapped_response(whole: etree._Element, number: int) -> str:
    """The signature is of the response: the evil response carries it and, in it or before it, the genuine one."""
    evil, bare = copy.deepcopy(whole), copy.deepcopy(whole)
    evil.set("ID", "_evil")
    _rename(evil)
    signature = evil.find("ds:Signature", NAMES)
    bare.remove(bare.find("ds:Signature", NAMES))
    if number == 1:
        signature.append(bare)
    else:
        signature.addprevious(bare)
    return str(etree.tostring(evil, encoding="unicode"))


def _rename(element: etree._Element) -> None:
    for value in element.iterfind(".//saml:AttributeValue", NAMES):
        if value.text == "eve@acme.example":
            value.text = "admin@acme.example"
    for value in element.iterfind(".//saml:NameID", NAMES):
        value.text = "person-2"


@pytest.mark.parametrize("number", range(1, 9))
def test_a_wrapped_signature_does_not_cover_what_was_put_around_it(number: int) -> None:
    try:
        found = read(_wrapped(number))
    except SsoRefused:
        return
    # Reading the genuine assertion, and not the evil one, is as good.
    assert found == "eve@acme.example"


def test_the_request_and_the_metadata_name_this_service() -> None:
    request = build_request(CONFIGURATION, address=ADDRESS, state="the-state")
    assert request.address.startswith("https://idp.example/sso?")
    assert "RelayState=the-state" in request.address
    metadata = etree.fromstring(service_metadata(ADDRESS).encode())
    assert metadata.get("entityID") == f"{ADDRESS}/signin/saml-metadata"
    # Given as a file they do not end, and they are the same whenever they are asked for.
    assert not {"validUntil", "cacheDuration"} & set(metadata.attrib)
    assert b'AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"' in etree.tostring(
        metadata
    )
