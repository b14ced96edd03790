"""The words of a filter text, each with its place, for messages that point at it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from core.errors import InvalidError

OPERATORS = "=, !=, <, <=, >, >=, IN, NOT IN, LIKE, BETWEEN, IS NULL and IS NOT NULL"

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<single>'(?:[^']|'')*')
      | (?P<double>"(?:[^"]|"")*")
      | (?P<number>\d+(?:\.\d+)?(?![\w.]))
      | (?P<word>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
      | (?P<sign><=|>=|<>|!=|==|[=<>(),-])
      | (?P<wrong>\S)
      | (?P<end>\Z)
    )""",
    re.VERBOSE,
)


class TokenKind(StrEnum):
    """What a word of a filter is; the names are the groups of the pattern."""

    DOUBLE = "double"
    END = "end"
    NUMBER = "number"
    SIGN = "sign"
    SINGLE = "single"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a filter and where it begins, counted from 0."""

    kind: TokenKind
    text: str
    position: int

    @property
    def folded(self) -> str:
        """A word in lower case, a sign as it is; empty for everything else."""
        return self.text.casefold() if self.kind in {TokenKind.WORD, TokenKind.SIGN} else ""

    @property
    def content(self) -> str:
        """What stands between quotes, or the text itself."""
        if self.kind is TokenKind.SINGLE:
            return self.text[1:-1].replace("''", "'")
        return self.text[1:-1].replace('""', '"') if self.kind is TokenKind.DOUBLE else self.text

    def __str__(self) -> str:
        text = "nothing" if self.kind is TokenKind.END else self.text
        return f"{text} at character {self.position + 1}"


def read_tokens(text: str) -> list[Token]:
    """The words of a text, the last one an END. Raises InvalidError for a character that cannot be in a filter."""
    tokens: list[Token] = []
    position = 0
    while not tokens or tokens[-1].kind is not TokenKind.END:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise InvalidError(f"The filter cannot be read from character {position + 1}.")
        found, start = match.group(match.lastgroup), match.start(match.lastgroup)
        if match.lastgroup == "wrong":
            _refuse_character(found, text, start)
        tokens.append(Token(TokenKind(match.lastgroup), found, start))
        position = match.end()
    return tokens


def _refuse_character(character: str, text: str, position: int) -> NoReturn:
    place = f"at character {position + 1}"
    if character in "'\"":
        raise InvalidError(f"The filter has a quote {place} that is never closed.")
    if character.isdigit():
        word = re.match(r"[\w.]+", text[position:])
        raise InvalidError(f"The filter has {word.group() if word else character} {place}, which is not a number.")
    raise InvalidError(f"The filter has {character!r} {place}, which means nothing in a filter. Allowed: {OPERATORS}.")
