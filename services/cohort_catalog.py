"""The saved cohorts in a reader's catalogue: names to filter by, whose members are found when a filter needs them.

They are found under the reader's own policies, so that a catalogue with cohorts is of one reader.
"""

import datetime as dt
import threading
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from core.errors import InvalidError, LimitError
from metrics import Catalog
from metrics.filter import Among
from metrics.reach import key_of
from services.behaviour.marks import find_marked
from services.cohorts import Cohort, read_cohort
from services.platform import Platform
from services.policies import find_view
from tenants.access import Principal
from tenants.documents import DocumentKind, list_documents

if TYPE_CHECKING:
    from metrics.policy import ReaderView

MOST_MEMBERS = 100_000
_MOST_READERS = 100

# What a filter is being asked for at the moment: a cohort of which it is a part of itself has no members.
_asked: ContextVar[tuple[str, ...]] = ContextVar("cohorts_asked", default=())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Reading:
    """A catalogue with cohorts, and what of the reader and of the cohorts it was made from."""

    principal: Principal
    view: "ReaderView | None"
    versions: tuple[tuple[str, int], ...]
    catalog: Catalog


# A catalogue is of one version of the data and of the definitions; what is found by it is no older.
_known: WeakKeyDictionary[Catalog, dict[str | None, _Reading]] = WeakKeyDictionary()
_lock = threading.Lock()


def add_cohorts(
    platform: Platform, principal: Principal, catalog: Catalog, versions: tuple[tuple[str, int], ...]
) -> Catalog:
    """The catalogue with the cohorts of these versions whose events are in it; the same one while nothing changed."""
    view = find_view(platform, principal)
    with _lock:
        known = _known.get(catalog, {}).get(principal.member_id)
    if known is not None and (known.principal, known.versions) == (principal, versions) and known.view is view:
        return known.catalog
    with platform.session() as session:
        saved = list_documents(session, principal.tenant.id, DocumentKind.COHORT)
    found = {}
    for cohort in map(read_cohort, saved):
        model = catalog.models.get(cohort.model)
        entity = None if model is None or model.events is None else model.events.entities.get(cohort.entity)
        if model is not None and entity is not None:
            members = _Members(platform=platform, principal=principal, cohort=cohort)
            found[cohort.name] = Among(
                dimension=key_of(model, entity, catalog.models), name=cohort.name, members=members.find
            )
    made = replace(catalog, cohorts=MappingProxyType(found))
    with _lock:
        readers = _known.setdefault(catalog, {})
        if len(readers) >= _MOST_READERS:
            readers.clear()
        readers[principal.member_id] = _Reading(principal=principal, view=view, versions=versions, catalog=made)
    return made


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Members:
    """Finds who is in a cohort, once a day for each catalogue: ranges in words move with the day."""

    platform: Platform
    principal: Principal
    cohort: Cohort
    found: dict[dt.date, tuple[object, ...]] = field(default_factory=dict)

    def find(self) -> tuple[object, ...]:
        today = self.principal.tenant.today(self.platform.clock)
        if today not in self.found:
            self.found[today] = self._count()
        return self.found[today]

    def _count(self) -> tuple[object, ...]:
        name = self.cohort.name
        if name in _asked.get():
            raise InvalidError(f"The cohort {name} is filtered by itself: {' of '.join((*_asked.get(), name))}.")
        token = _asked.set((*_asked.get(), name))
        try:
            keys = find_marked(
                self.platform, self.principal, self.cohort.page, self.cohort.params, self.cohort.mark
            ).keys
        finally:
            _asked.reset(token)
        if len(keys) > MOST_MEMBERS:
            raise LimitError(
                f"The cohort {name} has {len(keys):,} members; at most {MOST_MEMBERS:,} can be filtered by.",
                data={"members": len(keys)},
            )
        return keys
