"""The key that requests to a SAML provider are signed with: one for each provider, kept among the tenant's secrets."""

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

_BITS = 2048
_DAYS = 3650
_CERTIFICATE = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPair:
    """A private key and its certificate, which the provider is given, as PEM."""

    key: str
    certificate: str

    def as_text(self) -> str:
        """Both in one text."""
        return self.key + self.certificate


def read_pair(text: str) -> SigningPair:
    """A pair from its text."""
    key, mark, certificate = text.partition(_CERTIFICATE)
    return SigningPair(key=key, certificate=mark + certificate)


def new_pair(name: str, now: dt.datetime) -> SigningPair:
    """A new pair, its certificate by itself, good for ten years."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=_DAYS))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SigningPair(key=private.decode(), certificate=certificate.public_bytes(serialization.Encoding.PEM).decode())
