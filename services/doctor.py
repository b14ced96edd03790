"""Checks of an installation, each with what to do when it fails."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy import text

from core.errors import UserError
from services.definitions import find_whole_catalog
from services.platform import Platform
from tenants import directory
from tenants.tenant import Tenant

_LEAST_FREE = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    detail: str

    def as_json(self) -> dict[str, object]:
        """The check as JSON."""
        return {"name": self.name, "ok": self.ok, "detail": self.detail}


def run_checks(platform: Platform, progress: Callable[[str], None]) -> list[Check]:
    """All checks; a failing one does not stop the others."""
    checks = [_python(), _folder(platform), _metadata(platform), _key(platform)]
    with platform.session() as session:
        tenants = directory.list_tenants(session)
    for tenant in tenants:
        progress(f"Looking at {tenant.slug}")
        checks.append(_store(platform, tenant))
        checks.append(_definitions(platform, tenant))
    return checks


def _python() -> Check:
    found = ".".join(str(part) for part in sys.version_info[:3])
    engines = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "duckdb-extension-httpfs", "streamlit"))
    matches = version("duckdb") == version("duckdb-extension-httpfs")
    advice = "" if matches else "; the two duckdb packages must have one version: run `make run` to install the lock"
    return Check(name="Python and packages", ok=matches, detail=f"Python {found}, {engines}{advice}")


def _folder(platform: Platform) -> Check:
    folder = platform.settings.folder
    free = shutil.disk_usage(folder).free
    advice = "" if free >= _LEAST_FREE else "; make room, an import needs about twice its file's size"
    return Check(name="Data folder", ok=free >= _LEAST_FREE, detail=f"{folder}, {free / 1e9:.1f} GB free{advice}")


def _metadata(platform: Platform) -> Check:
    with platform.session() as session:
        revision = session.scalar(text("SELECT version_num FROM alembic_version"))
    kind = platform.metadata.engine.dialect.name
    return Check(name="Metadata", ok=revision is not None, detail=f"{kind}, schema version {revision}")


def _key(platform: Platform) -> Check:
    # A platform with a wrong or missing key does not start.
    settings = platform.settings
    origin = str(settings.master_key_path)
    if settings.master_key is not None:
        origin = "PLUMBLINE_MASTER_KEY"
    elif settings.master_key_command is not None:
        origin = "PLUMBLINE_MASTER_KEY_COMMAND"
    return Check(name="Master key", ok=True, detail=f"from {origin}")


def _store(platform: Platform, tenant: Tenant) -> Check:
    try:
        store = platform.store(tenant)
        counts = store.row_counts()
    except UserError as error:
        return Check(name=f"Store of {tenant.slug}", ok=False, detail=error.message)
    detail = f"{len(counts)} tables, {sum(counts.values()):,} rows, data version {store.watermark()}"
    return Check(name=f"Store of {tenant.slug}", ok=True, detail=detail)


def _definitions(platform: Platform, tenant: Tenant) -> Check:
    name = f"Metrics of {tenant.slug}"
    try:
        catalog = find_whole_catalog(platform, tenant)
    except UserError as error:
        return Check(name=name, ok=False, detail=error.message)
    if catalog is None:
        return Check(name=name, ok=True, detail="none defined yet")
    return Check(name=name, ok=True, detail=f"{len(catalog.metrics)} metrics in {len(catalog.models)} models")
