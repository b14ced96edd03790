"""Reads the filter language of docs/metrics.md: a small grammar of its own, so that nothing else can be said in it.

    filter     = every { OR every }
    every      = factor { AND factor }
    factor     = NOT factor | ( filter ) | condition
    condition  = name (= | == | != | <> | < | <= | > | >=) value
               | name [NOT] IN ( value { , value } )
               | name [NOT] LIKE text
               | name [NOT] BETWEEN value AND value
               | name IS [NOT] NULL
    value      = 'text' | "text" | [-] number | TRUE | FALSE

A name may stand in double quotes too; behind an operator double quotes hold text.
"""

import re
from collections.abc import Callable, Collection
from decimal import Decimal

from core.errors import InvalidError
from core.names import suggestion
from metrics.filter import (
    Compare,
    Comparison,
    Empty,
    Every,
    Filter,
    Like,
    Not,
    OneOf,
    Some,
    Value,
    Within,
    conditions_of,
)
from metrics.filter_tokens import OPERATORS, Token, TokenKind, read_tokens

MAX_CHARACTERS = 100_000
MAX_DEPTH = 50
MAX_DIGITS = 38

_COMPARISONS = {"==": Comparison.EQUAL, "<>": Comparison.NOT_EQUAL} | {str(item): item for item in Comparison}
_NAME = re.compile(r"(?!(?:and|between|false|in|is|like|not|null|or|true)\Z)[^\W\d]\w*(?:\.[^\W\d]\w*)*", re.IGNORECASE)


def parse_filter(text: str, known: Collection[str] | None = None) -> Filter:
    """The filter of a text. With `known`, names of dimensions must be among these.

    Raises InvalidError with the word and its place when the text is anything else.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidError(f"The filter has {len(text):,} characters; at most {MAX_CHARACTERS:,} are allowed.")
    reader = _Reader(read_tokens(text))
    filter_ = reader.filter()
    reader.expect_end()
    if known is not None:
        for condition in conditions_of(filter_):
            if condition.dimension not in known:
                raise InvalidError(
                    f"There is no dimension {condition.dimension}. {suggestion(condition.dimension, known)}"
                )
    return filter_


class _Reader:
    """A recursive-descent parser: one method for each rule of the grammar."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._index = 0
        self._depth = 0

    def filter(self) -> Filter:
        parts: list[Filter] = []
        for part in self._parts("or", self._every):
            parts.extend(part.conditions if isinstance(part, Some) else (part,))
        return parts[0] if len(parts) == 1 else Some(conditions=tuple(parts))

    def expect_end(self) -> None:
        token = self._next
        if token.folded == ")":
            raise InvalidError(f"The filter has {token} that was never opened.")
        if token.kind is not TokenKind.END:
            raise InvalidError(f"The filter has {token}, where AND, OR or the end should be.")

    @property
    def _next(self) -> Token:
        return self._tokens[self._index]

    def _take(self) -> Token:
        token = self._next
        if token.kind is not TokenKind.END:
            self._index += 1
        return token

    def _accept(self, word: str) -> bool:
        if self._next.folded != word:
            return False
        self._index += 1
        return True

    def _expect(self, word: str) -> None:
        token = self._next
        if not self._accept(word):
            raise InvalidError(f"The filter has {token}, where {word.upper()} should be.")

    def _parts(self, word: str, read: Callable[[], Filter]) -> list[Filter]:
        parts = [read()]
        while self._accept(word):
            parts.append(read())
        return parts

    def _every(self) -> Filter:
        parts: list[Filter] = []
        for part in self._parts("and", self._factor):
            parts.extend(part.conditions if isinstance(part, Every) else (part,))
        return parts[0] if len(parts) == 1 else Every(conditions=tuple(parts))

    def _factor(self) -> Filter:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InvalidError(f"The filter is nested more than {MAX_DEPTH} deep, {self._next}.")
        if self._accept("not"):
            result: Filter = Not(condition=self._factor())
        elif self._accept("("):
            result = self.filter()
            self._expect(")")
        else:
            result = self._condition()
        self._depth -= 1
        return result

    def _condition(self) -> Filter:
        name = self._name()
        operator = self._take()
        comparison = _COMPARISONS.get(operator.text) if operator.kind is TokenKind.SIGN else None
        if comparison is not None:
            return Compare(dimension=name, comparison=comparison, value=self._value())
        if operator.folded == "is":
            is_negated = self._accept("not")
            self._expect("null")
            return Empty(dimension=name, is_negated=is_negated)
        is_negated = operator.folded == "not"
        word = self._take() if is_negated else operator
        match word.folded:
            case "in":
                return OneOf(dimension=name, values=self._values(), is_negated=is_negated)
            case "like":
                return Like(dimension=name, pattern=self._pattern(), is_negated=is_negated)
            case "between":
                low = self._value()
                self._expect("and")
                return Within(dimension=name, low=low, high=self._value(), is_negated=is_negated)
            case "(":
                raise InvalidError(f"The filter calls {name}, but functions are not allowed. Allowed: {OPERATORS}.")
            case _:
                raise InvalidError(f"The filter has {word} behind {name}. Allowed: {OPERATORS}.")

    def _name(self) -> str:
        token = self._take()
        if token.kind in {TokenKind.DOUBLE, TokenKind.WORD} and _NAME.fullmatch(token.content):
            return token.content
        raise InvalidError(
            f"The filter has {token}, where the name of a dimension should be; a condition is written as"
            " dimension = 'value'."
        )

    def _values(self) -> tuple[Value, ...]:
        self._expect("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._expect(")")
        return tuple(values)

    def _pattern(self) -> str:
        token = self._next
        value = self._value()
        if isinstance(value, str):
            return value
        raise InvalidError(f"The filter has {token} behind LIKE, where text in quotes should be.")

    def _value(self) -> Value:
        token = self._take()
        if token.kind in {TokenKind.SINGLE, TokenKind.DOUBLE}:
            return _text(token)
        if token.kind is TokenKind.NUMBER:
            return _number(token)
        if token.folded == "-" and self._next.kind is TokenKind.NUMBER:
            return -_number(self._take())
        if token.folded in {"true", "false"}:
            return token.folded == "true"
        if token.folded == "null":
            raise InvalidError(f"The filter compares with {token}; write IS NULL or IS NOT NULL.")
        if token.kind is TokenKind.WORD:
            raise InvalidError(f"The filter has {token}, where a value should be; put text in quotes: '{token.text}'.")
        raise InvalidError(f"The filter has {token}, where a value should be: text in quotes, a number, TRUE or FALSE.")


def _text(token: Token) -> str:
    text = token.content
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidError(f"The text at character {token.position + 1} of the filter has characters no text may have.")
    return text


def _number(token: Token) -> int | Decimal:
    if len(token.text) > MAX_DIGITS:
        raise InvalidError(f"The filter has {token}: a number may have at most {MAX_DIGITS} digits.")
    return Decimal(token.text) if "." in token.text else int(token.text)
