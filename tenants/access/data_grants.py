"""Who may see and change which models and sources: grants on them, as a part of the metadata's own queries.

A model or a source is open to everybody whose role reaches it, unless it is restricted: then it is there for those
alone to whom it is granted, and for who manages folders.
"""

from enum import StrEnum
from functools import cache

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, exists, false, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tenants.access.grants import TENANT_ID, GrantPolicy, Level, Reading, reader_values, reading_of
from tenants.access.principal import Principal
from tenants.folder_schema import GrantRow, RestrictionRow


class DataKind(StrEnum):
    """What can be granted besides notebooks and folders."""

    MODEL = "model"
    SOURCE = "source"

    def granted(self, name: str | InstrumentedAttribute[str]) -> ColumnElement[bool]:
        """The condition of the grants on one of that name."""
        return GrantRow.model == name if self is DataKind.MODEL else GrantRow.source == name


def hides(reading: Reading, kind: DataKind, name: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether a thing of that name is not there for the reader; ask with `reader_values`."""
    if reading.manages:
        return false()
    own = (RestrictionRow.tenant_id == TENANT_ID, RestrictionRow.kind == kind.value, RestrictionRow.name == name)
    return exists(select(RestrictionRow.name).where(*own, _level(reading) < int(Level.VIEW)))


def find_hidden(session: Session | Connection, principal: Principal) -> frozenset[tuple[DataKind, str]]:
    """The models and sources that are not there for the principal."""
    reading = reading_of(principal)
    if reading.manages:
        return frozenset()
    found = session.execute(_hidden(reading), reader_values(principal))
    return frozenset((DataKind(kind), name) for kind, name in found.tuples())


def level_of_data(session: Session, principal: Principal, kind: DataKind, name: str) -> Level:
    """How far the grants on a model or a source let a principal go; whether there is one is not asked."""
    reading = reading_of(principal)
    if reading.manages:
        return Level.EDIT
    found = session.scalar(_one(reading), {**reader_values(principal), "kind": kind.value, "name": name})
    return Level.EDIT if found is None else Level(found)


def is_restricted(session: Session, principal: Principal, kind: DataKind, name: str) -> bool:
    """Whether a model or a source of the principal's tenant is for those alone to whom it is granted."""
    return session.get(RestrictionRow, (principal.tenant.id, kind.value, name)) is not None


@cache
def _hidden(reading: Reading) -> Select[tuple[str, str]]:
    hidden = select(RestrictionRow.kind, RestrictionRow.name)
    return hidden.where(RestrictionRow.tenant_id == TENANT_ID, _level(reading) < int(Level.VIEW))


@cache
def _one(reading: Reading) -> Select[tuple[int]]:
    is_it = (RestrictionRow.kind == bindparam("kind"), RestrictionRow.name == bindparam("name"))
    return select(_level(reading)).where(RestrictionRow.tenant_id == TENANT_ID, *is_it)


def _level(reading: Reading) -> ColumnElement[int]:
    """What is granted to the reader on the thing that a restriction names."""
    policy = GrantPolicy(reading)
    granted = [
        (RestrictionRow.kind == kind.value, policy.granted(kind.granted(RestrictionRow.name))) for kind in DataKind
    ]
    return case(*granted, else_=int(Level.NONE))
