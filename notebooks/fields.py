"""Typed reading of one mapping's keys: what is wrong is reported with its line, and reading goes on."""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar

from core.names import suggestion
from notebooks.source import Mapping, Node, Scalar, Sequence

MAX_LINE = 300
MAX_PROSE = 100_000
MAX_NAME = 80
MAX_NAMES = 50

_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)?")
_INTEGER = re.compile(r"[-+]?\d{1,9}")
_NUMBER = re.compile(r"[-+]?\d{1,15}(\.\d{1,9})?")

Choice = TypeVar("Choice", bound=StrEnum)


class Fields:
    """The keys of a mapping, read once each. A problem is reported and a stand-in returned.

    Ask `is_valid` after reading: only then are all values the ones written.
    """

    def __init__(self, mapping: Mapping, report: Callable[[int, str], None]) -> None:
        self._mapping = mapping
        self._report = report
        self._read: set[str] = set()
        self.is_valid = True

    def problem(self, key: str, message: str) -> None:
        """Reports `message` at the line of `key`, or of the mapping where the key is absent."""
        self.is_valid = False
        self._report(self._mapping.key_lines.get(key, self._mapping.line), message)

    def has(self, key: str) -> bool:
        """Whether something is written for `key`; asking makes it a known key."""
        self._read.add(key)
        node = self._mapping.values.get(key)
        return node is not None and not (isinstance(node, Scalar) and node.is_null)

    def line(self, key: str, default: str | None = "") -> str:
        """Text of one line. Without a default it is required."""
        text = self._text(key, default, MAX_LINE)
        if "\n" in text.rstrip("\n"):
            self.problem(key, f"{key} is one line of text; this has {text.count(chr(10)) + 1}")
        return text.strip()

    def prose(self, key: str, default: str | None = None) -> str:
        """Text of any number of lines. Without a default it is required."""
        return self._text(key, default, MAX_PROSE).strip("\n")

    def optional(self, key: str) -> str | None:
        """Text of one line, or None where nothing is written."""
        return self.line(key) or None

    def name(self, key: str) -> str:
        """A required name of a metric or dimension: letters, digits and underscores, at most one dot."""
        text = self._text(key, None, MAX_NAME).strip()
        return self._checked_name(key, text) if text else text

    def optional_name(self, key: str) -> str | None:
        """A name, or None where nothing is written."""
        return self.name(key) if self.has(key) else None

    def names(self, key: str, *, is_required: bool = False, is_signed: bool = False) -> tuple[str, ...]:
        """A list of different names; one name may stand without brackets. Signed ones may begin with a minus."""
        if not self.has(key):
            if is_required:
                self.problem(key, f"{key} is missing; write a list such as {key}: [name]")
            return ()
        found = tuple(self._item(key, item, is_signed=is_signed) for item in self._items(key))
        for name in sorted({name for name in found if found.count(name) > 1}):
            self.problem(key, f"{key} has {name!r} more than once")
        if is_required and not found:
            self.problem(key, f"{key} is an empty list; name at least one")
        if len(found) > MAX_NAMES:
            self.problem(key, f"{key} has {len(found)} names; the limit is {MAX_NAMES}")
        return found

    def lines(self, key: str, *, maximum: int) -> tuple[str, ...]:
        """A list of different texts of one line; one may stand without brackets."""
        if not self.has(key):
            return ()
        items = self._items(key)
        if len(items) > maximum:
            self.problem(key, f"{key} has {len(items)} entries; the limit is {maximum}")
        found = [item.text.strip() for item in items if isinstance(item, Scalar)]
        if len(found) < len(items) or not all(found) or any("\n" in text or len(text) > MAX_LINE for text in found):
            self.problem(key, f"{key} is a list of texts of one line each, none of them empty")
        for text in sorted({text for text in found if found.count(text) > 1}):
            self.problem(key, f"{key} has {text!r} more than once")
        return tuple(found)

    def mappings(self, key: str, *, maximum: int) -> "tuple[Fields, ...]":
        """A list of mappings, each to be read in turn and finished."""
        if not self.has(key):
            return ()
        items = self._items(key)
        found = tuple(Fields(item, self._report) for item in items if isinstance(item, Mapping))
        if len(found) < len(items) or len(items) > maximum:
            self.problem(key, f"{key} is a list of at most {maximum:,} mappings; begin each with a dash")
        return found

    def choice(self, key: str, choices: Iterable[Choice], default: Choice | None = None) -> Choice:
        """One of a fixed set of words. Without a default it is required."""
        allowed = {choice.value: choice for choice in choices}
        fallback = default or next(iter(allowed.values()))
        text = self._text(key, default.value if default else None, MAX_LINE).strip()
        if text in allowed:
            return allowed[text]
        if text:
            self.problem(key, f"unknown {key} {text!r}. {suggestion(text, allowed)}")
        return fallback

    def integer(self, key: str, default: int, *, minimum: int, maximum: int) -> int:
        """A whole number within limits."""
        if not self.has(key):
            return default
        node = self._mapping.values[key]
        if isinstance(node, Scalar) and node.is_plain and _INTEGER.fullmatch(node.text):
            value = int(node.text)
            if minimum <= value <= maximum:
                return value
        written = node.text if isinstance(node, Scalar) else "a list or mapping"
        self.problem(key, f"{key} is a whole number from {minimum} to {maximum}, not {written}")
        return default

    def number(self, key: str) -> int | float | None:
        """A number, or None where nothing is written."""
        if not self.has(key):
            return None
        text = self.line(key)
        if not _NUMBER.fullmatch(text):
            self.problem(key, f"{key} is a number such as 1200000 or 0.25, not {text!r}")
            return None
        return int(text) if _INTEGER.fullmatch(text) else float(text)

    def finish(self) -> None:
        """Reports every key that nothing has read, and every key written twice."""
        for line, message in self._mapping.problems:
            self.is_valid = False
            self._report(line, message)
        for key in self._mapping.values:
            if key not in self._read:
                self.problem(key, f"unknown key {key!r}. {suggestion(key, self._read)}")

    def _text(self, key: str, default: str | None, longest: int) -> str:
        if not self.has(key):
            if default is None:
                self.problem(key, f"{key} is missing")
            return default or ""
        node = self._mapping.values[key]
        if not isinstance(node, Scalar):
            self.problem(key, f"{key} is text, not a list or a mapping")
            return ""
        if len(node.text) > longest:
            self.problem(key, f"{key} has {len(node.text):,} characters; the limit is {longest:,}")
        if default is None and not node.text.strip():
            self.problem(key, f"{key} is empty")
        return node.text.replace("\r\n", "\n").replace("\r", "\n")

    def _items(self, key: str) -> tuple[Node, ...]:
        node = self._mapping.values[key]
        return node.items if isinstance(node, Sequence) else (node,)

    def _item(self, key: str, node: Node, *, is_signed: bool) -> str:
        if not isinstance(node, Scalar):
            self.problem(key, f"{key} is a list of names; a list or mapping inside it is not one")
            return ""
        sign = "-" if is_signed and node.text.startswith("-") else ""
        return sign + self._checked_name(key, node.text.removeprefix(sign).strip())

    def _checked_name(self, key: str, text: str) -> str:
        if not _NAME.fullmatch(text) or len(text) > MAX_NAME:
            self.problem(key, f"{text!r} is not a name for {key}: letters, digits and underscores, at most one dot")
        return text
