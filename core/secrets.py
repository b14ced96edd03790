"""Keys: a master key wraps one 256-bit key per tenant (AES-256-GCM, NIST SP 800-38D).

A wrapped key is bound to its tenant's id, so a key moved to another tenant's row does not open anything. The library is
loaded by the first key that is wrapped or opened: a server at rest needs none.
"""

import base64
import binascii
import os
import secrets
from pathlib import Path

from core.errors import UserError

_NONCE_BYTES = 12
KEY_BYTES = 32


class KeyFault(UserError):
    """The master key is missing, malformed or not the one the data was written with."""

    code = "master_key"
    status = 503


class Secret:
    """Bytes that never print: `str` and `repr` give `***`."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        """The bytes themselves; call it only where they are used."""
        return self._value

    def __repr__(self) -> str:
        return "***"


def new_key() -> Secret:
    """A random 256-bit key."""
    return Secret(secrets.token_bytes(KEY_BYTES))


def parse_key(text: str, *, origin: str) -> Secret:
    """A key from its base64 form. Raises KeyFault naming `origin`."""
    try:
        value = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise KeyFault(f"The master key in {origin} is not base64.") from error
    if len(value) != KEY_BYTES:
        raise KeyFault(f"The master key in {origin} has {len(value)} bytes; it must have {KEY_BYTES}.")
    return Secret(value)


def load_or_create_key(path: Path) -> Secret:
    """The master key of a data folder, made on first use and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = base64.b64encode(new_key().reveal())
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return parse_key(path.read_text(), origin=str(path))
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    return parse_key(path.read_text(), origin=str(path))


def wrap(master: Secret, key: Secret, *, context: str) -> bytes:
    """`key` encrypted under `master` and bound to `context` (a tenant's id)."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(master.reveal()).encrypt(nonce, key.reveal(), context.encode())


def unwrap(master: Secret, wrapped: bytes, *, context: str) -> Secret:
    """The key inside `wrapped`. Raises KeyFault when the master key or the context is another."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce, body = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
    try:
        return Secret(AESGCM(master.reveal()).decrypt(nonce, body, context.encode()))
    except InvalidTag as error:
        raise KeyFault(
            "The master key is not the one this data was written with. Nothing was changed. "
            "Set PLUMBLINE_MASTER_KEY, or put back the data folder's master.key."
        ) from error
