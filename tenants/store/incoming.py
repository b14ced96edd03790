"""Staged rows on their way into a table: cast to its types, and what cannot be cast set aside with the reason.

The temporary table `incoming` holds the rows that fit, numbered by `_row` in the order they came.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
from sqlglot import exp

from tenants.store.change import ChangeMode, TableChange
from tenants.store.tree import all_of, any_of, as_text, col, equal, kind, same, stored, temporary

ROW = "_row"
_REASON = "_reason"
_INTEGER = re.compile(r"(TINY|SMALL|BIG|HUGE)?INT(EGER)?")
_DECIMAL = re.compile(r"DECIMAL\(\d+,\s*(\d+)\)")


def stage(cursor: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> dict[str, str]:
    """Make the temporary view `staged` of Parquet files; gives its columns' types by name."""
    paths = exp.Array(expressions=[exp.Literal.string(str(file)) for file in files])
    union = exp.EQ(this=exp.column("union_by_name"), expression=exp.true())
    rows = exp.select("*", exp.alias_(exp.Window(this=exp.func("row_number")), ROW)).from_(
        exp.func("read_parquet", paths, union)
    )
    cursor.execute(temporary("staged", rows, what="VIEW"))
    described = cursor.execute("DESCRIBE staged").fetchall()
    return {name: arriving for name, arriving, *_ in described if name != ROW}


def take_in(
    cursor: duckdb.DuckDBPyConnection,
    change: TableChange,
    comes: Mapping[str, str],
    keeps: Mapping[str, str],
    at: object,
) -> tuple[int, int]:
    """Fill `incoming` from `staged`; gives how many rows came and how many were set aside."""
    reason = _reason(change, comes, keeps)
    fits = exp.Is(this=reason, expression=exp.null())
    counts = exp.select(exp.Count(this=exp.Star()), exp.func("count_if", exp.not_(fits))).from_("staged")
    came, unfit = cursor.execute(counts.sql("duckdb")).fetchall()[0]
    if unfit:
        rows = exp.select("*", exp.alias_(reason, _REASON)).from_("staged").where(exp.not_(fits))
        _set_aside(cursor, change, rows, list(comes), at)
    cast = [exp.alias_(_cast(name, arriving, keeps[name]), name, quoted=True) for name, arriving in comes.items()]
    fitting = exp.select(col(ROW), *cast).from_("staged").where(fits)
    cursor.execute(temporary("incoming", fitting))
    superseded = _leave_newest(cursor, change, list(comes), at) if change.key else 0
    return int(came), int(unfit or 0) + superseded


def _leave_newest(cursor: duckdb.DuckDBPyConnection, change: TableChange, columns: Sequence[str], at: object) -> int:
    """Of several rows of one key the last stays. In a snapshot the others, where they differ, are set aside."""
    keys = [col(name) for name in change.key]
    newest = exp.select(exp.alias_(exp.Max(this=col(ROW)), ROW)).from_("incoming").group_by(*keys)
    count = exp.select(exp.Count(this=exp.Star())).from_
    rows = cursor.execute(count("incoming").sql("duckdb")).fetchall()[0][0]
    if cursor.execute(count(newest.subquery("newest")).sql("duckdb")).fetchall()[0][0] == rows:
        return 0
    cursor.execute(temporary("newest", newest))
    aside = 0
    if change.mode is ChangeMode.SNAPSHOT:
        aside = _set_aside(cursor, change, _superseded(change.key, columns), columns, at)
    cursor.execute("DELETE FROM incoming WHERE _row NOT IN (SELECT _row FROM newest)")
    return aside


def _superseded(key: Sequence[str], columns: Sequence[str]) -> exp.Select:
    told = exp.Literal.string(f"another row of the same key ({', '.join(key)}) comes after it")
    is_newest = exp.select(ROW).from_("newest")
    older = exp.select("*").from_("incoming").where(exp.not_(exp.In(this=col(ROW), query=is_newest.subquery())))
    last = exp.select("*").from_("incoming").where(exp.In(this=col(ROW), query=is_newest.subquery()))
    differs = exp.not_(all_of([same(name, "older", "last") for name in columns]))
    return (
        exp.select(col(ROW, "older"), *[col(name, "older") for name in columns], exp.alias_(told, _REASON))
        .from_(older.subquery("older"))
        .join(last.subquery("last"), on=equal(key, "older", "last"))
        .where(differs)
    )


def _set_aside(
    cursor: duckdb.DuckDBPyConnection, change: TableChange, rows: exp.Select, columns: Sequence[str], at: object
) -> int:
    """Put rows that have a `_reason` into the quarantine, as JSON; gives how many."""
    packed = exp.Struct(
        expressions=[exp.PropertyEQ(this=exp.Literal.string(name), expression=col(name)) for name in columns]
    )
    bound = [exp.Placeholder() for _ in range(4)]
    query = exp.select(*bound, col(_REASON), as_text(exp.func("to_json", packed))).from_(rows.subquery("unfit"))
    statement = exp.insert(query, stored("plumbline", "quarantine")).sql("duckdb")
    done = cursor.execute(statement, [change.source, change.stream, change.run, at]).fetchall()
    return int(done[0][0])


def _cast(name: str, comes: str, keeps: str) -> exp.Expr:
    return col(name) if comes == keeps else exp.TryCast(this=col(name), to=kind(keeps))


def _reason(change: TableChange, comes: Mapping[str, str], keeps: Mapping[str, str]) -> exp.Expr:
    """Why a row cannot be stored, NULL where it can."""
    cases = exp.Case()
    for name in change.key:
        cases = cases.when(
            exp.Is(this=col(name), expression=exp.null()), exp.Literal.string(f"its key is empty ({name})")
        )
    for name, arriving in comes.items():
        if arriving != keeps[name]:
            told = exp.func(
                "concat",
                exp.Literal.string("the value "),
                exp.func("left", as_text(col(name)), exp.Literal.number(200)),
                exp.Literal.string(f" of the column {name} is no {keeps[name]}"),
            )
            cases = cases.when(_is_unfit(name, arriving, keeps[name]), told)
    return cases if cases.args.get("ifs") else exp.cast(exp.null(), "VARCHAR")


def _is_unfit(name: str, comes: str, keeps: str) -> exp.Expr:
    """Whether a value is there but cannot be cast without losing something of it."""
    cast = _cast(name, comes, keeps)
    is_there = exp.not_(exp.Is(this=col(name), expression=exp.null()))
    fails: list[exp.Expr] = [exp.Is(this=cast, expression=exp.null())]
    if comes != "VARCHAR":
        back = exp.TryCast(this=cast.copy(), to=kind(comes))
        fails.append(exp.NullSafeNEQ(this=back, expression=col(name)))
    elif pattern := _pattern(keeps):
        matches = exp.func("regexp_full_match", col(name), exp.Literal.string(pattern))
        fails.append(exp.not_(matches))
    elif keeps == "DATE":
        # The engine would cut the time off in silence.
        moment = exp.TryCast(this=col(name), to=kind("TIMESTAMP"))
        fails.append(exp.NullSafeNEQ(this=moment, expression=exp.cast(cast.copy(), "TIMESTAMP")))
    return exp.and_(is_there, any_of(fails))


def _pattern(keeps: str) -> str | None:
    """What text must look like to become such a number: the engine would round in silence."""
    if _INTEGER.fullmatch(keeps):
        return r"\s*[-+]?[0-9]+\s*"
    found = _DECIMAL.fullmatch(keeps)
    return rf"\s*[-+]?[0-9]*(\.[0-9]{{0,{found[1]}}}0*)?\s*" if found else None
