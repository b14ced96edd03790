"""The ways a measure can be aggregated, each with its tree, its type and its value on no rows."""

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum

from sqlglot import exp

from core.result import ColumnType


class Aggregation(StrEnum):
    """How the values of many rows become one."""

    AVERAGE = "average"
    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
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

    def tree(self, value: exp.Expr | None, fraction: Decimal | None = None) -> exp.Expr:
        """The aggregate of an expression; only `count` may go without one and then counts rows.

        `fraction` is the share of values below a percentile. Medians and percentiles interpolate between the two
        nearest values (PERCENTILE_CONT of the SQL standard).
        """
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
