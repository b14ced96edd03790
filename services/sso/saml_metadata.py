"""What a SAML provider's metadata (Metadata for SAML 2.0, section 2.4) say of it, as its administrator would type it.

Document types and entities are refused by the library's parser. Nothing is fetched: the text is pasted.
"""

from lxml.etree import LxmlError
from onelogin.saml2.constants import OneLogin_Saml2_Constants
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from core.errors import InvalidError

_MOST_SIGNS = 512 * 1024
_BINDINGS = {
    "redirect": OneLogin_Saml2_Constants.BINDING_HTTP_REDIRECT,
    "post": OneLogin_Saml2_Constants.BINDING_HTTP_POST,
}
# A key without a use is for both; one that is for encryption signs nothing.
_SIGNING = "./md:KeyDescriptor[not(@use) or @use='signing']/ds:KeyInfo/ds:X509Data/ds:X509Certificate"


def read_metadata(text: str) -> dict[str, object]:
    """The fields of a `SamlConfiguration` that metadata tell. Raises InvalidError for what is not one provider's.

    Requests go by redirect where the provider takes that, and are posted where it does not.
    """
    if len(text) > _MOST_SIGNS:
        raise InvalidError("These metadata are longer than 512 KiB; paste those of the one provider.")
    try:
        root = OneLogin_Saml2_XML.to_etree(text.strip())
    except (LxmlError, ValueError) as error:
        raise InvalidError("The metadata are no XML, or have a document type, which is refused.") from error
    found = OneLogin_Saml2_XML.query(root, "//md:EntityDescriptor[md:IDPSSODescriptor]")
    if len(found) != 1:
        raise InvalidError(f"The metadata name {len(found)} identity providers; paste those of the one.")
    entity, provider = found[0], OneLogin_Saml2_XML.query(found[0], "./md:IDPSSODescriptor")[0]

    def address(service: str, binding: str) -> str:
        nodes = OneLogin_Saml2_XML.query(provider, f"./md:{service}[@Binding='{_BINDINGS[binding]}']")
        return str(nodes[0].get("Location", "")) if nodes else ""

    addresses = {binding: one for binding in _BINDINGS if (one := address("SingleSignOnService", binding))}
    if not addresses:
        raise InvalidError("The metadata name no address to sign in at by redirect or POST.")
    signing = [_pem(node.text or "") for node in OneLogin_Saml2_XML.query(provider, _SIGNING)]
    if not signing:
        raise InvalidError("The metadata have no signing certificate; ask the provider for metadata with one.")
    binding = next(iter(addresses))
    wants_signed = provider.get("WantAuthnRequestsSigned", "false").strip()
    return {
        "entity_id": str(entity.get("entityID", "")),
        "sso_address": addresses[binding],
        "sso_binding": binding,
        "slo_address": address("SingleLogoutService", "redirect"),
        # An XML boolean is written in either way.
        "wants_signed_requests": wants_signed in {"true", "1"},
        # While a provider changes its key it names the old one and the new one.
        "certificate": "".join(signing),
    }


def _pem(body: str) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{''.join(body.split())}\n-----END CERTIFICATE-----\n"
