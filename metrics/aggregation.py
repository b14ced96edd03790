"""The ways a measure can be aggregated, each with its tree, its type and its value on no rows."""

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum

from sqlglot import exp

from core.result import ColumnType
from metrics.guard import closed


class Aggregation(StrEnum):
    """How the values of many rows become one."""

    AVERAGE = "average"
    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    FIRST = "first"
    LAST = "last"
    MAX = "max"
    MEDIAN = "median"
    MIN = "min"
    PERCENTILE = "percentile"
    SUM = "sum"

    @property
    def is_count(self) -> bool:
        """Whether it counts: the value on no rows is then 0, otherwise null."""
        return self in {Aggregation.COUNT, Aggregation.COUNT_DISTINCT}

    @property
    def needs_numbers(self) -> bool:
        """Whether it can only be taken of numbers."""
        return self in {Aggregation.AVERAGE, Aggregation.MEDIAN, Aggregation.PERCENTILE, Aggregation.SUM}

    @property
    def is_additive(self) -> bool:
        """Whether the values of all members add up to the value of the whole."""
        return self in {Aggregation.COUNT, Aggregation.SUM}

    @property
    def is_ordered(self) -> bool:
        """Whether it takes the value of the row that comes first or last."""
        return self in {Aggregation.FIRST, Aggregation.LAST}

    def tree(self, value: exp.Expr | None, fraction: Decimal | None = None, order: exp.Expr | None = None) -> exp.Expr:
        """The aggregate of an expression; only `count` may go without one and then counts rows.

        `fraction` is the share of values below a percentile. Medians and percentiles interpolate between the two
        nearest values (PERCENTILE_CONT of the SQL standard). `order` is what the first and the last value are taken by;
        rows without it or without a value do not count, and of several at once it is the smallest or largest value.
        """
        if self.is_ordered and value is not None and order is not None:
            pick = exp.ArgMin if self is Aggregation.FIRST else exp.ArgMax
            place = exp.Anonymous(this="row", expressions=[order, value.copy()])
            return exp.Filter(this=pick(this=value, expression=place), expression=exp.Where(this=_is_there(order)))
        if self is Aggregation.PERCENTILE:
            return exp.PercentileCont(this=_double(value), expression=exp.Literal.number(str(fraction)))
        return _TREES[self](exp.Star() if value is None else value)

    def type_of(self, value: ColumnType | None) -> ColumnType:
        """The type of the aggregate of values of a type (None where it is unknown)."""
        if self.is_count:
            return ColumnType.INTEGER
        if self in {Aggregation.AVERAGE, Aggregation.MEDIAN, Aggregation.PERCENTILE} or value is None:
            return ColumnType.NUMBER
        return value


def recount(tree: exp.Expr) -> exp.Expr:
    """A sum of counts as the count it is: of the engine's type for counts, and 0 for none."""
    whole = exp.Coalesce(this=tree, expressions=[exp.Literal.number(0)])
    return exp.Cast(this=whole, to=exp.DataType.build("bigint"))


def _is_there(tree: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=closed(tree.copy()), expression=exp.Null()))


def _double(value: exp.Expr | None) -> exp.Expr:
    """DuckDB rounds what lies between two decimals to their scale, so the median of 0.01 and 0.02 would be 0.01."""
    return exp.Cast(this=value, to=exp.DataType.build("double"))


_TREES: dict[Aggregation, Callable[[exp.Expr], exp.Expr]] = {
    Aggregation.AVERAGE: lambda value: exp.Avg(this=value),
    Aggregation.COUNT: lambda value: exp.Count(this=value),
    Aggregation.COUNT_DISTINCT: lambda value: exp.Count(this=exp.Distinct(expressions=[value])),
    Aggregation.MAX: lambda value: exp.Max(this=value),
    Aggregation.MEDIAN: lambda value: exp.Median(this=_double(value)),
    Aggregation.MIN: lambda value: exp.Min(this=value),
    Aggregation.SUM: lambda value: exp.Sum(this=value),
}
