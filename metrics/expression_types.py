"""The DuckDB type of an expression, worked out by sqlglot and put right where its knowledge ends."""

from collections.abc import Mapping
from typing import Any

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import TypeAnnotator, annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from metrics.guard import DIALECT, Scalar

UNKNOWN = "UNKNOWN"

_Type = exp.DataType.Type
_NAMED = {
    "date_part": _Type.BIGINT,
    "date_sub": _Type.BIGINT,
    "datepart": _Type.BIGINT,
    "isfinite": _Type.BOOLEAN,
    "try_strptime": _Type.TIMESTAMP,
    "weekday": _Type.BIGINT,
}
_TEXT = (exp.Left, exp.RegexpExtract, exp.RegexpReplace, exp.Replace, exp.Right, exp.SplitPart)


def _annotate_named(_annotator: TypeAnnotator, call: exp.Anonymous) -> exp.Expr:
    call.type = _NAMED.get(call.name.casefold(), _Type.UNKNOWN)
    return call


def _annotate_difference(annotator: TypeAnnotator, difference: exp.Sub) -> exp.Expr:
    """Two dates apart are a number of days in DuckDB; everything else is as sqlglot has it."""
    if all(side.type is not None and side.type.is_type("date") for side in (difference.left, difference.right)):
        difference.type = _Type.BIGINT
        return difference
    return annotator._annotate_binary(difference)


_METADATA: dict[type[exp.Expr], dict[str, Any]] = {
    **DuckDB.EXPRESSION_METADATA,
    **{kind: {"returns": _Type.TEXT} for kind in _TEXT},
    exp.Anonymous: {"annotator": _annotate_named},
    exp.Sub: {"annotator": _annotate_difference},
}


def expression_type(scalar: Scalar, types: Mapping[str, str]) -> str:
    """The type of an expression over columns of these types (by name in small letters), `UNKNOWN` if nobody knows."""

    def with_type(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Column):
            return node
        return exp.Cast(this=exp.Null(), to=_data_type(types.get(node.name.casefold(), UNKNOWN)))

    tree = scalar.tree.transform(with_type)
    return _name(annotate_types(tree, expression_metadata=_METADATA, dialect=DIALECT).type)


def query_types(query: exp.Query, tables: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The columns of a SELECT over these tables with their types.

    Raises SqlglotError for a column that no table has.
    """
    known: dict[str, object] = {
        table.casefold(): {name: _data_type(type_) for name, type_ in types.items()} for table, types in tables.items()
    }
    schema = MappingSchema(known, dialect=DIALECT)
    qualified = qualify(query.copy(), schema=schema, dialect=DIALECT, quote_identifiers=False)
    typed = annotate_types(qualified, schema=schema, expression_metadata=_METADATA, dialect=DIALECT)
    selects = typed.selects if isinstance(typed, exp.Query) else []
    return {select.alias_or_name: _name(select.type) for select in selects}


def _data_type(type_name: str) -> exp.DataType:
    try:
        return exp.DataType.build(type_name, dialect=DIALECT)
    except SqlglotError:
        return exp.DataType.build("unknown")


def _name(data_type: exp.DataType | None) -> str:
    return UNKNOWN if data_type is None or data_type.is_type("unknown", "null") else data_type.sql(DIALECT)
