"""An object of Salesforce as it describes itself: its fields, the queries that read it, and its records as rows."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

import pyarrow as pa

from connectors.contract import Stream
from connectors.rows import FRACTION, build_table, rounded

Record = Mapping[str, object]

# The stamp of a row is set before its transaction ends.
LAG_S = 300
_STAMPS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")
# Compound fields repeat others; what is base64 has to be fetched one by one.
_LEFT_OUT = frozenset({"address", "location", "base64"})
_TYPES = {
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
    **dict.fromkeys(("int", "long"), pa.int64()),
    **dict.fromkeys(("double", "currency", "percent"), FRACTION),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesforceObject:
    """An object, the types of its fields, and whether it has a list of deleted records (`replicateable`)."""

    name: str
    fields: Mapping[str, str]
    lists_deleted: bool

    @classmethod
    def described(cls, name: str, content: Record) -> "SalesforceObject":
        """From its describe."""
        fields = cast(Sequence[Mapping[str, str]], content["fields"])
        kept = {one["name"]: one["type"] for one in fields if one["type"] not in _LEFT_OUT}
        return cls(name=name, fields=kept, lists_deleted=bool(content.get("replicateable")))

    @property
    def stamp(self) -> str | None:
        """The field that tells when a record changed."""
        return next((name for name in _STAMPS if name in self.fields), None)

    @property
    def columns(self) -> pa.Schema:
        """Its fields with their types."""
        return pa.schema([pa.field(name, _TYPES.get(kind, pa.string())) for name, kind in self.fields.items()])

    @property
    def stream(self) -> Stream:
        """As a stream."""
        stamps = (self.stamp,) if self.stamp else ()
        return Stream(name=self.name, columns=self.columns, key=("Id",), cursor_fields=stamps, lag_s=LAG_S)

    def query(
        self, stamp: str = "", since: str = "", after: Sequence[str] = (), fields: Sequence[str] | None = None
    ) -> str:
        """SOQL for all records, or for those that changed `since`, behind the moment and id in `after`."""
        # Every name in it is one that Salesforce itself gave.
        text = f"SELECT {', '.join(fields or self.fields)} FROM {self.name}"  # noqa: S608
        if after:
            moment, number = after
            text += f" WHERE ({stamp} > {moment} OR ({stamp} = {moment} AND Id > '{number}'))"
        elif since:
            text += f" WHERE {stamp} >= {since}"
        return text + (f" ORDER BY {stamp}, Id" if stamp else " ORDER BY Id")

    def table(self, records: Sequence[Record]) -> pa.Table:
        """Records as rows in the types of the fields."""
        columns = self.columns
        rows = [[_value(one.get(name), kind) for name, kind in self.fields.items()] for one in records]
        return build_table(columns.names, rows, {one.name: one.type for one in columns})


def ids_table(ids: Sequence[str]) -> pa.Table:
    """Keys of records."""
    return pa.table({"Id": pa.array(ids, pa.string())})


def literal(moment: dt.datetime) -> str:
    """A moment as SOQL writes it."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _value(value: object, kind: str) -> object:
    if isinstance(value, Decimal):
        return rounded(value)
    if kind not in {"date", "datetime"} or not isinstance(value, str):
        return value
    try:
        return dt.date.fromisoformat(value) if kind == "date" else dt.datetime.fromisoformat(value)
    except ValueError:
        # The row is set aside by the store, with the value in it.
        return value
