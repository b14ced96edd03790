"""What of a tenant's models and tables is there for a reader, by the grants on models and sources."""

import threading
from dataclasses import dataclass
from typing import cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from metrics import Catalog
from metrics.hidden import Shown, hide
from tenants.access import Principal
from tenants.access.data_grants import DataKind, find_hidden
from tenants.source_schema import SourceRow


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenData:
    """The models that are not granted to a reader, and the tables of the sources that are not."""

    models: frozenset[str]
    tables: frozenset[str]


# A catalogue never changes, and few sets of hidden things are in use at once.
_shown: WeakKeyDictionary[Catalog, dict[HiddenData, Shown]] = WeakKeyDictionary()
_shown_lock = threading.Lock()


def find_hidden_data(session: Session | Connection, principal: Principal) -> HiddenData | None:
    """What grants hide from a principal; None where they hide nothing."""
    hidden = find_hidden(session, principal)
    if not hidden:
        return None
    models = frozenset(name for kind, name in hidden if kind is DataKind.MODEL)
    sources = [name for kind, name in hidden if kind is DataKind.SOURCE]
    return HiddenData(models=models, tables=_tables(session, principal, sources) if sources else frozenset())


def show(catalog: Catalog, hidden: HiddenData) -> Shown:
    """The catalogue as it is for a reader; the same one each time, so that what is found by it can be kept."""
    with _shown_lock:
        known = _shown.setdefault(catalog, {})
        if hidden not in known:
            known[hidden] = hide(catalog, models=hidden.models, tables=hidden.tables)
        return known[hidden]


def _tables(session: Session | Connection, principal: Principal, sources: list[str]) -> frozenset[str]:
    statement = select(SourceRow.streams).where(SourceRow.tenant_id == principal.tenant.id, SourceRow.name.in_(sources))
    found = cast("list[dict[str, dict[str, str]]]", session.scalars(statement).all())
    return frozenset(choice["table"].casefold() for streams in found for choice in streams.values())
