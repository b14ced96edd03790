"""The signature inside a SAML message that a browser posts (Bindings, section 3.5; XML Signature, enveloped).

A redirected message is signed beside its text. A posted one bears its signature in itself, which leaves room for
tricks: a signature over some other element, several signatures, ids that stand twice, references that lead elsewhere.
Only one form is accepted: one signature, a child of the root, with one reference, which names the root.
"""

from collections.abc import Sequence

from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from services.sso.errors import SsoRefused

_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
_XPATH = "/samlp:LogoutRequest/ds:Signature"
_SIGNATURES = frozenset(f"http://www.w3.org/2001/04/xmldsig-more#rsa-sha{bits}" for bits in (256, 384, 512))
_DIGESTS = frozenset(
    {
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    }
)
_TRANSFORMS = frozenset(
    {"http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/2001/10/xml-exc-c14n#"}
)


def require_signed(root: etree._Element, xml: str, certificates: Sequence[str]) -> None:
    """Raises SsoRefused unless the key of one of the certificates has signed the whole of the message."""
    signatures = list(root.iter(f"{_SIGNATURE}Signature"))
    references = list(root.iter(f"{_SIGNATURE}Reference"))
    named = root.get("ID", "")
    is_plain = (
        len(signatures) == len(references) == 1
        and signatures[0].getparent() is root
        and named != ""
        and references[0].get("URI") == f"#{named}"
        and [one.get("ID") for one in root.iter()].count(named) == 1
        and _uses(root, "SignatureMethod") <= _SIGNATURES
        and _uses(root, "DigestMethod") <= _DIGESTS
        and _uses(root, "Transform") <= _TRANSFORMS
    )
    if not is_plain:
        raise SsoRefused("saml_signature")
    if not OneLogin_Saml2_Utils.validate_sign(xml, multicerts=list(certificates), xpath=_XPATH):
        raise SsoRefused("saml_signature")


def _uses(root: etree._Element, name: str) -> frozenset[str]:
    return frozenset(one.get("Algorithm", "") for one in root.iter(f"{_SIGNATURE}{name}"))
