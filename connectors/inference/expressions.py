"""The few SQL expressions that everything here is built from, as sqlglot trees for DuckDB."""

import functools
from collections.abc import Sequence

from sqlglot import exp

ROW_NUMBER = "file_row_number"


def call(function: str, *arguments: exp.Expression) -> exp.Expression:
    """A call of a DuckDB function, written out as it is."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def literal(text: str) -> exp.Expression:
    """A text constant."""
    return exp.Literal.string(text)


def number(value: int) -> exp.Expression:
    """A number constant."""
    return exp.Literal.number(value)


def column(name: str) -> exp.Expression:
    """A column by its exact name."""
    return exp.column(exp.to_identifier(name, quoted=True))


def named(expression: exp.Expression, name: str) -> exp.Expression:
    """An expression of a select list, with its name."""
    return exp.Alias(this=expression, alias=exp.to_identifier(name, quoted=True))


def scan(*, has_row_number: bool = False, path: str | None = None) -> exp.Expression:
    """The Parquet file at `path`, or at the query's next bound value; rows may carry their number in it, from 0."""
    arguments: list[exp.Expression] = [exp.Placeholder() if path is None else literal(path)]
    if has_row_number:
        arguments.append(exp.PropertyEQ(this=exp.to_identifier(ROW_NUMBER), expression=exp.true()))
    return exp.Table(this=call("read_parquet", *arguments))


def select(expressions: Sequence[exp.Expression]) -> exp.Select:
    """A select of these expressions."""
    return exp.Select(expressions=list(expressions))


def cast(expression: exp.Expression, storage: str) -> exp.Expression:
    """A cast that fails on what does not fit."""
    return exp.Cast(this=expression, to=exp.DataType.build(storage, dialect="duckdb"))


def try_cast(expression: exp.Expression, storage: str) -> exp.Expression:
    """A cast that gives null for what does not fit."""
    return exp.TryCast(this=expression, to=exp.DataType.build(storage, dialect="duckdb"))


def count_if(condition: exp.Expression) -> exp.Expression:
    """How many rows meet a condition, as a BIGINT (DuckDB's own count_if gives a HUGEINT, which Arrow has not)."""
    return call("count", only_if(condition, number(1)))


def count(expression: exp.Expression) -> exp.Expression:
    """How many values are not null."""
    return call("count", expression)


def is_null(expression: exp.Expression) -> exp.Expression:
    """Whether a value is null."""
    return exp.Is(this=expression, expression=exp.Null())


def is_known(expression: exp.Expression) -> exp.Expression:
    """Whether a value is not null."""
    return exp.Not(this=exp.Paren(this=is_null(expression)))


def matches(expression: exp.Expression, pattern: str) -> exp.Expression:
    """Whether a whole text matches a regular expression."""
    return call("regexp_full_match", expression, literal(pattern))


def only_if(condition: exp.Expression, expression: exp.Expression) -> exp.Case:
    """The expression where the condition holds, else null."""
    return choose([(condition, expression)])


def choose(cases: Sequence[tuple[exp.Expression, exp.Expression]], default: exp.Expression | None = None) -> exp.Case:
    """The expression of the first condition that holds, else the default or null."""
    ifs = [exp.If(this=condition, true=expression) for condition, expression in cases]
    return exp.Case(ifs=ifs, default=default)


def trimmed(expression: exp.Expression) -> exp.Expression:
    """A text without blanks at its ends; null when nothing is left."""
    return call("nullif", call("trim", expression), literal(""))


def all_of(*conditions: exp.Expression) -> exp.Expression:
    """Whether all conditions hold."""
    return functools.reduce(lambda left, right: exp.And(this=left, expression=right), map(_enclosed, conditions))


def any_of(*conditions: exp.Expression) -> exp.Expression:
    """Whether at least one condition holds."""
    return functools.reduce(lambda left, right: exp.Or(this=left, expression=right), map(_enclosed, conditions))


def _enclosed(condition: exp.Expression) -> exp.Expression:
    return exp.Paren(this=condition)
