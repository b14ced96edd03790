"""One running installation: settings, metadata, master key and open stores, made once per process."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import Clock, utc_now
from core.secrets import KeyFault, Secret, load_or_create_key, parse_key, unwrap
from core.settings import Settings
from tenants import directory
from tenants.metadata import Metadata
from tenants.schema import TenantRow
from tenants.store import StoreLimits, StorePool
from tenants.tenant import Tenant

if TYPE_CHECKING:
    from tenants.store.store import Store


def is_installed(settings: Settings) -> bool:
    """Whether the data folder is one of ours already; a metadata database elsewhere counts as one."""
    return settings.metadata_url is not None or (settings.folder / "metadata.sqlite3").exists()


class Platform:
    """Everything a use case needs. Close it when the process ends. Raises KeyFault before anything is touched."""

    def __init__(self, settings: Settings, *, clock: Clock = utc_now) -> None:
        self.settings = settings
        self.clock = clock
        was_installed = is_installed(settings)
        settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.metadata = Metadata(settings.metadata_address)
        try:
            self.metadata.migrate()
            self._refuse_lost_key()
        except Exception:
            self.metadata.close()
            raise
        limits = StoreLimits(
            memory_mb=settings.store_memory_mb,
            threads=settings.store_threads,
            timeout_s=settings.query_timeout_s,
            max_rows=settings.query_max_rows,
        )
        if was_installed:
            # What an import that was killed has left behind; whoever holds the data folder has it alone.
            shutil.rmtree(settings.staging_folder, ignore_errors=True)
        self.stores = StorePool(settings.stores_folder, settings.staging_folder, limits)

    @cached_property
    def master(self) -> Secret:
        """The key that wraps the tenants' keys. Raises KeyFault."""
        if self.settings.master_key is not None:
            return parse_key(self.settings.master_key.get_secret_value(), origin="PLUMBLINE_MASTER_KEY")
        return load_or_create_key(self.settings.master_key_file)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One metadata transaction."""
        with self.metadata.session() as session:
            yield session

    def store(self, tenant: Tenant) -> "Store":
        """The tenant's open store. Raises StoreBusy, StoreFault, KeyFault."""
        return self.stores.get(tenant.id, tenant.slug, lambda: self._key(tenant))

    def tenant(self, slug: str) -> Tenant:
        """The tenant of that short name. Raises InvalidError with the nearest names."""
        with self.session() as session:
            return directory.require_tenant(session, slug)

    def close(self) -> None:
        """Close all stores and connections."""
        self.stores.close()
        self.metadata.close()

    def _key(self, tenant: Tenant) -> Secret:
        with self.session() as session:
            wrapped = directory.wrapped_key(session, tenant.id)
        return unwrap(self.master, wrapped, context=tenant.id)

    def _refuse_lost_key(self) -> None:
        """Making a new master key beside tenants of an old one would hide that theirs is lost."""
        if self.settings.master_key is not None or self.settings.master_key_file.exists():
            return
        with self.session() as session:
            has_tenants = session.scalar(select(TenantRow.id).limit(1)) is not None
        if has_tenants:
            raise KeyFault(
                f"The master key is missing: {self.settings.master_key_file} is gone and PLUMBLINE_MASTER_KEY is "
                "not set. Nothing was changed. Put the key back."
            )
