"""From an answer to rows: where the records are, which values become columns, what is done to them."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from connectors.errors import MalformedError
from connectors.kinds.rest.endpoint import Endpoint
from connectors.rows import flatten
from core.errors import InvalidError
from core.names import suggestion

Record = Mapping[str, object]


def find_path(content: object, path: str) -> object:
    """The value at a path such as `data.items`; None where there is none."""
    for part in filter(None, path.split(".")):
        if not isinstance(content, Mapping):
            return None
        content = content.get(part)
    return content


def records_of(content: object, endpoint: Endpoint) -> list[Record]:
    """The records of an answer. Raises MalformedError where there is no list of objects."""
    found = find_path(content, endpoint.records)
    where = endpoint.records or "the answer"
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise MalformedError(f"{endpoint.name}: {where} is no list of records. Check `records` of the endpoint.")
    return found


def split_deleted(records: Sequence[Record], endpoint: Endpoint) -> tuple[list[Record], list[Record]]:
    """The records that are there, and those that tell that they were deleted."""
    mark = endpoint.changes.deleted if endpoint.changes else ""
    gone = [bool(mark and find_path(record, mark)) for record in records]
    there = [record for record, is_gone in zip(records, gone, strict=True) if not is_gone]
    return there, [record for record, is_gone in zip(records, gone, strict=True) if is_gone]


def rows_of(records: Sequence[Record], endpoint: Endpoint) -> list[dict[str, object]]:
    """A row for each record."""
    readers = {name: _reader(text) for name, text in endpoint.fields.items()}
    transforms = {name: _transform(text) for name, text in endpoint.types.items()}
    rows = []
    for record in records:
        row = {name: read(record) for name, read in readers.items()} if readers else flatten(record)
        for name, transform in transforms.items():
            if row.get(name) is not None:
                row[name] = transform(row[name])
        rows.append(row)
    return rows


def list_rows(records: Sequence[Record], endpoint: Endpoint, path: str) -> list[dict[str, object]]:
    """A row for each entry of a list within the records, with the record's key and the entry's place in front."""
    rows = []
    for record, row in zip(records, rows_of(records, endpoint), strict=True):
        entries = find_path(record, path)
        for position, entry in enumerate(entries if isinstance(entries, list) else []):
            keys = {f"{endpoint.name}_{name}": row.get(name) for name in endpoint.key}
            values = flatten(entry) if isinstance(entry, Mapping) else {"value": entry}
            rows.append({**keys, "position": position, **values})
    return rows


def list_key(endpoint: Endpoint) -> tuple[str, ...]:
    """The key of a stream of entries."""
    return (*(f"{endpoint.name}_{name}" for name in endpoint.key), "position") if endpoint.key else ()


def _transform(name: str) -> Callable[[object], object]:
    if name not in TRANSFORMS:
        raise InvalidError(f"There is no transform {name!r}. {suggestion(name, TRANSFORMS)}")
    return TRANSFORMS[name]


def _reader(text: str) -> Callable[[Record], object]:
    path, _, name = (part.strip() for part in text.partition("|"))
    transform = _transform(name) if name else lambda value: value

    def read(record: Record) -> object:
        value = find_path(record, path)
        return None if value is None else transform(value)

    return read


def _number(value: object) -> object:
    try:
        return Decimal(str(value).strip())
    except InvalidOperation:
        # The row is set aside by the store, with the value in it.
        return value


def _moment(value: object) -> object:
    try:
        return dt.datetime.fromisoformat(str(value))
    except ValueError:
        return value


def _day(value: object) -> object:
    moment = _moment(value)
    return moment.date() if isinstance(moment, dt.datetime) else value


def _since_epoch(scale: int) -> Callable[[object], object]:
    def read(value: object) -> object:
        try:
            return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=int(str(value)) * scale)
        except (ValueError, OverflowError):
            return value

    return read


TRANSFORMS: dict[str, Callable[[object], object]] = {
    "date": _day,
    "epoch_ms": _since_epoch(1_000),
    "epoch_s": _since_epoch(1_000_000),
    "lower": lambda value: str(value).lower(),
    "moment": _moment,
    "number": _number,
    "text": str,
    "trim": lambda value: str(value).strip(),
}
