"""What the SELECT of a SQL cell leaves out, in words: its conditions, or where they say more than words do, as SQL."""

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from core.errors import InvalidError
from metrics.filter_text import parse_filter
from metrics.sentence import inside, write_condition
from notebooks.references import Reference, replace_references

_DIALECT = "duckdb"
_LONGEST = 300


def sql_filter(text: str) -> str:
    """The conditions of every part of a SELECT, in order; empty where there is none.

    >>> sql_filter("select region, sum(x) as x from t where t.region in ('A', 'B') group by 1 having sum(x) > 5")
    'region is one of A and B, and of each group SUM(x) > 5'
    """
    try:
        tree = parse_one(replace_references(text, _named), dialect=_DIALECT)
    except (SqlglotError, RecursionError):
        # The cell itself says what is wrong with it.
        return ""
    found = [node for node in tree.walk(bfs=False) if isinstance(node, exp.Where | exp.Having | exp.Qualify)]
    told = (
        _words(node.this) if isinstance(node, exp.Where) else f"of each group {_words(node.this)}" for node in found
    )
    return ", and ".join(dict.fromkeys(told))


def _words(condition: exp.Expr) -> str:
    plain = condition.copy()
    for column in plain.find_all(exp.Column):
        # Which of the tables it is of matters to the engine.
        column.set("table", None)
    text = plain.sql(dialect=_DIALECT)
    try:
        return write_condition(parse_filter(text), lambda name: inside(name.replace("_", " ")))
    except InvalidError:
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _named(reference: Reference, _before: str) -> str:
    """A value that is chosen elsewhere, in a word."""
    name = f"{reference.column} of {reference.cell}" if reference.column else f"the chosen {reference.cell}"
    return f"'{name.replace('_', ' ')}'"
