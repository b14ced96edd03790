"""SAML 2.0 single logout (Profiles, section 4.4): our request, and the checks of the provider's, redirected or posted.

python3-saml judges the signature, the issuer, the end and the form. What it leaves open is refused here: a request that
does not say whom it is for, one that is old, and a parameter that stands twice, of which one is signed.
"""

import base64
import binascii
import datetime as dt
import zlib
from dataclasses import dataclass
from urllib.parse import parse_qsl

from lxml.etree import LxmlError
from onelogin.saml2.constants import OneLogin_Saml2_Constants
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from services.sso.configuration import SamlConfiguration
from services.sso.errors import SsoRefused
from services.sso.saml import LOGOUT, SamlPerson, saml_auth
from services.sso.saml_envelope import require_signed
from services.sso.signing import SigningPair

_SIGNED = {
    "logoutRequestSigned": True,
    "logoutResponseSigned": True,
    "wantMessagesSigned": True,
    "signatureAlgorithm": OneLogin_Saml2_Constants.RSA_SHA256,
}
_MOST_BYTES = 64 * 1024
# Clocks may differ by so much, and a browser may take so long.
_YOUNG = dt.timedelta(minutes=10)
_FAULTS = (OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError, LxmlError, ValueError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutRequest:
    """A request as it came, before anything of it was proved: `issuer` tells whose key has to have signed it.

    `query` is empty for a posted one, which bears its signature in itself.
    """

    query: str
    values: dict[str, str]
    xml: str
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Logout:
    """A checked request: its id, good once until `expires_at`; who it signs out; and where the browser goes back to.

    Without `sessions` it is all of the person's.
    """

    id: str
    expires_at: dt.datetime
    name_id: str
    sessions: frozenset[str]
    answer_address: str


def logout_request_address(
    configuration: SamlConfiguration, pair: SigningPair, person: SamlPerson, *, address: str
) -> str:
    """Where the browser goes to sign a person out at the provider; the request is signed."""
    auth = saml_auth(configuration, address, path=LOGOUT, pair=pair, security=_SIGNED)
    return str(
        auth.logout(
            return_to=f"{address}/signin",
            name_id=person.name_id,
            session_index=person.session_index or None,
            name_id_format=person.name_format or None,
        )
    )


def read_request(query: str) -> LogoutRequest:
    """A request of a provider, from the query as it was sent. Raises SsoRefused."""
    pairs = parse_qsl(query, keep_blank_values=True)
    values = dict(pairs)
    if len(values) != len(pairs):
        raise SsoRefused("saml_repeated")
    xml = _inflate(values.get("SAMLRequest", ""))
    return LogoutRequest(query=query, values=values, xml=xml, issuer=_issuer(xml))


def read_posted_request(text: str, relay_state: str) -> LogoutRequest:
    """A request of a provider, from the form that its page has posted. Raises SsoRefused."""
    try:
        xml = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise SsoRefused("saml_unreadable") from error
    if not xml or len(xml) > _MOST_BYTES:
        raise SsoRefused("saml_unreadable")
    # As it would come by redirect, so that what is judged further on is the text that was signed and no other.
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = base64.b64encode(packing.compress(xml.encode()) + packing.flush()).decode()
    values = {"SAMLRequest": packed, **({"RelayState": relay_state} if relay_state else {})}
    return LogoutRequest(query="", values=values, xml=xml, issuer=_issuer(xml))


def _issuer(xml: str) -> str:
    try:
        return str(OneLogin_Saml2_Logout_Request.get_issuer(xml) or "")
    except _FAULTS as error:
        raise SsoRefused("saml_unreadable") from error


def judge_request(
    configuration: SamlConfiguration, pair: SigningPair, request: LogoutRequest, *, address: str, now: dt.datetime
) -> Logout:
    """Whom the provider signs out. Raises SsoRefused."""
    security = _SIGNED if request.query else {**_SIGNED, "wantMessagesSigned": False}
    auth = saml_auth(
        configuration, address, path=LOGOUT, pair=pair, security=security, query=request.query, values=request.values
    )
    try:
        root = OneLogin_Saml2_XML.to_etree(request.xml)
        if not request.query:
            require_signed(root, request.xml, configuration.certificates)
        answer = auth.process_slo(keep_local_session=True)
        issued_at = OneLogin_Saml2_Utils.parse_SAML_to_time(root.get("IssueInstant"))
        name_id = str(OneLogin_Saml2_Logout_Request.get_nameid(request.xml))
        sessions = OneLogin_Saml2_Logout_Request.get_session_indexes(request.xml)
    except _FAULTS as error:
        raise SsoRefused("saml_unreadable", detail=str(error)) from error
    if auth.get_errors() or answer is None:
        raise SsoRefused("saml_invalid", detail=str(auth.get_last_error_reason() or auth.get_errors()))
    if root.get("Destination") != f"{address}{LOGOUT}":
        raise SsoRefused("saml_destination")
    at = dt.datetime.fromtimestamp(issued_at, dt.UTC)
    if abs(now - at) > _YOUNG:
        raise SsoRefused("saml_old")
    return Logout(
        id=str(root.get("ID")),
        expires_at=at + 2 * _YOUNG,
        name_id=name_id,
        sessions=frozenset(str(one) for one in sessions),
        answer_address=str(answer),
    )


def _inflate(text: str) -> str:
    """The XML of a redirected message; a small one that would grow without end is not unpacked."""
    try:
        unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
        found = unpacking.decompress(base64.b64decode(text, validate=True), _MOST_BYTES)
        if not text or unpacking.unconsumed_tail:
            raise SsoRefused("saml_unreadable")
        return found.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError) as error:
        raise SsoRefused("saml_unreadable") from error
