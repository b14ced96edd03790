"""The streams of HubSpot: objects with properties, and small lists that are read in full."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

import pyarrow as pa

from connectors.contract import Stream
from connectors.rows import FRACTION, rounded

CHANGED = "hs_lastmodifieddate"
_ALL = ("companies", "contacts", "deals")
ASSOCIATED: Mapping[str, tuple[str, ...]] = {
    "deals": ("companies", "contacts"), "contacts": ("companies",), "companies": (), "calls": _ALL, "emails": _ALL,
    "meetings": _ALL, "tasks": _ALL, "products": (),
}  # fmt: skip
# Contacts keep the time of their last change under a name of their own.
_CHANGED_OF = {"contacts": "lastmodifieddate"}
_NUMBER = "hs_object_id"
OWNERS, STAGES, CHANGES = "owners", "deal_stages", "deal_changes"
# The properties of a deal whose history is read.
FOLLOWED = ("dealstage", "closedate", "amount", "hubspot_owner_id")
CHANGE_COLUMNS = pa.schema(
    [
        pa.field("change_id", pa.string()),
        pa.field("deal_id", pa.string()),
        pa.field("property", pa.string()),
        pa.field("value", pa.string()),
        pa.field("changed_at", pa.timestamp("us", tz="UTC")),
        pa.field("changed_by", pa.string()),
    ]
)
_TYPES = {
    "number": FRACTION,
    "bool": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """A kind of CRM object with the declared types of its properties."""

    name: str
    properties: Mapping[str, str]

    @property
    def changed(self) -> str:
        """The property that tells when an object changed."""
        return _CHANGED_OF.get(self.name, CHANGED)

    @property
    def columns(self) -> pa.Schema:
        """The key, the properties, and the ids of associated objects as text."""
        fields = [pa.field("id", pa.string())]
        fields += [pa.field(name, _type(name, kind)) for name, kind in self.properties.items()]
        fields += [pa.field(f"{other}_ids", pa.string()) for other in ASSOCIATED[self.name]]
        return pa.schema(fields)

    @property
    def stream(self) -> Stream:
        """As a stream. An account without the property that tells of changes is read in full."""
        told = (self.changed,) if self.changed in self.properties else ()
        return Stream(name=self.name, columns=self.columns, key=("id",), cursor_fields=told)


def _type(name: str, kind: str) -> pa.DataType:
    """The type of a property; the object's own number is a whole one."""
    return pa.int64() if name == _NUMBER else _TYPES.get(kind, pa.string())


def typed(value: str | None, kind: str) -> object:
    """A property, which HubSpot gives as text, as what it is declared; as it came where it is something else."""
    if value is None or value == "":
        return None
    if kind == "number":
        try:
            return rounded(Decimal(value))
        except ArithmeticError:
            return value
    if kind == "bool":
        return {"true": True, "false": False}.get(value.lower(), value)
    return value


def change_rows(deal: Mapping[str, object]) -> list[list[object]]:
    """Every value that the followed properties of a deal had, with when it was set and by what."""
    history = cast(Mapping[str, Sequence[Mapping[str, str]]], deal.get("propertiesWithHistory") or {})
    number = str(deal["id"])
    return [
        [
            f"{number} {name} {one['timestamp']}", number, name, one.get("value") or None,
            dt.datetime.fromisoformat(one["timestamp"]), one.get("sourceType"),
        ]
        for name in FOLLOWED
        for one in history.get(name, ())
    ]  # fmt: skip
