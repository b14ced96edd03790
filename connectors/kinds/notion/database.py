"""A database of Notion as it describes itself, and its pages as rows."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

import pyarrow as pa

from connectors.contract import Stream
from connectors.rows import FRACTION, build_table, rounded

Record = Mapping[str, object]
CREATED, CHANGED = "created_time", "last_edited_time"
# The time of a change is told in whole minutes.
LAG_S = 120
_MOMENT = pa.timestamp("us", tz="UTC")
_SYSTEM = {"id": pa.string(), CREATED: _MOMENT, CHANGED: _MOMENT, "url": pa.string()}
# What a formula or a rollup comes to is not told before: its values decide.
_TYPES = {
    "number": FRACTION,
    "checkbox": pa.bool_(),
    "date": pa.date32(),
    CREATED: _MOMENT,
    CHANGED: _MOMENT,
    "formula": pa.null(),
    "rollup": pa.null(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database: its id, its name, and the types of its properties."""

    id: str
    name: str
    properties: Mapping[str, str]

    @classmethod
    def described(cls, content: Record) -> "Database":
        """From its own description."""
        title = plain_text(content.get("title"))
        properties = cast(Mapping[str, Mapping[str, str]], content["properties"])
        return cls(
            id=str(content["id"]),
            name=title or f"database {content['id']}",
            properties={name: told["type"] for name, told in properties.items()},
        )

    @property
    def columns(self) -> pa.Schema:
        """What every page has, and the properties. A date has a column for its time of day and one for its end."""
        fields = [pa.field(name, kind) for name, kind in _SYSTEM.items()]
        for name, kind in self.properties.items():
            fields.append(pa.field(_column(name), _TYPES.get(kind, pa.string())))
            if kind == "date":
                fields += [pa.field(f"{name} at", _MOMENT), pa.field(f"{name} end", pa.date32())]
        return pa.schema(fields)

    @property
    def stream(self) -> Stream:
        """As a stream."""
        return Stream(name=self.name, columns=self.columns, key=("id",), cursor_fields=(CHANGED,), lag_s=LAG_S)

    def table(self, pages: Sequence[Record]) -> pa.Table:
        """Pages as rows."""
        columns = self.columns
        declared = {field.name: field.type for field in columns if field.type != pa.null()}
        return build_table(columns.names, [self._row(page) for page in pages], declared)

    def _row(self, page: Record) -> list[object]:
        told = cast(Mapping[str, Record], page["properties"])
        row: list[object] = [page["id"], _moment(page[CREATED]), _moment(page[CHANGED]), page.get("url")]
        for name, kind in self.properties.items():
            value = told.get(name) or {"type": kind, kind: None}
            row += _date_values(value.get("date")) if kind == "date" else [_value(value)]
        return row


def plain_text(parts: object) -> str | None:
    """A text without its marks; None for an empty one."""
    return "".join(str(part["plain_text"]) for part in cast(Sequence[Record], parts or ())) or None


def _column(name: str) -> str:
    """A property of the same name as what every page has is told apart."""
    return f"{name} property" if name in _SYSTEM else name


def _value(prop: Record) -> object:
    """The value of a property, as what its type says."""
    kind = str(prop["type"])
    value = prop.get(kind)
    if value is None:
        return None
    read = _READERS.get(kind)
    return value if read is None else read(value)


def _date_values(value: object) -> list[object]:
    """The day, the moment where there is a time of day, and the last day."""
    told = cast(Mapping[str, str | None], value or {})
    start, end = told.get("start"), told.get("end")
    has_time = start is not None and "T" in start
    return [_day(start), _moment(start) if has_time else None, _day(end)]


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text[:10])


def _moment(text: object) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(str(text)).astimezone(dt.UTC)


def _number(value: object) -> Decimal:
    return rounded(Decimal(str(value)))


def _names(values: object) -> str | None:
    return ", ".join(str(one.get("name") or one.get("id")) for one in cast(Sequence[Record], values)) or None


def _ids(values: object) -> str | None:
    return ",".join(sorted(str(one["id"]) for one in cast(Sequence[Record], values))) or None


def _unique_id(value: object) -> str:
    told = cast(Record, value)
    return "-".join(str(part) for part in (told.get("prefix"), told.get("number")) if part is not None)


def _computed(value: object) -> object:
    """What a formula or rollup came to; a list stays one."""
    told = cast(Record, value)
    if told.get("type") == "date":
        return _date_values(told.get("date"))[0]
    found = told.get(str(told.get("type")))
    return _number(found) if isinstance(found, int | float | Decimal) and not isinstance(found, bool) else found


def _name(value: object) -> object:
    told = cast(Record, value)
    return told.get("name") or told.get("id")


_READERS: Mapping[str, Callable[[object], object]] = {
    "title": plain_text,
    "rich_text": plain_text,
    "number": _number,
    "select": _name,
    "status": _name,
    "multi_select": _names,
    "people": _names,
    "files": _names,
    "relation": _ids,
    "created_by": _name,
    "last_edited_by": _name,
    CREATED: _moment,
    CHANGED: _moment,
    "unique_id": _unique_id,
    "formula": _computed,
    "rollup": _computed,
}
