"""Password hashes: argon2id with three passes in four lanes, and 64 MiB unless an installation chooses otherwise.

These are the parameters of RFC 9106's second recommendation. OWASP asks for 19 MiB with two passes at least.
"""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import InvalidError
from tenants.access.common_passwords import is_common

MIN_LENGTH = 12
_MAX_LENGTH = 128
# Longer ones were taken before, and still open.
_MOST_COMPARED = 1024
MEMORY_MIB = 64
_PASSES, _LANES = 3, 4
# Each check takes its memory and a core: a flood of sign-ins waits here instead of filling the machine.
_at_once = threading.BoundedSemaphore(2)
# Salt and hash that are compared when there is no member, so that an unknown address takes as long as a wrong password.
# Both were drawn at random: no password has this hash.
_DECOY = "9N8XIwOiaNhk9g1N1GtGmQ$cG67H5CNisZVwpP8XiPFx76HFF5XoygiQBdjQ/E6cB8"


def hash_password(password: str, *, known: tuple[str, ...] = (), memory_mib: int = MEMORY_MIB) -> str:
    """The hash to keep. Raises InvalidError when the password is too short, too long, or among the first guessed.

    `known` are words that belong to the person; `memory_mib` is the memory that every guess will take.
    """
    if len(password) < MIN_LENGTH:
        raise InvalidError(f"The password has {len(password)} characters; it must have at least {MIN_LENGTH}.")
    if len(password) > _MAX_LENGTH:
        raise InvalidError(f"The password is longer than {_MAX_LENGTH} characters.")
    if is_common(password, known=known):
        raise InvalidError("This password is among those that are tried first. Take one that nobody else has.")
    with _at_once:
        return _hasher(memory_mib).hash(password)


def verify_password(password: str, password_hash: str | None, *, memory_mib: int = MEMORY_MIB) -> bool:
    """Whether the password fits; takes the same time where there is no hash, if others were made with that memory."""
    if len(password) > _MOST_COMPARED:
        return False
    with _at_once:
        try:
            _hasher(memory_mib).verify(password_hash or _decoy(memory_mib), password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def _hasher(memory_mib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=_PASSES, memory_cost=memory_mib * 1024, parallelism=_LANES)


def _decoy(memory_mib: int) -> str:
    return f"$argon2id$v=19$m={memory_mib * 1024},t={_PASSES},p={_LANES}${_DECOY}"
