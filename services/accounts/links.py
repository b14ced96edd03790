"""What was decided of two accounts: kept as rows of the table `account_links`, with their history, and audited.

A merged account stands for the one it is merged into wherever the revenue pack leads to accounts.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

import pyarrow as pa
from sqlglot import exp

from core.errors import ConflictError, InvalidError
from core.ids import new_id
from metrics.policy import ReaderView
from services.pack.links import LINKS
from services.permitted import permitted
from services.platform import Platform
from services.policies import find_view
from services.sync.staging import write_rows
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.tenant import Tenant

_KEY = ("source", "account_id", "kept_source", "kept_id")
_SCHEMA = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in (*_KEY, "decision", "decided_by")),
        pa.field("decided_at", pa.timestamp("us", tz="UTC")),
    ]
)


class Decision(StrEnum):
    """Whether two accounts are one."""

    DIFFERENT = "different"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An account of a source, and the account of another one that stays if both are one."""

    source: str
    account_id: str
    kept_source: str
    kept_id: str

    def __str__(self) -> str:
        return f"{self.source}/{self.account_id} and {self.kept_source}/{self.kept_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What was decided of a pair, by whom and when."""

    pair: Pair
    decision: Decision
    decided_by: str
    decided_at: dt.datetime


@permitted(Permission.SOURCE_CONFIGURE)
def list_links(platform: Platform, principal: Principal) -> list[Link]:
    """Every decision in force, the newest first."""
    return sorted(read_links(platform, principal.tenant), key=lambda link: link.decided_at, reverse=True)


@permitted(Permission.SOURCE_CONFIGURE)
def decide_pairs(platform: Platform, principal: Principal, pairs: Sequence[Pair], decision: Decision) -> int:
    """Record what was decided; gives of how many pairs. Raises ConflictError where a merge would contradict another."""
    require_all_rows(find_view(platform, principal))
    links = {link.pair: link for link in read_links(platform, principal.tenant)}
    decided: dict[Pair, Link] = {}
    for pair in pairs:
        if not all((pair.source, pair.account_id, pair.kept_source, pair.kept_id)) or pair.source == pair.kept_source:
            raise InvalidError(f"{pair}: a pair is of two accounts, of two sources.")
        if decision is Decision.SAME:
            _require_free(pair, [*links.values(), *decided.values()])
        decided[pair] = Link(pair=pair, decision=decision, decided_by=principal.email, decided_at=platform.clock())
    _store(platform, principal.tenant, rows=list(decided.values()))
    _record(platform, principal, AuditAction.ACCOUNTS_DECIDED, list(decided), {"decision": decision.value})
    return len(decided)


@permitted(Permission.SOURCE_CONFIGURE)
def undo_decision(platform: Platform, principal: Principal, pair: Pair) -> None:
    """Take back what was decided of a pair, which is to be reviewed again. Raises InvalidError."""
    require_all_rows(find_view(platform, principal))
    found = next((link for link in read_links(platform, principal.tenant) if link.pair == pair), None)
    if found is None:
        raise InvalidError(f"Nothing was decided of {pair}. `plumbline accounts list` shows what was.")
    _store(platform, principal.tenant, gone=[pair])
    _record(platform, principal, AuditAction.ACCOUNTS_UNDONE, [pair], {"decision": found.decision.value})


def read_links(platform: Platform, tenant: Tenant) -> list[Link]:
    """Every decision in force."""
    store = platform.store(tenant)
    if LINKS not in store.schema():
        return []
    rows, _ = store.query(exp.select(*_SCHEMA.names).from_(LINKS).sql("duckdb"))
    return [
        Link(
            pair=Pair(**{name: str(row[name]) for name in _KEY}),
            decision=Decision(str(row["decision"])),
            decided_by=str(row["decided_by"]),
            decided_at=cast(dt.datetime, row["decided_at"]).astimezone(dt.UTC),
        )
        for row in rows.to_pylist()
    ]


def require_all_rows(view: ReaderView | None) -> None:
    """Raises InvalidError for somebody who sees some rows only: what others own would be told or changed."""
    if view is not None:
        raise InvalidError("A policy shows you some rows only. Somebody who sees all accounts has to review them.")


def _require_free(pair: Pair, links: Sequence[Link]) -> None:
    """An account is merged once, and one that others are merged into stays."""
    for link in links:
        if link.decision is not Decision.SAME or link.pair == pair:
            continue
        other = link.pair
        if (other.source, other.account_id) == (pair.source, pair.account_id):
            raise ConflictError(f"{pair.source}/{pair.account_id} is merged already ({other}). Undo that first.")
        if (other.kept_source, other.kept_id) == (pair.source, pair.account_id):
            raise ConflictError(
                f"{other.source}/{other.account_id} is merged into {pair.source}/{pair.account_id}. Undo that first."
            )
        if (other.source, other.account_id) == (pair.kept_source, pair.kept_id):
            raise ConflictError(
                f"{pair.kept_source}/{pair.kept_id} is itself merged into {other.kept_source}/{other.kept_id}. Merge "
                f"{pair.source}/{pair.account_id} with that one."
            )


def _store(platform: Platform, tenant: Tenant, *, rows: Sequence[Link] = (), gone: Sequence[Pair] = ()) -> None:
    if not rows and not gone:
        return
    # The engine is loaded with the first store, not at start.
    from tenants.store import ChangeMode, TableChange

    store = platform.store(tenant)
    store.staging.mkdir(parents=True, exist_ok=True)
    told = [
        {**_as_values(one.pair), "decision": one.decision.value, "decided_by": one.decided_by,
         "decided_at": one.decided_at}
        for one in rows
    ]  # fmt: skip
    keys = pa.schema([_SCHEMA.field(name) for name in _KEY])
    written = [write_rows(pa.Table.from_pylist(told, schema=_SCHEMA), store.staging)] if told else []
    removed = [write_rows(pa.Table.from_pylist([_as_values(one) for one in gone], schema=keys), store.staging)]
    try:
        store.apply(
            TableChange(
                source="account links",
                stream=LINKS,
                table=LINKS,
                mode=ChangeMode.UPSERT,
                run=new_id(),
                key=_KEY,
                rows=tuple(written),
                gone=tuple(removed) if gone else (),
                types={"decided_at": "TIMESTAMP WITH TIME ZONE"},
            )
        )
    finally:
        for file in (*written, *removed):
            file.unlink(missing_ok=True)


def _as_values(pair: Pair) -> dict[str, str]:
    return {name: str(getattr(pair, name)) for name in _KEY}


def _record(
    platform: Platform, principal: Principal, action: AuditAction, pairs: Sequence[Pair], more: dict[str, object]
) -> None:
    with platform.session() as session:
        data = {"pairs": [_as_values(pair) for pair in pairs], **more}
        record_event(session, action, subject=f"{len(pairs)} pairs", principal=principal, data=data)
