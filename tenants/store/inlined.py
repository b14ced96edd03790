"""A query with its values in their places, for the engine alone.

A query that is prepared and then executed is planned twice, which takes as long as counting ten million rows; so its
values go to the engine as literals. Nobody is shown this text: what is shown, kept and put on record has `$1`, `$2`.
The engine's own lexer says where these stand, so that one in quotes or in a comment is what it is for the engine.
"""

from collections.abc import Sequence

import duckdb

from core.errors import InvalidError
from tenants.store.literal import render_literal
from tenants.store.statement import one_select

_SIGN = b"$"
_DIGITS = frozenset(b"0123456789")


def require_inlined(cursor: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object]) -> duckdb.Statement:
    """The one SELECT of `sql` with `values` for its `$1`, `$2`.

    Raises RefusedError for any other statement, InvalidError where a value is missing or of a type no question has.
    """
    # What is asked is judged before its values stand in it, and once more with them.
    statement = one_select(cursor, sql)
    if values:
        statement = one_select(cursor, inline(sql, values))
    if statement.named_parameters:
        missing = ", ".join(f"${name}" for name in sorted(statement.named_parameters))
        raise InvalidError(f"The query needs a value for {missing}, and {len(values)} were given.")
    return statement


def inline(sql: str, values: Sequence[object]) -> str:
    """The text with literals in the places of values; a place without a value stays.

    >>> inline("SELECT '$1', $1 -- $2", ["it's"])
    "SELECT '$1', ('it''s') -- $2"
    """
    text = sql.encode()
    parts: list[bytes] = []
    done = 0
    for start, kind in duckdb.tokenize(sql):
        if kind != duckdb.token_type.operator or text[start : start + 1] != _SIGN:
            continue
        end = start + 1
        while end < len(text) and text[end] in _DIGITS:
            end += 1
        number = int(text[start + 1 : end] or b"0")
        if 0 < number <= len(values):
            # In parentheses: the minus of a number must not meet another one and begin a comment.
            parts += (text[done:start], b"(", render_literal(values[number - 1]).encode(), b")")
            done = end
    return b"".join((*parts, text[done:])).decode()
