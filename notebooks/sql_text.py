"""The text of a SQL cell as its writer sees it: set out in lines, and the word that a message speaks of."""

import re
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from core.errors import InvalidError
from notebooks.references import Reference, free_name, replace_references

_DIALECT = "duckdb"
# What a message quotes, and what it names without quotes.
_QUOTED = re.compile(r"'([^']+)'|\"([^\"]+)\"")
_NAMED = re.compile(r"\b(?:function|aggregate|metric) (\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlPlace:
    """A word of a text: the number of its line, counted from 1, and the line around it."""

    line: int
    before: str
    word: str
    after: str


def format_sql(text: str) -> str:
    """The same SELECT, one clause a line; references stay as they are. Raises InvalidError for what is no SQL.

    >>> print(format_sql("select a, {{ n }} from t where b=1"))
    SELECT
      a,
      {{ n }}
    FROM t
    WHERE
      b = 1
    """
    prefix = free_name(text)
    references: list[str] = []

    def put(reference: Reference, _before: str) -> str:
        references.append(str(reference))
        # The name ends in a letter, so that none is the beginning of another.
        return f"{prefix}{len(references) - 1}x"

    plain = replace_references(text, put)
    try:
        tree = sqlglot.parse_one(plain, dialect=_DIALECT)
        pretty = tree.sql(dialect=_DIALECT, pretty=True)
        is_same = sqlglot.parse_one(pretty, dialect=_DIALECT) == tree
    except (SqlglotError, RecursionError) as error:
        raise InvalidError("This is not understood as a SELECT; mend it first, then set it out.") from error
    if not isinstance(tree, exp.Query) or not is_same:
        raise InvalidError("This cannot be set out without changing what it says; it is left as you wrote it.")
    for number, reference in enumerate(references):
        pretty = pretty.replace(f"{prefix}{number}x", f"{{{{ {reference} }}}}")
    return pretty


def find_place(text: str, message: str) -> SqlPlace | None:
    """Where the word stands that a message is about; None where it names none of the text.

    >>> find_place("SELECT a\\nFROM tt", "there is no table 'tt' in the store")
    SqlPlace(line=2, before='FROM ', word='tt', after='')
    """
    quoted = [one or other for one, other in _QUOTED.findall(message)]
    # Of "Table x has no column y" the last is the one that is wrong.
    for word in [*reversed(quoted), *_NAMED.findall(message)]:
        found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
        if found is not None:
            start = text.rfind("\n", 0, found.start()) + 1
            end = text.find("\n", found.end())
            return SqlPlace(
                line=text.count("\n", 0, found.start()) + 1,
                before=text[start : found.start()],
                word=found.group(),
                after=text[found.end() : None if end < 0 else end],
            )
    return None
