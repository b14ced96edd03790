"""Signs mail by DKIM (RFC 6376) with the installation's key, for the domain it is sent from."""

from dataclasses import dataclass, field
from email.utils import parseaddr

from core.errors import InvalidError
from core.settings import Settings

# RFC 8058 asks that both headers of the button to unsubscribe are signed. One that is absent cannot be added later.
_SIGNED = (
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "list-unsubscribe",
    "list-unsubscribe-post",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """What signs: the key is found by the TXT record SELECTOR._domainkey.DOMAIN."""

    domain: str
    selector: str
    key: bytes = field(repr=False)

    def sign(self, content: bytes) -> bytes:
        """The header that goes before a message as it travels."""
        import dkim

        signature: bytes = dkim.sign(
            content,
            self.selector.encode(),
            self.domain.encode(),
            self.key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode() for name in _SIGNED],
        )
        return signature


def find_signer(settings: Settings) -> Signer | None:
    """Who signs; None where the operator has named no key. Raises InvalidError for a key that cannot sign."""
    if settings.dkim_key_file is None and not settings.dkim_selector:
        return None
    if settings.dkim_key_file is None or not settings.dkim_selector:
        raise InvalidError("Mail is signed with both PLUMBLINE_DKIM_SELECTOR and PLUMBLINE_DKIM_KEY_FILE; set both.")
    try:
        key = settings.dkim_key_file.read_bytes()
        _check_key(key)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it holds no RSA key in PEM"
        raise InvalidError(f"PLUMBLINE_DKIM_KEY_FILE cannot be used: {reason}.") from error
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2]
    return Signer(domain=domain, selector=settings.dkim_selector, key=key)


def _check_key(key: bytes) -> None:
    """Raises ValueError for what is no private RSA key."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        is_rsa = isinstance(load_pem_private_key(key, None), RSAPrivateKey)
    except (TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("it is locked by a password, or of a kind that is not known") from error
    if not is_rsa:
        raise ValueError("it is not an RSA key")
