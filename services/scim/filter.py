"""Filters of SCIM (RFC 7644, 3.4.2.2) as a condition of the query itself, so that pages and counts are exact.

userName eq "ann@example.com" and (active eq true or not (displayName sw "A"))
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, not_, or_
from sqlalchemy.orm import InstrumentedAttribute

from services.scim.errors import ScimInvalid

_TOKEN = re.compile(r'\s*(?:(?P<sign>[()])|(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>[^\s()"]+))')
_MAX_LENGTH = 2000
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterColumn:
    """A column that may be filtered by. Text is compared without regard to case unless `is_exact`."""

    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None] | InstrumentedAttribute[bool]
    is_exact: bool = False
    is_boolean: bool = False


Columns = Mapping[str, FilterColumn]


def parse_filter(text: str, columns: Columns) -> ColumnElement[bool]:
    """The condition of a filter over these columns, named in lower case. Raises ScimInvalid with `invalidFilter`."""
    if len(text) > _MAX_LENGTH:
        raise ScimInvalid(f"The filter is longer than {_MAX_LENGTH} characters.", "invalidFilter")
    parser = _Parser(_tokens(text), columns)
    condition = parser.alternatives(0)
    parser.require_end()
    return condition


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    place, text = 0, text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ScimInvalid(f"The filter cannot be read from character {place + 1} on.", "invalidFilter")
        found.append(match[0].strip())
        place = match.end()
    return found


class _Parser:
    """Recursive descent: `or` binds weaker than `and`, which binds weaker than `not`."""

    def __init__(self, tokens: list[str], columns: Columns) -> None:
        self._tokens = tokens
        self._columns = columns
        self._at = 0

    def alternatives(self, depth: int) -> ColumnElement[bool]:
        """`a or b or c`."""
        if depth > _MAX_DEPTH:
            raise ScimInvalid("The filter is nested too deeply.", "invalidFilter")
        parts = [self._conjunction(depth)]
        while self._take("or"):
            parts.append(self._conjunction(depth))
        return or_(*parts)

    def require_end(self) -> None:
        """Raises ScimInvalid where something is left."""
        if self._at < len(self._tokens):
            raise ScimInvalid(f"{self._tokens[self._at]!r} was not expected in the filter.", "invalidFilter")

    def _conjunction(self, depth: int) -> ColumnElement[bool]:
        parts = [self._term(depth)]
        while self._take("and"):
            parts.append(self._term(depth))
        return and_(*parts)

    def _term(self, depth: int) -> ColumnElement[bool]:
        if self._take("not"):
            return not_(self._group(depth))
        if self._at < len(self._tokens) and self._tokens[self._at] == "(":
            return self._group(depth)
        return self._comparison()

    def _group(self, depth: int) -> ColumnElement[bool]:
        if not self._take("("):
            raise ScimInvalid("`not` is followed by a filter in parentheses.", "invalidFilter")
        condition = self.alternatives(depth + 1)
        if not self._take(")"):
            raise ScimInvalid("A closing parenthesis is missing in the filter.", "invalidFilter")
        return condition

    def _comparison(self) -> ColumnElement[bool]:
        name, operator = self._next("an attribute"), self._next("an operator").lower()
        found = self._columns.get(name.rpartition(":")[2].lower())
        if found is None:
            raise ScimInvalid(f"{name!r} cannot be filtered by. Known: {', '.join(self._columns)}.", "invalidFilter")
        if operator == "pr":
            return found.column.is_not(None)
        value = self._next("a value")
        return _boolean(found, operator, value) if found.is_boolean else _text(found, operator, value)

    def _next(self, expected: str) -> str:
        if self._at >= len(self._tokens):
            raise ScimInvalid(f"The filter ends where {expected} was expected.", "invalidFilter")
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, word: str) -> bool:
        is_next = self._at < len(self._tokens) and self._tokens[self._at].lower() == word
        self._at += is_next
        return is_next


def _boolean(found: FilterColumn, operator: str, value: str) -> ColumnElement[bool]:
    if value.strip('"').lower() not in {"true", "false"} or operator not in {"eq", "ne"}:
        raise ScimInvalid("A truth value is compared by eq or ne with true or false.", "invalidFilter")
    return found.column.is_((value.strip('"').lower() == "true") == (operator == "eq"))


def _text(found: FilterColumn, operator: str, value: str) -> ColumnElement[bool]:
    if not value.startswith('"'):
        raise ScimInvalid(f"{value} is no text; write it in quotation marks.", "invalidFilter")
    text = re.sub(r"\\(.)", r"\1", value[1:-1])
    column = found.column if found.is_exact else func.lower(found.column)
    text = text if found.is_exact else text.lower()
    operators: dict[str, Callable[[], ColumnElement[bool]]] = {
        "eq": lambda: column == text,
        "ne": lambda: or_(column != text, column.is_(None)),
        "co": lambda: column.contains(text, autoescape=True),
        "sw": lambda: column.startswith(text, autoescape=True),
        "ew": lambda: column.endswith(text, autoescape=True),
    }
    if operator not in operators:
        raise ScimInvalid(f"{operator!r} is not an operator here. Known: {', '.join(operators)}, pr.", "invalidFilter")
    return operators[operator]()
