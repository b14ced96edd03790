"""Requests of a sign-in that are signed, where a SAML provider's metadata demand it."""

import base64

import pytest
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from lxml import etree
from sqlalchemy import delete, select

from services.sso.errors import SsoRefused
from services.sso.logout import metadata_of
from services.sso.providers import parse_configuration, save_provider
from services.sso.saml_metadata import read_metadata
from services.sso.signin import begin_sso
from tenants.schema import SecretRow
from tests.services.sso.conftest import FakeProvider, Two
from tests.services.sso.test_saml import NAMES, STRANGER
from tests.services.sso.test_saml_logout import our_certificate, require_signed
from tests.services.sso.test_saml_signin import BODY, KEY, POST, connect, described


def connect_wanting_signed(two: Two, provider: FakeProvider, binding: str) -> str:
    """A provider of the first tenant whose metadata demand that requests are signed."""
    head = "protocolSupportEnumeration"
    wanting = described(KEY.format("", BODY) + POST).replace(head, f'WantAuthnRequestsSigned="true" {head}')
    place = f"{provider.issuer}/.well-known/openid-configuration"
    content = {**read_metadata(wanting), "kind": "saml", "sso_address": place, "sso_binding": binding}
    return save_provider(two.platform, two.ann, name="A", configuration=parse_configuration(content), secret=None).id


def test_a_redirected_request_is_signed_where_the_provider_wants_that(two: Two, provider: FakeProvider) -> None:
    provider_id = connect_wanting_signed(two, provider, "redirect")
    departure = begin_sso(two.platform, slug="acme", target="/")
    assert departure is not None
    sent = require_signed(departure.address, our_certificate(two, provider_id), "SAMLRequest")
    assert sent.tag == f"{{{NAMES['samlp']}}}AuthnRequest"
    told = metadata_of(two.platform, provider_id)
    assert 'AuthnRequestsSigned="true"' in told
    assert "PRIVATE" not in told
    with two.platform.session() as session:
        kept = session.scalars(select(SecretRow)).one()
    assert b"PRIVATE KEY" not in bytes(kept.sealed)


def test_a_posted_request_bears_its_signature(two: Two, provider: FakeProvider) -> None:
    provider_id = connect_wanting_signed(two, provider, "post")
    departure = begin_sso(two.platform, slug="acme", target="/")
    assert departure is not None
    ours = our_certificate(two, provider_id)
    xml = base64.b64decode(departure.form["SAMLRequest"])
    assert is_signed_by(xml, ours)
    assert not is_signed_by(xml.replace(b"/signin/saml<", b"/evil<").replace(b'/signin/saml"', b'/evil"'), ours)
    assert not is_signed_by(xml, x509.load_pem_x509_certificate(STRANGER.certificate.encode()))


def test_requests_are_not_signed_for_a_provider_that_does_not_want_it(two: Two, provider: FakeProvider) -> None:
    provider_id = connect(two, provider)
    departure = begin_sso(two.platform, slug="acme", target="/")
    assert departure is not None
    assert "Signature=" not in departure.address
    assert 'AuthnRequestsSigned="false"' in metadata_of(two.platform, provider_id)


def test_a_lost_key_is_told_and_no_unsigned_request_goes_out(two: Two, provider: FakeProvider) -> None:
    connect_wanting_signed(two, provider, "redirect")
    with two.platform.session() as session:
        session.execute(delete(SecretRow))
    with pytest.raises(SsoRefused, match="key for this provider is missing"):
        begin_sso(two.platform, slug="acme", target="/")


def is_signed_by(xml: bytes, certificate: x509.Certificate) -> bool:
    """Whether a certificate's key has signed the root of a message (XML Signature, by xmlsec itself)."""
    root = etree.fromstring(xml)
    xmlsec.tree.add_ids(root, ["ID"])
    context = xmlsec.SignatureContext()
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatCertPem)
    signature = root.find("ds:Signature", NAMES)
    assert signature.find(".//ds:Reference", NAMES).get("URI") == f"#{root.get('ID')}"
    try:
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True


@pytest.mark.parametrize(("said", "is_wanted"), [("true", True), ("1", True), ("false", False), ("0", False)])
def test_metadata_say_whether_requests_are_to_be_signed(said: str, is_wanted: bool) -> None:  # noqa: FBT001
    head = "protocolSupportEnumeration"
    text = described(KEY.format("", BODY) + POST).replace(head, f'WantAuthnRequestsSigned="{said}" {head}')
    assert read_metadata(text)["wants_signed_requests"] is is_wanted
