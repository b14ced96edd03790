"""Files in: stage, load in one transaction, report; on any failure the store is exactly as before."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select

from connectors import Progress, StagedImport, StagedTable, stage_files
from core.clock import as_utc
from core.ids import new_id
from core.result import Watermark
from services.alerts.pulse import wake_alerts
from services.answers import json_value
from services.definitions import broken_metrics
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.schema import ImportRow
from tenants.store import LoadTable
from tenants.usage import UsageItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """One finished import: its report as JSON, the data version it made, who ran it and when (UTC)."""

    report: Mapping[str, object]
    watermark: int
    created_at: datetime
    created_by: str


@permitted(Permission.DATA_IMPORT)
def import_files(
    platform: Platform,
    principal: Principal,
    paths: Sequence[Path],
    *,
    table: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, object]:
    """Load files into the tenant's store, all or none; returns the report as JSON.

    A table of the same name is replaced. Raises SourceError (with file, row and column), LimitError.
    """
    store = platform.store(principal.tenant)
    staging = store.staging / new_id()
    staging.mkdir(parents=True)
    try:
        staged = stage_files(paths, staging, table=table, progress=_telling(progress))
        before, columns = store.row_counts(), store.schema()
        broken_before = broken_metrics(platform, principal.tenant)
        progress("Loading into the store")
        watermark = store.load([LoadTable(name=one.name, parquet=one.path) for one in staged.tables])
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    report = _report(staged) | {
        "replaced": [
            _replacement(table, before[table.name], columns) for table in staged.tables if table.name in before
        ],
        "broken": {
            metric: reason
            for metric, reason in broken_metrics(platform, principal.tenant).items()
            if metric not in broken_before
        },
    }
    _record(platform, principal, watermark, report)
    return {**report, "watermark": str(watermark)}


@permitted(Permission.DATA_IMPORT)
def import_uploads(
    platform: Platform,
    principal: Principal,
    uploads: Sequence[tuple[str, BinaryIO]],
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, object]:
    """Load files that came through a page, as (file name, content); otherwise as `import_files`."""
    folder = platform.staging_folder(principal.tenant) / "uploads" / new_id()
    folder.mkdir(parents=True)
    try:
        paths: list[Path] = []
        for number, (name, content) in enumerate(uploads):
            # Only the file's own name is used, in a folder of its own: two of one name do not overwrite each other.
            path = folder / str(number) / _file_name(name)
            path.parent.mkdir()
            with path.open("wb") as file:
                shutil.copyfileobj(content, file)
            paths.append(path)
        return import_files(platform, principal, paths, progress=progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _file_name(sent: str) -> str:
    """The name of an uploaded file as this system can have it; the ending, which tells the format, is kept."""
    name = "".join(sign for sign in sent.replace("\\", "/").rpartition("/")[2] if sign.isprintable())
    name = name.encode("utf-8", "ignore")[-200:].decode("utf-8", "ignore")
    return "upload" if name in {"", ".", ".."} else name


@permitted(Permission.DATA_IMPORT)
def load_tables(platform: Platform, principal: Principal, tables: Mapping[str, pa.Table]) -> Watermark:
    """Load tables that are in memory already, in one transaction."""
    store = platform.store(principal.tenant)
    staging = store.staging / new_id()
    staging.mkdir(parents=True)
    try:
        loads: list[LoadTable] = []
        for name, table in tables.items():
            path = staging / f"{name}.parquet"
            pq.write_table(table, path, compression="lz4")
            loads.append(LoadTable(name=name, parquet=path))
        watermark = store.load(loads)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    report: dict[str, object] = {
        "tables": [{"name": name, "rows": table.num_rows, "source": "demo"} for name, table in tables.items()]
    }
    _record(platform, principal, watermark, report)
    return watermark


@permitted(Permission.DATA_READ)
def list_imports(platform: Platform, principal: Principal, *, limit: int = 50) -> list[ImportRun]:
    """The newest imports of the principal's tenant, newest first."""
    statement = (
        select(ImportRow)
        .where(ImportRow.tenant_id == principal.tenant.id)
        .order_by(ImportRow.created_at.desc())
        .limit(limit)
    )
    with platform.session() as session:
        return [
            ImportRun(
                report=row.report,
                watermark=row.watermark,
                created_at=as_utc(row.created_at),
                created_by=row.created_by,
            )
            for row in session.scalars(statement)
        ]


def _telling(progress: Callable[[str], None]) -> Callable[[Progress], None]:
    """Progress in words, at most once for each file, stage and whole per cent."""
    said: list[str] = []

    def tell(step: Progress) -> None:
        text = f"{step.stage.value.capitalize()} {step.file}, {step.share:.0%}"
        if text not in said[-1:]:
            said.append(text)
            progress(text)

    return tell


def _record(platform: Platform, principal: Principal, watermark: Watermark, report: dict[str, object]) -> None:
    tables = cast(list[dict[str, object]], report["tables"])
    names = [str(table["name"]) for table in tables]
    with platform.session() as session:
        wake_alerts(session, principal.tenant.id, platform.clock())
        session.add(
            ImportRow(
                id=new_id(),
                tenant_id=principal.tenant.id,
                watermark=watermark.version,
                report=report,
                created_at=platform.clock(),
                created_by=principal.email,
            )
        )
        record_event(
            session,
            AuditAction.DATA_IMPORTED,
            subject=", ".join(names),
            principal=principal,
            data={"watermark": watermark.version},
            usage={
                UsageItem.ROWS_LOADED: sum(cast(int, table["rows"]) for table in tables),
                UsageItem.BYTES_STORED: platform.bytes_stored(principal.tenant),
            },
        )


def _replacement(table: StagedTable, rows: int, columns: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    """What an import put in the place of: the rows there were, and the columns that went and came."""
    old, new = set(columns[table.name]), {column.name for column in table.columns}
    return {
        "table": table.name,
        "rows_before": rows,
        "columns_gone": sorted(old - new),
        "columns_new": sorted(new - old),
    }


def _report(staged: StagedImport) -> dict[str, object]:
    report = cast(dict[str, object], _json_tree(asdict(staged)))
    for table in cast(list[dict[str, object]], report["tables"]):
        # Where the rows were staged is of no use to anybody after the load.
        del table["path"]
    sentences = [join.sentence for join in staged.joins]
    for join, sentence in zip(cast(list[dict[str, object]], report["joins"]), sentences, strict=True):
        join["sentence"] = sentence
    return report


def _json_tree(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _json_tree(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json_tree(inner) for inner in value]
    return json_value(value)
