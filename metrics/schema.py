"""The store's columns, as far as definitions need them: do they exist, and of what type are they and expressions.

Types come as DuckDB names. Everything here works at load time; a question never needs it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp
from sqlglot.errors import SqlglotError

from core.names import suggestion
from core.result import ColumnType
from metrics.errors import Part, Problem
from metrics.expression_types import UNKNOWN, expression_type, query_types
from metrics.guard import Scalar
from metrics.spec import DimensionDefinition, Measure, Model, Temporal

Schema = Mapping[str, Mapping[str, str]]

_INTEGERS = frozenset(
    f"{sign}{name}" for sign in ("", "U") for name in ("TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT")
)
_NUMBERS = frozenset({"DECIMAL", "DOUBLE", "FLOAT", "NUMERIC", "REAL"})
# What whole numbers and decimals can be combined by without a rounding.
_EXACT: frozenset[type[exp.Expr]] = frozenset({
    exp.Add, exp.Case, exp.Coalesce, exp.Column, exp.EQ, exp.GT, exp.GTE, exp.Identifier, exp.If, exp.LT, exp.LTE,
    exp.Literal, exp.Mul, exp.NEQ, exp.Neg, exp.Null, exp.Paren, exp.Sub,
})  # fmt: skip
_TEMPORAL = {
    "DATE": Temporal.DATE,
    "DATETIME": Temporal.TIMESTAMP,
    "TIMESTAMP": Temporal.TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": Temporal.TIMESTAMPTZ,
    "TIMESTAMPTZ": Temporal.TIMESTAMPTZ,
    "TIMESTAMP_MS": Temporal.TIMESTAMP,
    "TIMESTAMP_NS": Temporal.TIMESTAMP,
    "TIMESTAMP_S": Temporal.TIMESTAMP,
}


class Columns:
    """The columns of one table or SELECT by name, whatever the case; a type may be unknown."""

    def __init__(self, types: Mapping[str, str]) -> None:
        self.names = tuple(types)
        self.types = {name.casefold(): type_ for name, type_ in types.items()}

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self.types

    def type_name(self, name: str) -> str:
        """The DuckDB type of a column, `UNKNOWN` when nobody knows."""
        return self.types.get(name.casefold(), UNKNOWN)


def temporal_of(type_name: str) -> Temporal | None:
    """How a column of this DuckDB type counts time, None when it does not."""
    return _TEMPORAL.get(_base(type_name))


def column_type(type_name: str) -> ColumnType | None:
    """The result type of a DuckDB type; None for an unknown one.

    >>> column_type("DECIMAL(18,2)")
    <ColumnType.NUMBER: 'number'>
    """
    base = _base(type_name)
    if base == UNKNOWN:
        return None
    if base in _INTEGERS:
        return ColumnType.INTEGER
    if base in _NUMBERS:
        return ColumnType.NUMBER
    if base == "BOOLEAN":
        return ColumnType.BOOLEAN
    temporal = _TEMPORAL.get(base)
    if temporal is None:
        return ColumnType.TEXT
    return ColumnType.DATE if temporal is Temporal.DATE else ColumnType.DATETIME


def find_columns(model: Model, schema: Schema | None, problems: list[Problem]) -> Columns | None:
    """The columns a model can use; None when they cannot be known, so that nothing is said about them."""
    if model.query is not None:
        return _query_columns(model, model.query, schema, problems)
    if schema is None or model.table is None:
        return None
    for table, types in schema.items():
        if table.casefold() == model.table.casefold():
            return Columns(types)
    return None


def apply_types(model: Model, columns: Columns | None, problems: list[Problem]) -> Model:
    """The model with the types of its dimensions and measures filled in; notes what does not fit."""
    dimensions = {
        name: _typed_dimension(dimension, model, columns, problems) for name, dimension in model.dimensions.items()
    }
    measures = {name: _typed_measure(measure, model, columns, problems) for name, measure in model.measures.items()}
    return replace(model, dimensions=dimensions, measures=measures)


def missing_column(name: str, model: Model, columns: Columns) -> str:
    """What to say about a column that is not there."""
    place = f"table {model.table}" if model.table else f"the SELECT of model {model.name}"
    return f"{place} has no column {name}. {suggestion(name, columns.names)}"


def _base(type_name: str) -> str:
    return type_name if type_name.endswith("]") else type_name.upper().split("(")[0].strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """The dimension or measure something is said about."""

    model: Model
    part: Part
    name: str
    line: int

    @property
    def title(self) -> str:
        return f"{self.part} {self.name}"

    def problem(self, message: str) -> Problem:
        return Problem(file=self.model.file, line=self.line, message=message, part=self.part, name=self.name)


def _typed_dimension(
    dimension: DimensionDefinition, model: Model, columns: Columns | None, problems: list[Problem]
) -> DimensionDefinition:
    subject = _Subject(model=model, part=Part.DIMENSION, name=dimension.name, line=dimension.line)
    found = _type_name(dimension.scalar, subject.title, subject, columns, problems)
    if found is None or column_type(found) is None:
        return dimension
    temporal, type_ = temporal_of(found), column_type(found)
    if dimension.is_time and temporal is None:
        message = f"{subject.title} is a time dimension, but its values are {found}; use a date or timestamp column"
        problems.append(subject.problem(message))
    if dimension.temporal is not None and temporal is not None and dimension.temporal is not temporal:
        message = f"{subject.title} is declared as {dimension.temporal}, but its values are {found}; write `type: time`"
        problems.append(subject.problem(message))
    if dimension.type is not None:
        type_ = dimension.type
    return replace(dimension, type=type_, temporal=temporal, is_time=temporal is not None)


def _typed_measure(measure: Measure, model: Model, columns: Columns | None, problems: list[Problem]) -> Measure:
    subject = _Subject(model=model, part=Part.MEASURE, name=measure.name, line=measure.line)
    value: ColumnType | None = None
    if measure.where is not None:
        found = _type_name(measure.where, f"`where` of {subject.title}", subject, columns, problems)
        if found is not None and column_type(found) not in {None, ColumnType.BOOLEAN}:
            message = f"`where` of {subject.title} must be true or false for each row; its values are {found}"
            problems.append(subject.problem(message))
    if measure.order is not None:
        _type_name(measure.order, f"`order` of {subject.title}", subject, columns, problems)
    if measure.scalar is not None:
        found = _type_name(measure.scalar, subject.title, subject, columns, problems)
        value = column_type(found) if found else None
        if measure.aggregation.needs_numbers and value not in {None, ColumnType.INTEGER, ColumnType.NUMBER}:
            message = f"{subject.title} cannot take the {measure.aggregation} of {found} values; it needs numbers"
            problems.append(subject.problem(message))
        is_exact = found is not None and _is_exact(measure.scalar, found, columns)
        measure = replace(measure, is_exact=is_exact)
    return replace(measure, type=measure.aggregation.type_of(value))


def _is_exact(scalar: Scalar, type_name: str, columns: Columns | None) -> bool:
    """Whether values are whole numbers or decimals, and made of nothing else: such sums do not depend on an order."""
    if columns is None or not is_exact_type(type_name):
        return False
    is_plain = all(type(node) in _EXACT and not _is_rounded(node) for node in scalar.tree.walk())
    return is_plain and all(is_exact_type(columns.type_name(name)) for name in scalar.columns)


def _is_rounded(node: exp.Expr) -> bool:
    """Whether it is a floating-point number, such as 1e3."""
    return isinstance(node, exp.Literal) and "e" in node.name.casefold()


def is_exact_type(type_name: str) -> bool:
    """Whether numbers of an engine's type are kept without rounding."""
    base = _base(type_name)
    return base in _INTEGERS or base in {"DECIMAL", "NUMERIC"}


def _type_name(
    scalar: Scalar, title: str, subject: _Subject, columns: Columns | None, problems: list[Problem]
) -> str | None:
    """The DuckDB type of an expression; None when its columns cannot be known or are missing (which is noted)."""
    if columns is None:
        return None
    missing = [name for name in scalar.columns if name not in columns]
    problems.extend(subject.problem(f"{title}: {missing_column(name, subject.model, columns)}") for name in missing)
    if missing:
        return None
    if isinstance(scalar.tree, exp.Column):
        return columns.type_name(scalar.columns[0])
    return expression_type(scalar, columns.types)


def _query_columns(model: Model, query: exp.Query, schema: Schema | None, problems: list[Problem]) -> Columns | None:
    if schema is None:
        return None if query.is_star else Columns(dict.fromkeys(query.named_selects, UNKNOWN))
    try:
        return Columns(query_types(query, schema))
    except SqlglotError as error:
        message = f"`sql` of model {model.name}: {' '.join(str(error).split())}"
        problems.append(Problem(file=model.file, line=model.line, message=message))
        return None
