"""SAML 2.0 as service provider: the request, and the checks of a response.

python3-saml judges signatures, audience, issuer, destination and times (SAML 2.0 Core; Profiles, section 4.1.4); its
parser refuses document types and entities. What it leaves open is refused here: a response that answers nothing
(begun at the provider), and one that names no assertion or end.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml.etree import LxmlError
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request
from onelogin.saml2.constants import OneLogin_Saml2_Constants
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from services.sso.configuration import SamlConfiguration
from services.sso.errors import SsoRefused
from services.sso.identity import Identity
from services.sso.signing import SigningPair

# Where a provider's answers come to, and its requests that somebody be signed out.
SIGNIN = "/signin/saml"
LOGOUT = "/signin/saml-logout"
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
_BINDINGS = {"redirect": _REDIRECT, "post": _POST}
_TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
_UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
_EMAIL = (
    "email",
    "mail",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "urn:oid:0.9.2342.19200300.100.1.3",
)
_NAME = ("displayName", "name", "http://schemas.microsoft.com/identity/claims/displayname")
_GROUPS = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"
_SIGNED = {"authnRequestsSigned": True, "signatureAlgorithm": OneLogin_Saml2_Constants.RSA_SHA256}
_REQUIRED_CHECKS = {
    "wantAssertionsSigned": True,
    "wantNameId": True,
    "wantAttributeStatement": False,
    "requestedAuthnContext": False,
    "rejectDeprecatedAlgorithm": True,
    "allowSingleLabelDomains": True,
    # A provider that was given them as a file would not know us after two days, the library's usual term.
    "metadataValidUntil": "",
    "metadataCacheDuration": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlRequest:
    """Where the browser goes, or posts the form if there is one, and the id that the response has to name."""

    address: str
    request_id: str
    form: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlPerson:
    """What the provider calls a person and their session, which it is told when they sign out."""

    name_id: str
    name_format: str
    session_index: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """A checked assertion; its id is used once until `expires_at`."""

    id: str
    expires_at: dt.datetime
    identity: Identity
    person: SamlPerson


def build_request(
    configuration: SamlConfiguration, *, address: str, state: str, pair: SigningPair | None = None
) -> SamlRequest:
    """A request of a sign-in; `state` comes back as RelayState. Signed by the pair where the provider wants that.

    Raises SsoRefused where it wants that and there is no pair.
    """
    is_signed = configuration.wants_signed_requests
    if is_signed and pair is None:
        raise SsoRefused("saml_no_key", "The key for this provider is missing; an administrator saves it once more.")
    auth = saml_auth(configuration, address, pair=pair, security=_SIGNED if is_signed else {})
    if configuration.sso_binding == "post":
        request = OneLogin_Saml2_Authn_Request(auth.get_settings())
        xml = request.get_xml()
        if is_signed and pair is not None:
            # A posted request bears its signature in itself, beside its issuer (Bindings, section 3.5.4).
            xml = OneLogin_Saml2_Utils.add_sign(xml, pair.key, pair.certificate)
        form = {"SAMLRequest": OneLogin_Saml2_Utils.b64encode(xml), "RelayState": state}
        return SamlRequest(address=configuration.sso_address, request_id=request.get_id(), form=form)
    return SamlRequest(address=auth.login(return_to=state), request_id=auth.get_last_request_id(), form={})


def read_response(configuration: SamlConfiguration, response: str, *, address: str, request_id: str) -> Assertion:
    """Who has signed in. Raises SsoRefused."""
    auth = saml_auth(configuration, address, form={"SAMLResponse": response})
    try:
        auth.process_response(request_id=request_id)
    except (OneLogin_Saml2_Error, LxmlError, ValueError, TypeError, AttributeError) as error:
        raise SsoRefused("saml_unreadable") from error
    if auth.get_errors() or not auth.is_authenticated():
        raise SsoRefused("saml_invalid", detail=str(auth.get_last_error_reason() or auth.get_errors()))
    if auth.get_last_response_in_response_to() != request_id:
        raise SsoRefused("saml_unasked", "This sign-in was begun at the identity provider; begin it here.")
    end = auth.get_last_assertion_not_on_or_after()
    if not auth.get_last_assertion_id() or end is None:
        raise SsoRefused("saml_incomplete")
    return Assertion(
        id=auth.get_last_assertion_id(),
        expires_at=dt.datetime.fromtimestamp(end, dt.UTC),
        identity=_identity(configuration, auth),
        person=SamlPerson(
            name_id=str(auth.get_nameid()),
            name_format=str(auth.get_nameid_format() or ""),
            session_index=str(auth.get_session_index() or ""),
        ),
    )


def service_metadata(address: str, pair: SigningPair | None = None, *, are_requests_signed: bool = False) -> str:
    """What an identity provider has to know of us, as XML; of the pair we sign requests to it with, the certificate.

    `are_requests_signed` says so of the requests of sign-ins; those of sign-outs always are.
    """
    security = _SIGNED if are_requests_signed else {}
    # The library demands the key where requests are signed; what it writes has the certificate alone.
    known = _settings(address, pair, security=security)
    settings = OneLogin_Saml2_Settings(known, sp_validation_only=True)
    metadata = settings.get_sp_metadata()
    text = metadata.decode() if isinstance(metadata, bytes) else str(metadata)
    # The library knows one binding; a provider may also post that somebody is signed out.
    redirected = f'<md:SingleLogoutService Binding="{_REDIRECT}"'
    posted = f'<md:SingleLogoutService Binding="{_POST}" Location="{escape(address + LOGOUT)}" />'
    return text.replace(redirected, f"{posted}\n        {redirected}", 1)


def saml_auth(
    configuration: SamlConfiguration,
    address: str,
    *,
    path: str = SIGNIN,
    pair: SigningPair | None = None,
    security: Mapping[str, object] | None = None,
    form: Mapping[str, str] | None = None,
    query: str = "",
    values: Mapping[str, str] | None = None,
) -> OneLogin_Saml2_Auth:
    """The library's view of one request, which came to `path` with a form, or a query and its values."""
    # The address is the configured one: a Host header does not decide what a response is meant for.
    scheme, _, rest = address.partition("://")
    host, _, prefix = rest.partition("/")
    request = {
        "https": "on" if scheme == "https" else "off",
        "http_host": host,
        "script_name": f"/{prefix}{path}" if prefix else path,
        "get_data": dict(values or {}),
        "post_data": dict(form or {}),
        # What was signed is the query as it was sent: providers write its escapes in different ways.
        "query_string": query,
        "validate_signature_from_qs": True,
    }
    settings = _settings(address, pair, security=security or {})
    return OneLogin_Saml2_Auth(request, old_settings=settings | {"idp": _provider(configuration)})


def _settings(address: str, pair: SigningPair | None, *, security: Mapping[str, object]) -> dict[str, object]:
    service = {
        "entityId": f"{address}/signin/saml-metadata",
        "assertionConsumerService": {
            "url": f"{address}{SIGNIN}",
            "binding": _POST,
        },
        "singleLogoutService": {"url": f"{address}{LOGOUT}", "binding": _REDIRECT},
        "NameIDFormat": _UNSPECIFIED,
        "privateKey": "" if pair is None else pair.key,
        "x509cert": "" if pair is None else pair.certificate,
    }
    return {"strict": True, "debug": False, "sp": service, "security": {**_REQUIRED_CHECKS, **security}}


def _provider(configuration: SamlConfiguration) -> dict[str, object]:
    provider: dict[str, object] = {
        "entityId": configuration.entity_id,
        "singleSignOnService": {"url": configuration.sso_address, "binding": _BINDINGS[configuration.sso_binding]},
        "x509certMulti": {"signing": list(configuration.certificates)},
    }
    if configuration.slo_address:
        provider["singleLogoutService"] = {"url": configuration.slo_address, "binding": _REDIRECT}
    return provider


def _identity(configuration: SamlConfiguration, auth: OneLogin_Saml2_Auth) -> Identity:
    name_id, attributes = str(auth.get_nameid()), auth.get_attributes()
    email = _first(attributes, _EMAIL) or (name_id if "@" in name_id else "")
    if not email:
        raise SsoRefused("no_email", "The identity provider tells no e-mail address.")
    email = email.strip().lower()
    groups = attributes.get(configuration.groups_claim) or attributes.get(_GROUPS) or []
    return Identity(
        subject=email if auth.get_nameid_format() == _TRANSIENT else name_id,
        email=email,
        name=_first(attributes, _NAME) or email,
        groups=tuple(str(group) for group in groups),
    )


def _first(attributes: dict[str, list[str]], names: tuple[str, ...]) -> str:
    return next((str(attributes[name][0]) for name in names if attributes.get(name)), "")
