"""Plans for columns that have types of their own, such as those of a Parquet file."""

from pathlib import Path
from typing import cast as typed

import duckdb
from sqlglot import exp

from connectors.engine import Engine
from connectors.inference.columns import ColumnPlan
from connectors.inference.expressions import (
    all_of,
    call,
    cast,
    column,
    count_if,
    is_known,
    is_null,
    named,
    only_if,
    scan,
    select,
)
from connectors.inference.reading import Verdict
from core.result import ColumnType

_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_WIDE_INTEGERS = frozenset({"UBIGINT", "HUGEINT", "UHUGEINT"})
_PLAIN = {
    "BOOLEAN": (ColumnType.BOOLEAN, "BOOLEAN"),
    "DATE": (ColumnType.DATE, "DATE"),
    "TIMESTAMP WITH TIME ZONE": (ColumnType.DATETIME, "TIMESTAMPTZ"),
    "VARCHAR": (ColumnType.TEXT, "VARCHAR"),
}


def plan_declared_columns(engine: Engine, path: Path) -> tuple[ColumnPlan, ...]:
    """Plans for all columns in the file's order: the same values in the types that are staged."""
    described = engine.connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    return tuple(ColumnPlan(stored=name, verdict=_verdict(engine, path, name, kind)) for name, kind, *_ in described)


def _verdict(engine: Engine, path: Path, name: str, kind: str) -> Verdict:
    source = column(name)
    if kind in _PLAIN:
        type_, storage = _PLAIN[kind]
        return Verdict(type=type_, storage=storage, value=source)
    if kind in _INTEGERS:
        return Verdict(type=ColumnType.INTEGER, storage="BIGINT", value=cast(source, "BIGINT"))
    if kind in _WIDE_INTEGERS:
        return Verdict(type=ColumnType.INTEGER, storage="DECIMAL(38,0)", value=cast(source, "DECIMAL(38,0)"))
    if kind in ("FLOAT", "DOUBLE"):
        return _floats(engine, path, source)
    if kind.startswith("DECIMAL"):
        is_whole = kind.replace(" ", "").endswith(",0)")
        return Verdict(type=ColumnType.INTEGER if is_whole else ColumnType.NUMBER, storage=kind, value=source)
    if kind.startswith("TIMESTAMP"):
        return Verdict(type=ColumnType.DATETIME, storage="TIMESTAMP", value=cast(source, "TIMESTAMP"))
    if kind == "BLOB":
        return _bytes(engine, path, source)
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        value, note = cast(call("to_json", source), "VARCHAR"), "Nested values are kept as JSON text."
        return Verdict(type=ColumnType.TEXT, storage="VARCHAR", value=value, notes=(note,))
    return Verdict(type=ColumnType.TEXT, storage="VARCHAR", value=cast(source, "VARCHAR"))


def _floats(engine: Engine, path: Path, source: exp.Expression) -> Verdict:
    """What is not a number, or infinite, is undefined; one such value would spoil every sum."""
    is_odd = exp.Not(this=call("isfinite", source))
    odd = _count(engine, path, is_odd)
    value = cast(source, "DOUBLE")
    if not odd:
        return Verdict(type=ColumnType.NUMBER, storage="DOUBLE", value=value)
    told = f"Values that are infinite or not a number: {odd:,}. They were read as empty."
    finite = only_if(call("isfinite", source), value)
    return Verdict(type=ColumnType.NUMBER, storage="DOUBLE", value=finite, warnings=(told,))


def _bytes(engine: Engine, path: Path, source: exp.Expression) -> Verdict:
    """Some writers do not mark text as text."""
    text = call("try", call("decode", source))
    try:
        broken = _count(engine, path, all_of(is_known(source), is_null(text)))
    except duckdb.ConversionException:
        broken = 1
    if not broken:
        return Verdict(type=ColumnType.TEXT, storage="VARCHAR", value=call("decode", source))
    told = "The column has bytes that are not text; they are kept as Base64."
    return Verdict(type=ColumnType.TEXT, storage="VARCHAR", value=call("to_base64", source), warnings=(told,))


def _count(engine: Engine, path: Path, condition: exp.Expression) -> int:
    row = engine.row(select([named(count_if(condition), "found")]).from_(scan()), [str(path)])
    return typed(int, row["found"])
