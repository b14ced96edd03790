"""The chain of a tenant's events: each line's SHA-256 covers the line and the hash of the one before.

The newest line's number and hash are the head. It is signed (HMAC-SHA-256, RFC 2104) with a key that is kept wrapped
by the master key: whoever can write to the database, but has no key, can neither cut the end off nor write it anew.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping

from core.clock import as_utc
from tenants.schema import AuditRow

Sign = Callable[[bytes], str]
# The hash before the first line.
GENESIS = "0" * 64
# What the log of the installation itself is kept under: sign-ins of addresses that belong to nobody, erasures.
INSTALLATION = ""


def canonical(value: object) -> bytes:
    """The one JSON text of a value: sorted keys, no spaces, UTF-8. Raises ValueError for what is no number."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def time_text(at: dt.datetime) -> str:
    """A time as it is hashed and exported: ISO 8601 in UTC with microseconds."""
    return as_utc(at).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def line_of(row: AuditRow) -> dict[str, object]:
    """An event as it is hashed and exported."""
    return {
        "id": row.id,
        "tenant_id": row.tenant_id,
        "sequence": row.sequence,
        "at": time_text(row.at),
        "actor": row.actor,
        "actor_id": row.actor_id,
        "address": row.address,
        "request_id": row.request_id,
        "action": row.action,
        "subject": row.subject,
        "data": row.data,
        "previous_hash": row.previous_hash,
    }


def line_hash(line: Mapping[str, object]) -> str:
    """The hash of a line as `line_of` gives it."""
    return hashlib.sha256(canonical(line)).hexdigest()


def sign_head(sign: Sign, tenant_id: str, sequence: int, newest_hash: str) -> str:
    """The signature of a head."""
    return sign(canonical(["head", tenant_id, sequence, newest_hash]))


def sign_checkpoint(sign: Sign, tenant_id: str, sequence: int, newest_hash: str, at: dt.datetime) -> str:
    """The signature of a checkpoint: up to this line the log was whole, and its lines may be gone."""
    return sign(canonical(["checkpoint", tenant_id, sequence, newest_hash, time_text(at)]))
