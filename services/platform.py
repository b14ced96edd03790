"""One running installation: settings, metadata, master key and open stores, made once per process."""

import hashlib
import hmac
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import Clock, utc_now
from core.master_key import MasterKeySource
from core.secrets import Secret, unwrap, wrap
from core.settings import Settings
from services.access_log import AccessLog
from services.kept import Kept
from services.question_log import QuestionLog
from services.results import ResultCache
from services.rollup_shelf import RollupShelf
from services.sync.running import RunningSyncs
from tenants import directory
from tenants.keyring import Keyring
from tenants.metadata import Metadata
from tenants.schema import SecretRow, TenantRow
from tenants.seats import without_seats
from tenants.store import StoreLimits, StorePlace, StorePool
from tenants.store.place import bytes_stored, region_left, region_unknown
from tenants.tenant import Tenant

# In the folder of a store whose erasure was begun.
ERASING = "erasing"
# So many forecasts and scans are kept: a few for each of the pages that are open.
_KEPT_FORESIGHT = 200

if TYPE_CHECKING:
    from tenants.store.store import Store


def is_installed(settings: Settings) -> bool:
    """Whether the data folder is one of ours already; a metadata database elsewhere counts as one."""
    return settings.metadata_url is not None or (settings.folder / "metadata.sqlite3").exists()


def secret_context(tenant: Tenant, name: str) -> str:
    """What a secret of a tenant is bound to."""
    return f"{tenant.id}/{name}"


class Platform:
    """Everything a use case needs. Close it when the process ends. Raises KeyFault before anything is touched."""

    def __init__(self, settings: Settings, *, clock: Clock = utc_now) -> None:
        self.settings = settings
        self.clock = clock
        was_installed = is_installed(settings)
        settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.keys = Keyring(MasterKeySource(settings))
        self.metadata = Metadata(settings.metadata_address, info={"clock": clock, "sign": self.keys.sign})
        try:
            self.keys.open(self.metadata)
        except Exception:
            self.metadata.close()
            raise
        self.access_log = AccessLog(self.session)
        self.results = ResultCache(settings.result_cache_mb * 1024 * 1024)
        self.foresight = Kept(most=_KEPT_FORESIGHT)
        self.rollups = RollupShelf()
        self.questions = QuestionLog()
        self.limits = StoreLimits(
            memory_mb=settings.store_memory_mb,
            threads=settings.store_threads,
            timeout_s=settings.query_timeout_s,
            max_rows=settings.query_max_rows,
            disk_mb=settings.store_disk_mb,
        )
        if was_installed:
            # What an import that was killed has left behind; whoever holds the data folder has it alone.
            for folder in settings.region_folders.values():
                shutil.rmtree(folder / "staging", ignore_errors=True)
            self._finish_erasures()
        self.syncs = RunningSyncs()
        self.stores = StorePool(most_open=settings.open_stores)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One metadata transaction."""
        with self.metadata.session() as session:
            yield session

    def store(self, tenant: Tenant) -> "Store":
        """The tenant's open store. Raises StoreBusy, StoreFault, KeyFault."""
        return self.stores.get(tenant.id, tenant.slug, lambda: self.store_place(tenant))

    def keep_secret(self, session: Session, tenant: Tenant, name: str, value: str) -> None:
        """Keep a secret of a tenant, encrypted under its key and bound to its name. Raises KeyFault."""
        # The key is read in this transaction: one that is changed meanwhile waits, and finds this secret.
        directory.lock_key(session, tenant.id)
        wrapped, _ = directory.wrapped_key(session, tenant.id)
        key = self.keys.unwrap(wrapped, context=tenant.id)
        sealed = wrap(key, Secret(value.encode()), context=secret_context(tenant, name))
        session.merge(SecretRow(tenant_id=tenant.id, name=name, sealed=sealed))

    def find_secret(self, session: Session, tenant: Tenant, name: str) -> str | None:
        """A kept secret, or None. Raises KeyFault."""
        row = session.get(SecretRow, (tenant.id, name))
        if row is None:
            return None
        wrapped, _ = directory.wrapped_key(session, tenant.id)
        key = self.keys.unwrap(wrapped, context=tenant.id)
        return unwrap(key, row.sealed, context=secret_context(tenant, name)).reveal().decode()

    def _finish_erasures(self) -> None:
        if any(mark for folder in self.settings.region_folders.values() for mark in folder.glob(f"*/{ERASING}")):
            from services.erasure import finish_erasures

            finish_erasures(self.settings, self.metadata)

    def store_place(self, tenant: Tenant) -> StorePlace:
        """Which file is the tenant's store, its key and its limits. Raises KeyFault, StoreFault."""
        with self.session() as session:
            wrapped, generation = directory.wrapped_key(session, tenant.id)
            region, own = session.execute(
                select(TenantRow.region, TenantRow.limits).where(TenantRow.id == tenant.id)
            ).one()
        return StorePlace(
            generation=generation,
            key=self.keys.unwrap(wrapped, context=tenant.id),
            folder=self.store_folder(tenant.id, region),
            limits=self.limits.with_own(without_seats(own)),
        )

    def store_folder(self, tenant_id: str, region: str) -> Path:
        """Where the store of a tenant of that region is. Raises StoreFault rather than go to another place."""
        base = self.settings.region_folders.get(region)
        if base is None:
            raise region_unknown(region)
        folder = base / tenant_id
        if not folder.resolve().is_relative_to(base.resolve()):
            raise region_left(region, folder)
        return folder

    def staging_folder(self, tenant: Tenant) -> Path:
        """Where files of the tenant wait on their way, in its region; emptied at start."""
        return self.store_place(tenant).folder.parent / "staging"

    def bytes_stored(self, tenant: Tenant) -> int:
        """The size of everything the tenant's store keeps on the disk."""
        return bytes_stored(self.store_place(tenant).folder)

    def store_key(self, tenant: Tenant) -> Secret:
        """The key of the tenant's store and secrets. Raises KeyFault."""
        return self.store_place(tenant).key

    def derived_secret(self, tenant: Tenant, purpose: str) -> str:
        """A secret of the tenant for one purpose, from which its key cannot be told. Raises KeyFault."""
        return hmac.new(self.store_key(tenant).reveal(), purpose.encode(), hashlib.sha256).hexdigest()

    def tenant(self, slug: str) -> Tenant:
        """The tenant of that short name. Raises InvalidError with the nearest names."""
        with self.session() as session:
            return directory.require_tenant(session, slug)

    def close(self) -> None:
        """Close all stores and connections."""
        self.syncs.stop_all()
        self.stores.close()
        self.metadata.close()
