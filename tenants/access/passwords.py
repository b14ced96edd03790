"""Password hashes: argon2id with the parameters of RFC 9106's second recommendation (64 MiB, three passes)."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from core.errors import InvalidError
from tenants.access.common_passwords import is_common

MIN_LENGTH = 12
_MAX_LENGTH = 1024
_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
# Each check takes 64 MiB and a core: a flood of sign-ins waits here instead of filling the machine.
_at_once = threading.BoundedSemaphore(2)
# Checked when there is no member, so that an unknown address takes as long as a wrong password. Nobody knows the
# password: it was drawn at random. Making it anew at each start would take a tenth of a second.
_DECOY = "$argon2id$v=19$m=65536,t=3,p=4$9N8XIwOiaNhk9g1N1GtGmQ$cG67H5CNisZVwpP8XiPFx76HFF5XoygiQBdjQ/E6cB8"


def hash_password(password: str, *, known: tuple[str, ...] = ()) -> str:
    """The hash to keep. Raises InvalidError when the password is too short, too long, or among the first guessed.

    `known` are words that belong to the person.
    """
    if len(password) < MIN_LENGTH:
        raise InvalidError(f"The password has {len(password)} characters; it must have at least {MIN_LENGTH}.")
    if len(password) > _MAX_LENGTH:
        raise InvalidError(f"The password is longer than {_MAX_LENGTH} characters.")
    if is_common(password, known=known):
        raise InvalidError("This password is among those that are tried first. Take one that nobody else has.")
    with _at_once:
        return _hasher.hash(password)


def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; takes the same time where there is no hash."""
    if len(password) > _MAX_LENGTH:
        return False
    with _at_once:
        try:
            _hasher.verify(password_hash or _DECOY, password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None
