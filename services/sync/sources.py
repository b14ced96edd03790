"""The sources of a tenant. One is saved only after it was reached; its secrets are sealed under the tenant's key."""

import datetime as dt
import re
import shutil
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import pyarrow as pa
from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connectors.contract import (
    Connection,
    Reach,
    SourceConfig,
    SourceKind,
    Stream,
    StreamPlan,
    SyncMode,
    secret_fields,
    secrets_of,
)
from connectors.errors import IdentityChangedError
from connectors.registry import require_kind
from core.clock import as_utc
from core.errors import AppError, ConflictError, ForbiddenError, InternalError, InvalidError
from core.ids import new_id
from services.permitted import permitted
from services.platform import Platform
from services.sync.choice import StreamChoice, StreamWish, choose_streams
from services.sync.redaction import Redactor
from services.sync.running import SyncStopped
from tenants.access import Permission, Principal
from tenants.access.data_grants import DataKind, find_place, hides, level_of_data
from tenants.access.grants import Level, reader_values, reading_of
from tenants.audit import AuditAction, record_event
from tenants.schema import SecretRow
from tenants.source_schema import SourceRow

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A configured source. `detail` tells where its data comes from; `identity` whose data it is."""

    id: str
    name: str
    kind: str
    label: str
    detail: str
    identity: str
    streams: Mapping[str, StreamChoice]
    is_operators: bool
    configuration: Mapping[str, object]
    schedule: str
    next_run_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a source answered: whose data it has, and its streams."""

    identity: str
    streams: tuple[Stream, ...]


@permitted(Permission.SOURCE_CONFIGURE)
def try_source(platform: Platform, principal: Principal, kind: str, values: Mapping[str, object]) -> Checked:
    """Reach a source that is not saved yet. Raises SourceError, InvalidError, RefusedError, OutboundRefused."""
    found = require_kind(kind)
    config = parse_config(found, values)
    with _connected(platform, principal, found, config, is_operators=principal.member_id is None) as connection:
        return Checked(identity=connection.check(), streams=tuple(connection.discover()))


@permitted(Permission.SOURCE_CONFIGURE)
def preview_source(
    platform: Platform, principal: Principal, kind: str, values: Mapping[str, object], stream: str | None, *, rows: int
) -> pa.Table:
    """The first rows of a stream, or of the first one, of a source that is not saved. Raises as `try_source`."""
    found = require_kind(kind)
    config = parse_config(found, values)
    with _connected(platform, principal, found, config, is_operators=principal.member_id is None) as connection:
        plan = StreamPlan(name=stream or connection.discover()[0].name, mode=SyncMode.FULL)
        for batch in connection.read(plan, None):
            if batch.rows is not None and batch.rows.num_rows:
                return batch.rows.slice(0, rows)
    return pa.table({})


@permitted(Permission.SOURCE_CONFIGURE)
def save_source(
    platform: Platform,
    principal: Principal,
    *,
    name: str,
    kind: str,
    values: Mapping[str, object],
    wishes: Mapping[str, StreamWish] | None = None,
    prefix: str = "",
) -> Source:
    """Reach a source, choose how its streams are synced, and keep it. Raises as `try_source`, and ConflictError."""
    if not _NAME.fullmatch(name):
        raise InvalidError(f"The name {name!r} must be a short word in small letters and digits, such as crm.")
    found = require_kind(kind)
    config = parse_config(found, values)
    checked = try_source(platform, principal, kind, values)
    choices = choose_streams(checked.streams, wishes or {}, found.CAPABILITIES, prefix=prefix)
    with platform.session() as session:
        if _find(session, principal, name) is not None:
            raise ConflictError(f"There is a source {name} already. Choose another name, or remove it first.")
        row = SourceRow(
            id=new_id(),
            tenant_id=principal.tenant.id,
            name=name,
            kind=kind,
            detail=found.describe(config)[:400],
            configuration=config.model_dump(mode="json", exclude=set(secret_fields(found.Config))),
            streams={stream: choice.model_dump(mode="json") for stream, choice in choices.items()},
            identity=checked.identity,
            is_operators=principal.member_id is None,
            schedule="",
            created_at=platform.clock(),
            created_by=principal.email,
        )
        session.add(row)
        for field, secret in secrets_of(config).items():
            platform.keep_secret(session, principal.tenant, _secret_name(row.id, field), secret)
        record_event(session, AuditAction.SOURCE_SAVED, subject=name, principal=principal, after=_told(row, config))
        session.flush()
        return _source(row)


@permitted(Permission.DATA_READ)
def list_sources(platform: Platform, principal: Principal) -> list[Source]:
    """The sources of the principal's tenant by name."""
    own = (SourceRow.tenant_id == principal.tenant.id, ~hides(reading_of(principal), DataKind.SOURCE, SourceRow.name))
    statement = select(SourceRow).where(*own).order_by(SourceRow.name)
    with platform.session() as session:
        return [_source(row) for row in session.scalars(statement, reader_values(principal))]


@permitted(Permission.DATA_READ)
def require_source(platform: Platform, principal: Principal, name: str, *, level: Level = Level.VIEW) -> Source:
    """A source by name. Raises ForbiddenError, which reads the same for another tenant's and one not granted."""
    with platform.session() as session:
        row = _find(session, principal, name)
        granted = level_of_data(session, principal, DataKind.SOURCE, name)
        if row is None or granted < Level.VIEW:
            raise ForbiddenError(f"There is no source {name}.")
        if granted < level:
            raise ForbiddenError(f"You may see the source {name}, but not sync or change it.")
        return _source(row)


@permitted(Permission.SOURCE_SYNC)
def check_source(platform: Platform, principal: Principal, name: str) -> Checked:
    """Reach a saved source. Raises SourceError, OutboundRefused."""
    source = require_source(platform, principal, name)
    with open_source(platform, principal, source) as connection:
        return Checked(identity=connection.check(), streams=tuple(connection.discover()))


@permitted(Permission.SOURCE_CONFIGURE)
def change_source(platform: Platform, principal: Principal, name: str, values: Mapping[str, object]) -> Source:
    """Reach a source as it shall be, and keep that: another address, or credentials that are in force again.

    Fields that are not given stay. Secrets stay only where nothing else changes: what was typed for one address is not
    sent to another. Raises as `try_source`, IdentityChangedError, ForbiddenError, ConflictError.
    """
    source = require_source(platform, principal, name, level=Level.EDIT)
    found = require_kind(source.kind)
    config = parse_config(found, {**_kept_values(platform, principal, source, values), **values})
    is_operators = principal.member_id is None
    with platform.syncs.claim(source.id, name):
        with _connected(platform, principal, found, config, is_operators=is_operators) as connection:
            require_identity(source, connection.check())
        with platform.session() as session:
            row = session.get_one(SourceRow, source.id)
            before = _told(row, config)
            row.detail, row.is_operators = found.describe(config)[:400], is_operators
            row.configuration = config.model_dump(mode="json", exclude=set(secret_fields(found.Config)))
            for field in secret_fields(found.Config):
                _forget_secret(session, principal, row.id, field)
            for field, secret in secrets_of(config).items():
                platform.keep_secret(session, principal.tenant, _secret_name(row.id, field), secret)
            after = _told(row, config)
            record_event(
                session, AuditAction.SOURCE_SAVED, subject=name, principal=principal, before=before, after=after
            )
            session.flush()
            return _source(row)


def require_identity(source: Source, found: str) -> None:
    """Raises IdentityChangedError where a source answers with another account's data than before."""
    if source.identity and found != source.identity:
        raise IdentityChangedError(
            f"The source was connected to {source.identity} and now answers as {found}. Nothing was read. Connect the "
            "first account again, or add the other one as a source of its own."
        )


@permitted(Permission.SOURCE_CONFIGURE)
def remove_source(platform: Platform, principal: Principal, name: str, *, drops_tables: bool = False) -> list[str]:
    """Forget a source, its runs and its secrets. Its tables stay, or go with their history; gives those that went.

    Raises ForbiddenError, ConflictError also where its tables stay and are for some alone as long as it is there.
    """
    source = require_source(platform, principal, name, level=Level.EDIT)
    with platform.session() as session:
        place = find_place(session, principal, DataKind.SOURCE, name)
        if not drops_tables and place is not None and (place.is_restricted or place.folder_id is not None):
            raise ConflictError(
                f"Only some may see {name}; without it everybody could see its tables. Share it with everybody first,"
                " or let its tables go with it."
            )
    with platform.syncs.claim(source.id, name), platform.session() as session:
        _forget_secret(session, principal, source.id, "")
        session.execute(delete(SourceRow).where(SourceRow.id == source.id))
        record_event(
            session, AuditAction.SOURCE_REMOVED, subject=name, principal=principal, data={"drops_tables": drops_tables}
        )
        return platform.store(principal.tenant).drop_source(source.id) if drops_tables else []


@contextmanager
def open_source(platform: Platform, principal: Principal, source: Source) -> Iterator[Connection]:
    """A saved source, opened with its secrets, none of which is in any error."""
    found = require_kind(source.kind)
    config = parse_config(found, _kept_values(platform, principal, source, {}))
    with _connected(platform, principal, found, config, is_operators=source.is_operators) as connection:
        yield connection


def _kept_values(
    platform: Platform, principal: Principal, source: Source, changes: Mapping[str, object]
) -> dict[str, object]:
    """The configuration with its secrets, but for those that may not be used with `changes`."""
    fields = secret_fields(require_kind(source.kind).Config)
    if any(name not in fields and source.configuration.get(name) != value for name, value in changes.items()):
        return dict(source.configuration)
    with platform.session() as session:
        names = {field: _secret_name(source.id, field) for field in fields}
        secrets = {field: platform.find_secret(session, principal.tenant, name) for field, name in names.items()}
    return {**source.configuration, **{field: secret for field, secret in secrets.items() if secret is not None}}


@contextmanager
def _connected(
    platform: Platform, principal: Principal, kind: SourceKind, config: SourceConfig, *, is_operators: bool
) -> Iterator[Connection]:
    work = platform.staging_folder(principal.tenant) / "sources" / new_id()
    work.mkdir(parents=True)
    reach = Reach(
        work=work,
        allowed_hosts=platform.settings.allowed_hosts,
        folders=None if is_operators else platform.settings.allowed_folders,
        is_operators=is_operators,
    )
    redactor = Redactor(kind.secret_texts(config))
    try:
        with kind.connect(config, reach) as connection:
            yield connection
    except AppError as error:
        error.message = redactor.hide(error.message)
        error.args = (error.message,)
        raise
    except SyncStopped:
        raise
    except Exception as error:
        # What a driver says, and what stands around it, may hold a secret: only the redacted text goes on.
        raise InternalError(redactor.hide("".join(traceback.format_exception(error)))) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def parse_config(kind: SourceKind, values: Mapping[str, object]) -> SourceConfig:
    """A configuration from what was typed. Raises InvalidError with all problems at once, which repeats no value."""
    try:
        return kind.Config.model_validate(dict(values))
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        known = ", ".join(kind.Config.model_fields)
        raise InvalidError(f"The source cannot be used: {problems}. Its fields: {known}.") from None


def _find(session: Session, principal: Principal, name: str) -> SourceRow | None:
    return session.scalar(select(SourceRow).where(SourceRow.tenant_id == principal.tenant.id, SourceRow.name == name))


def _forget_secret(session: Session, principal: Principal, source_id: str, field: str) -> None:
    """Forget the secret of a field, or those of all fields for none."""
    is_secret = SecretRow.name.startswith(_secret_name(source_id, field), autoescape=True)
    session.execute(delete(SecretRow).where(SecretRow.tenant_id == principal.tenant.id, is_secret))


def _secret_name(source_id: str, field: str) -> str:
    return f"source/{source_id}/{field}"


def _told(row: SourceRow, config: SourceConfig) -> dict[str, object]:
    return {
        "kind": row.kind,
        "detail": row.detail,
        "configuration": row.configuration,
        "secrets": sorted(secrets_of(config)),
        "streams": row.streams,
    }


def _source(row: SourceRow) -> Source:
    return Source(
        id=row.id,
        name=row.name,
        kind=row.kind,
        label=require_kind(row.kind).LABEL,
        detail=row.detail,
        identity=row.identity,
        streams={
            name: StreamChoice.model_validate(choice)
            for name, choice in cast(dict[str, dict[str, object]], row.streams).items()
        },
        is_operators=row.is_operators,
        configuration=row.configuration,
        schedule=row.schedule,
        next_run_at=None if row.next_run_at is None else as_utc(row.next_run_at),
    )
