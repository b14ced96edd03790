"""The keys of an installation: the master key, and what it wraps: the log's signing key and every tenant's key."""

import hashlib
import hmac
from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.master_key import MasterKeySource
from core.secrets import KeyFault, Secret, new_key, unwrap, wrap
from tenants.audit.chain import sign_head
from tenants.changes import insert_into
from tenants.metadata import Metadata
from tenants.schema import AuditHeadRow, InstallationKeyRow, TenantRow

_AUDIT = "audit"
# Not a key: tells which master key the others are wrapped with, without opening any.
_CHECK = "check"
_FIRST_WITH_KEYS = "0002"


class Keyring:
    """Unwraps keys, signs heads of audit logs, and changes the master key."""

    def __init__(self, source: MasterKeySource) -> None:
        self._source = source
        self._wrapped_audit_key: bytes | None = None
        self._audit_key: Secret | None = None
        self.master: Secret

    @property
    def is_file(self) -> bool:
        """Whether the product itself can put a new master key in place."""
        return self._source.is_file

    def open(self, metadata: Metadata) -> None:
        """Find the master key, migrate, and have a signing key. Raises KeyFault before anything is changed."""
        version = metadata.version()
        fits = None if version is None else _find_fits(metadata, version)
        self.master = self._source.load_or_create() if fits is None else self._source.choose(fits)
        metadata.migrate()
        with metadata.session() as session:
            self._wrapped_audit_key = _require_keys(session, self.master)
            if version is not None and version < _FIRST_WITH_KEYS:
                self._sign_migrated(session)

    def sign(self, message: bytes) -> str:
        """HMAC-SHA-256 of a message under the log's key, in hexadecimal."""
        if self._audit_key is None:
            if self._wrapped_audit_key is None:
                raise RuntimeError("the keyring was not opened")
            self._audit_key = unwrap(self.master, self._wrapped_audit_key, context=_AUDIT)
        return hmac.new(self._audit_key.reveal(), message, hashlib.sha256).hexdigest()

    def unwrap(self, wrapped: bytes, *, context: str) -> Secret:
        """A tenant's key. Raises KeyFault."""
        return unwrap(self.master, wrapped, context=context)

    def open_earlier(self, wrapped: bytes, *, context: str, given: Secret | None = None) -> Secret:
        """A key that may be wrapped with an earlier master key, or with one that is given. Raises KeyFault."""
        for master in (self.master, *self._source.retired(), *([given] if given else [])):
            if _fits(wrapped, context)(master):
                return unwrap(master, wrapped, context=context)
        raise KeyFault(
            "No master key there is opens this. Nothing was changed. Name the file of the master key that was in force "
            "when it was written with --key-file."
        )

    def rotate_master(
        self, metadata: Metadata, new: Secret, *, record: Callable[[Session, int], None], step: Callable[[str], None]
    ) -> int:
        """Wrap every key with a new master key, in one transaction; returns how many. `step` is told of each step."""
        if self._source.is_file:
            self._source.prepare(new)
            step("The new key is written beside the present one")
        with metadata.session() as session:
            count = _wrap_anew(session, self.master, new)
            record(session, count)
        step("Every key is wrapped anew")
        self.master = new
        if self._source.is_file:
            self._source.finish()
            step("The new key is in place")
        return count

    def _sign_migrated(self, session: Session) -> None:
        """Sign the heads that the migration made of logs from before they were signed."""
        for head in session.scalars(select(AuditHeadRow).where(AuditHeadRow.seal == "")):
            head.seal = sign_head(self.sign, head.tenant_id, head.sequence, head.hash)


def _find_fits(metadata: Metadata, version: str) -> Callable[[Secret], bool] | None:
    """What tells whether a master key is the one in use; None where nothing is wrapped yet."""
    with metadata.session() as session:
        if version >= _FIRST_WITH_KEYS:
            kept = _kept(session)
            if _CHECK in kept:
                return lambda master: hmac.compare_digest(_check_of(master), kept[_CHECK])
            found = next(((wrapped, name) for name, wrapped in kept.items()), None)
        else:
            row = session.execute(select(TenantRow.wrapped_key, TenantRow.id)).first()
            found = None if row is None else (row[0], row[1])
    return None if found is None else _fits(*found)


def _require_keys(session: Session, master: Secret) -> bytes:
    """The wrapped key that signs audit logs. What an installation does not have yet is made."""
    kept = _kept(session)
    if not {_AUDIT, _CHECK} <= kept.keys():
        fresh = [
            {"name": _AUDIT, "wrapped_key": wrap(master, new_key(), context=_AUDIT)},
            {"name": _CHECK, "wrapped_key": _check_of(master)},
        ]
        # Of two processes that begin one installation, the second takes what the first has written.
        session.execute(insert_into(session, InstallationKeyRow).values(fresh).on_conflict_do_nothing())
        kept = _kept(session)
    return kept[_AUDIT]


def _kept(session: Session) -> dict[str, bytes]:
    return {row.name: row.wrapped_key for row in session.scalars(select(InstallationKeyRow))}


def _check_of(master: Secret) -> bytes:
    """HMAC-SHA-256 of a fixed text under the master key, which tells nothing of the key."""
    return hmac.new(master.reveal(), b"the master key of this installation", hashlib.sha256).digest()


def _fits(wrapped: bytes, context: str) -> Callable[[Secret], bool]:
    def fits(master: Secret) -> bool:
        try:
            unwrap(master, wrapped, context=context)
        except KeyFault:
            return False
        return True

    return fits


def _wrap_anew(session: Session, old: Secret, new: Secret) -> int:
    tenants = list(session.scalars(select(TenantRow).with_for_update()))
    for row in tenants:
        row.wrapped_key = wrap(new, unwrap(old, row.wrapped_key, context=row.id), context=row.id)
    again = {
        name: wrap(new, unwrap(old, wrapped, context=name), context=name)
        for name, wrapped in _kept(session).items()
        if name != _CHECK
    }
    for name, wrapped in (again | {_CHECK: _check_of(new)}).items():
        session.execute(update(InstallationKeyRow).where(InstallationKeyRow.name == name).values(wrapped_key=wrapped))
    return len(tenants) + len(again)
