"""YAML text as a tree that knows its lines: scalars, lists and mappings, and nothing that could run or expand.

Built from the parser's events, so no YAML object is ever constructed; anchors, aliases and tags are refused, and
size and depth are limited. The document is read by its own schema, so a scalar stays the text that was written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

MAX_BYTES = 1_000_000
MAX_DEPTH = 12

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One value as written; `is_plain` tells `12` from `"12"`."""

    text: str
    is_plain: bool
    line: int

    @property
    def is_null(self) -> bool:
        """Whether nothing is written, or one of YAML's words for nothing."""
        return self.is_plain and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Keys with their values, in the order written; `key_lines` has the line of each key.

    `problems` has the keys that could not be kept: line and message. Of a key written twice the first stays.
    """

    values: dict[str, "Node"]
    key_lines: dict[str, int]
    problems: tuple[tuple[int, str], ...]
    line: int


Node = Scalar | Sequence | Mapping


class SourceError(Exception):
    """The text is not YAML that may stand in a notebook; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def read_tree(text: str) -> Node:
    """The tree of `text`.

    Raises SourceError where the text cannot be read any further.
    """
    text = text.removeprefix("\ufeff")
    _check_text(text)
    # libyaml is many times faster where the wheel has it; both give the same events.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events = _events(text, loader)
    node: Node | None = None
    for event in events:
        if not isinstance(event, DocumentStartEvent):
            continue
        if node is not None:
            raise SourceError("a second document begins here (---); a notebook is one document", _line(event))
        node = _build(next(events), events, depth=0)
        if not isinstance(next(events), DocumentEndEvent):
            raise SourceError("the document does not end where it should", 1)
    if node is None:
        raise SourceError("the text is empty; a notebook begins with `notebook: its-name`", 1)
    return node


def _check_text(text: str) -> None:
    if found := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise SourceError(f"the character U+{ord(found.group()):04X} cannot stand in a notebook", line)
    size = len(text.encode("utf-8"))
    if size > MAX_BYTES:
        raise SourceError(f"the text has {size:,} bytes; the limit is {MAX_BYTES:,}", 1)


def _events(text: str, loader: type[yaml.SafeLoader]) -> Iterator[Event]:
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(part for part in (error.context, error.problem) if part)
        # The parser notices an unfinished list on the line after the last one.
        line = min(mark.line + 1, text.count("\n", 0, len(text.rstrip())) + 1) if mark else 1
        raise SourceError(f"not YAML: {reason}", line) from error


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1


def _build(event: Event, events: Iterator[Event], *, depth: int) -> Node:
    line = _line(event)
    if depth > MAX_DEPTH:
        raise SourceError(f"lists and mappings are nested deeper than {MAX_DEPTH}", line)
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        raise SourceError("anchors and aliases (& and *) are not used in a notebook; quote the text", line)
    if getattr(event, "tag", None):
        raise SourceError("tags (!) are not used in a notebook; quote the text", line)
    if isinstance(event, ScalarEvent):
        return Scalar(text=event.value, is_plain=event.style is None or event.style == "", line=line)
    if isinstance(event, SequenceStartEvent):
        items: list[Node] = []
        while not isinstance(inner := next(events), SequenceEndEvent):
            items.append(_build(inner, events, depth=depth + 1))
        return Sequence(items=tuple(items), line=line)
    if isinstance(event, MappingStartEvent):
        return _mapping(line, events, depth=depth)
    raise SourceError("this cannot be read", line)


def _mapping(line: int, events: Iterator[Event], *, depth: int) -> Mapping:
    values: dict[str, Node] = {}
    lines: dict[str, int] = {}
    problems: list[tuple[int, str]] = []
    while not isinstance(event := next(events), MappingEndEvent):
        key = _build(event, events, depth=depth + 1)
        value = _build(next(events), events, depth=depth + 1)
        if not isinstance(key, Scalar):
            problems.append((key.line, "a key is a word, not a list or a mapping"))
        elif key.text in values:
            problems.append((key.line, f"the key {key.text!r} is here twice; the first is on line {lines[key.text]}"))
        else:
            values[key.text] = value
            lines[key.text] = key.line
    return Mapping(values=values, key_lines=lines, problems=tuple(problems), line=line)
