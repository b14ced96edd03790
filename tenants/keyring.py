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
_FIRST_WITH_KEYS = "0002"


class Keyring:
    """Unwraps keys, signs heads of audit logs, and changes the master key."""

    def __init__(self, source: MasterKeySource) -> None:
        self._source = source
        self._audit_key: Secret | None = None
        self.master: Secret

    @property
    def is_file(self) -> bool:
        """Whether the product itself can put a new master key in place."""
        return self._source.is_file

    def open(self, metadata: Metadata) -> None:
        """Find the master key, migrate, and have a signing key. Raises KeyFault before anything is changed."""
        version = metadata.version()
        sample = None if version is None else _wrapped_sample(metadata, version)
        self.master = self._source.load_or_create() if sample is None else self._source.choose(_fits(*sample))
        metadata.migrate()
        with metadata.session() as session:
            self._audit_key = self._require_audit_key(session)
            if version is not None and version < _FIRST_WITH_KEYS:
                self._sign_migrated(session)

    def sign(self, message: bytes) -> str:
        """HMAC-SHA-256 of a message under the log's key, in hexadecimal."""
        if self._audit_key is None:
            raise RuntimeError("the keyring was not opened")
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

    def _require_audit_key(self, session: Session) -> Secret:
        wrapped = session.scalar(select(InstallationKeyRow.wrapped_key).where(InstallationKeyRow.name == _AUDIT))
        if wrapped is None:
            fresh = {"name": _AUDIT, "wrapped_key": wrap(self.master, new_key(), context=_AUDIT)}
            # Of two processes that begin one installation, the second takes what the first has written.
            session.execute(insert_into(session, InstallationKeyRow).values(fresh).on_conflict_do_nothing())
            wrapped = session.scalars(select(InstallationKeyRow.wrapped_key)).one()
        return unwrap(self.master, wrapped, context=_AUDIT)

    def _sign_migrated(self, session: Session) -> None:
        """Sign the heads that the migration made of logs from before they were signed."""
        for head in session.scalars(select(AuditHeadRow).where(AuditHeadRow.seal == "")):
            head.seal = sign_head(self.sign, head.tenant_id, head.sequence, head.hash)


def _wrapped_sample(metadata: Metadata, version: str) -> tuple[bytes, str] | None:
    """Any wrapped key and its context; None where nothing is wrapped yet."""
    with metadata.session() as session:
        if version >= _FIRST_WITH_KEYS:
            found = session.execute(select(InstallationKeyRow.wrapped_key, InstallationKeyRow.name)).first()
        else:
            found = session.execute(select(TenantRow.wrapped_key, TenantRow.id)).first()
    return None if found is None else (found[0], found[1])


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
    keys = list(session.scalars(select(InstallationKeyRow)))
    for key in keys:
        again = wrap(new, unwrap(old, key.wrapped_key, context=key.name), context=key.name)
        session.execute(update(InstallationKeyRow).where(InstallationKeyRow.name == key.name).values(wrapped_key=again))
    return len(tenants) + len(keys)
