"""Who may see and change which models and sources: grants on them, as a part of the metadata's own queries.

A model or a source is open to everybody whose role reaches it, unless it lies in a folder: then it has the folder's
grants beside its own; or it is restricted: then it is there for those alone to whom it is granted itself. Who manages
folders sees all of them.
"""

from enum import StrEnum
from functools import cache

from sqlalchemy import ColumnElement, Connection, Select, Subquery, bindparam, case, exists, false, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tenants.access.grants import (
    TENANT_ID,
    GrantPolicy,
    Level,
    Reading,
    greater,
    inherited_level,
    reader_values,
    reading_of,
)
from tenants.access.principal import Principal
from tenants.folder_schema import DataPlaceRow, GrantRow


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
    levels = _levels(reading)
    is_it = (levels.c.kind == kind.value, levels.c.name == name)
    return exists(select(levels.c.name).where(*is_it, levels.c.level < int(Level.VIEW)))


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


def find_place(session: Session, principal: Principal, kind: DataKind, name: str) -> DataPlaceRow | None:
    """Where a model or a source of the principal's tenant lies; None for one at the top that is not restricted."""
    return session.get(DataPlaceRow, (principal.tenant.id, kind.value, name))


@cache
def _hidden(reading: Reading) -> Select[tuple[str, str]]:
    levels = _levels(reading)
    return select(levels.c.kind, levels.c.name).where(levels.c.level < int(Level.VIEW))


@cache
def _one(reading: Reading) -> Select[tuple[int]]:
    levels = _levels(reading)
    return select(levels.c.level).where(levels.c.kind == bindparam("kind"), levels.c.name == bindparam("name"))


def _levels(reading: Reading) -> Subquery:
    """The `kind`, `name` and `level` of each model and source that has a place; the others are everybody's."""
    policy, place = GrantPolicy(reading), DataPlaceRow
    folders = policy.folders()
    own = case(
        *((place.kind == kind.value, policy.granted(kind.granted(place.name))) for kind in DataKind),
        else_=int(Level.NONE),
    )
    level = greater(own, inherited_level(place, folders))
    return (
        select(place.kind, place.name, level.label("level"))
        .select_from(place)
        .outerjoin(folders, folders.c.id == place.folder_id)
        .where(place.tenant_id == TENANT_ID)
        .subquery("data_levels")
    )
