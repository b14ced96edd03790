"""The ways a measure can be aggregated, each with its tree, its type and its value on no rows."""

from collections.abc import Callable
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
    SUM = "sum"

    @property
    def is_count(self) -> bool:
        """Whether it counts: the value on no rows is then 0, otherwise null."""
        return self in {Aggregation.COUNT, Aggregation.COUNT_DISTINCT}

    @property
    def needs_numbers(self) -> bool:
        """Whether it can only be taken of numbers."""
        return self in {Aggregation.AVERAGE, Aggregation.MEDIAN, Aggregation.SUM}

    def tree(self, value: exp.Expr | None) -> exp.Expr:
        """The aggregate of an expression; only `count` may go without one and then counts rows."""
        return _TREES[self](exp.Star() if value is None else value)

    def type_of(self, value: ColumnType | None) -> ColumnType:
        """The type of the aggregate of values of a type (None where it is unknown)."""
        if self.is_count:
            return ColumnType.INTEGER
        if self in {Aggregation.AVERAGE, Aggregation.MEDIAN} or value is None:
            return ColumnType.NUMBER
        return value


_TREES: dict[Aggregation, Callable[[exp.Expr], exp.Expr]] = {
    Aggregation.AVERAGE: lambda value: exp.Avg(this=value),
    Aggregation.COUNT: lambda value: exp.Count(this=value),
    Aggregation.COUNT_DISTINCT: lambda value: exp.Count(this=exp.Distinct(expressions=[value])),
    Aggregation.MAX: lambda value: exp.Max(this=value),
    Aggregation.MEDIAN: lambda value: exp.Median(this=value),
    Aggregation.MIN: lambda value: exp.Min(this=value),
    Aggregation.SUM: lambda value: exp.Sum(this=value),
}
