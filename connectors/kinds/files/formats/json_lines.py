"""JSON lines: one object in each line, packed by gzip or not. Nested values are kept as JSON text."""

import json
from collections.abc import Iterator

from connectors.errors import Place, malformed
from connectors.kinds.files.content import Content
from connectors.kinds.files.delimited.encoding import Encoding, NotUtf8Error, guess_encoding, legacy_encoding
from connectors.kinds.files.delimited.text import Lines, decoded
from connectors.kinds.files.header import name_columns
from connectors.kinds.files.raw import RawTable, Task, TextWriter

KIND = "json_lines"
LABEL = "JSON lines"
SUFFIXES = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")

_HEAD_BYTES = 65_536
_ADVANCE_ROWS = 20_000


def reason_to_skip(task: Task) -> str | None:
    """Every file with this ending is a table."""
    del task
    return None


def read(task: Task) -> list[RawTable]:
    """The file's one table, all columns text; its columns are the keys of all rows, in the order of their first use."""
    content = Content(task)
    head = content.head(_HEAD_BYTES)
    if not head:
        raise malformed(Place(file=task.name), "the file is empty (0 bytes).")
    encoding = guess_encoding(head, task.name)
    try:
        return [_read(task, content, encoding)]
    except NotUtf8Error:
        return [_read(task, content, legacy_encoding(content.chunks(), task.name))]


def _read(task: Task, content: Content, encoding: Encoding) -> RawTable:
    keys = _keys(task, content, encoding)
    columns = name_columns(keys, task.name, task.limits)
    path = task.work / "rows.parquet"
    rows = 0
    with TextWriter(path, columns, file=task.name, first_row=1) as writer:
        for rows, record in enumerate(_records(task, content, encoding), start=1):
            cells = [_text(record.get(key)) for key in keys]
            writer.add_row(cells, size=sum(len(cell) for cell in cells if cell))
            if rows % _ADVANCE_ROWS == 0:
                task.advance(0.5 + content.share / 2)
    warnings = (encoding.warning,) if encoding.warning else ()
    return RawTable(path=path, columns=columns, rows=rows, first_row=1, warnings=warnings)


def _keys(task: Task, content: Content, encoding: Encoding) -> tuple[str, ...]:
    """The keys of all rows. Raises MalformedError when there is no row or no key."""
    keys: dict[str, None] = {}
    for rows, record in enumerate(_records(task, content, encoding), start=1):
        keys.update(dict.fromkeys(record))
        if len(keys) > task.limits.max_columns:
            break
        if rows % _ADVANCE_ROWS == 0:
            task.advance(content.share / 2)
    if not keys:
        raise malformed(Place(file=task.name), "the file has no row with at least one key.")
    return tuple(keys)


def _records(task: Task, content: Content, encoding: Encoding) -> Iterator[dict[str, object]]:
    lines = Lines(decoded(content, encoding), task.name, task.limits.max_row_bytes)
    for line in lines:
        if line.strip():
            yield _record(line, Place(file=task.name, line=lines.number))


def _record(line: str, place: Place) -> dict[str, object]:
    try:
        value = json.loads(line, parse_constant=_refuse_constant)
    except RecursionError:
        raise malformed(place, "the JSON is nested too deeply to be read.") from None
    except ValueError as error:
        problem = error.msg.lower() if isinstance(error, json.JSONDecodeError) else str(error).lower()
        raise malformed(place, f"this is not valid JSON ({problem}). Each line must be one complete object.") from None
    if not isinstance(value, dict):
        kind = {list: "a list", str: "a text", bool: "a boolean"}.get(type(value), "a number or null")
        raise malformed(place, f'this is {kind}. Each line must be one JSON object, such as {{"id": 1}}.')
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")


def _text(value: object) -> str | None:
    match value:
        case None:
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case _:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
