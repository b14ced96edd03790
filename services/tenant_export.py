"""Everything a tenant has, as a ZIP file of open formats: Parquet, YAML, JSON lines. Secrets and keys are left out."""

import base64
import datetime as dt
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from services.backups import Step, working_folder
from services.files import making_file
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.backup.rows import FLEETING, read_rows, tenant_tables
from tenants.documents import DocumentKind, list_documents

if TYPE_CHECKING:
    from tenants.store.store import Store

_SECRET_TABLES = FLEETING | {"secrets"}
_SECRET_COLUMNS = frozenset({"challenge", "code_hash", "password_hash", "token_hash", "wrapped_key"})
_READ_ME = """Everything Plumbline keeps of {slug}, as of {now:%Y-%m-%d %H:%M} UTC.

data/*.parquet          the tables, with their types
documents/KIND/*.yaml   metric definitions, notebooks, policies: the versions in force
records/*.jsonl         members, settings, earlier versions, imports, the audit log: one JSON object a line

Passwords, keys and tokens are left out.
"""


@permitted(Permission.TENANT_MANAGE)
def export_tenant(platform: Platform, principal: Principal, path: Path, *, step: Step) -> dict[str, int]:
    """Write the principal's tenant as a ZIP file; returns the rows of each table. Row policies do not bind it."""
    tenant = principal.tenant
    with (
        making_file(path) as unfinished,
        working_folder(platform.staging_folder(tenant)) as work,
        zipfile.ZipFile(unfinished, "x", zipfile.ZIP_DEFLATED) as archive,
    ):
        archive.writestr("README.txt", _READ_ME.format(slug=tenant.slug, now=platform.clock()))
        rows = _add_data(archive, platform.store(tenant), work, step)
        _add_documents(archive, platform, principal)
        _add_records(archive, platform, tenant.id, work, step)
    with platform.session() as session:
        record_event(
            session,
            AuditAction.TENANT_EXPORTED,
            subject=path.name,
            principal=principal,
            data={"rows": rows, "bytes": path.stat().st_size},
        )
    return rows


def _add_data(archive: zipfile.ZipFile, store: "Store", work: Path, step: Step) -> dict[str, int]:
    rows: dict[str, int] = {}
    for name in store.schema():
        step(f"Writing {name}")
        file = work / "table.parquet"
        rows[name] = store.write_parquet(name, file)
        # Parquet is compressed already.
        archive.write(file, f"data/{_file_name(name)}.parquet", zipfile.ZIP_STORED)
    return rows


def _add_documents(archive: zipfile.ZipFile, platform: Platform, principal: Principal) -> None:
    with platform.session() as session:
        for kind in DocumentKind:
            for document in list_documents(session, principal.tenant.id, kind):
                archive.writestr(f"documents/{kind.value}/{_file_name(document.name)}.yaml", document.text)


def _add_records(archive: zipfile.ZipFile, platform: Platform, tenant_id: str, work: Path, step: Step) -> None:
    step("Writing members, settings and the audit log")
    with platform.metadata.engine.connect() as connection:
        for table, condition in tenant_tables(tenant_id).items():
            if table.name not in _SECRET_TABLES:
                file = work / "records.jsonl"
                with file.open("w") as target:
                    target.writelines(_lines(read_rows(connection, table, condition)))
                archive.write(file, f"records/{table.name}.jsonl")


def _lines(rows: Iterator[dict[str, object]]) -> Iterator[str]:
    for row in rows:
        kept = {name: value for name, value in row.items() if name not in _SECRET_COLUMNS}
        yield json.dumps(kept, default=_as_text, ensure_ascii=False) + "\n"


def _as_text(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _file_name(name: str) -> str:
    """A name that is one path segment, whatever somebody called their table."""
    return name.replace("/", "_").replace("\\", "_").lstrip(".") or "unnamed"
