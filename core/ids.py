"""Ids and random tokens."""

import secrets
import uuid


def new_id() -> str:
    """A random 128-bit id as 32 hexadecimal characters."""
    return uuid.uuid4().hex


def new_token() -> str:
    """A random 256-bit token, safe in a URL and a cookie."""
    return secrets.token_urlsafe(32)


def new_reference() -> str:
    """A short reference for an error that a person can read out, such as `7F3K-21Q9`."""
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    text = "".join(secrets.choice(alphabet) for _ in range(8))
    return f"{text[:4]}-{text[4:]}"
