"""The table whose events a statement reads, and conditions on them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRelation:
    """A table or view of events. `time` holds whole microseconds since 1970 (UTC), `event` text.

    `ordinal` orders rows of one moment that serve the same steps; without it such rows have no stated order.
    """

    table: str
    entity: str
    time: str
    event: str
    ordinal: str | None = None

    def select(self, columns: Sequence[exp.Expr]) -> exp.Select:
        """Columns of the rows that have an entity and a time."""
        known = [exp.Not(this=exp.Is(this=column_of(one), expression=exp.Null())) for one in (self.entity, self.time)]
        tree = exp.select(*columns).from_(exp.table_(exp.to_identifier(self.table, quoted=True)))
        return tree.where(*known)


def column_of(name: str) -> exp.Column:
    """A column by its name as it is written."""
    return exp.column(exp.to_identifier(name, quoted=True))


def is_one_of(column: exp.Expr, names: Sequence[str] | None) -> exp.Expr:
    """Whether the event is one of the names; every event, one without a name too, where it is None."""
    if names is None:
        return exp.true()
    listed = [exp.Literal.string(name) for name in names]
    return exp.Coalesce(this=exp.In(this=column, expressions=listed), expressions=[exp.false()])


def flag(condition: exp.Expr) -> exp.Case:
    """1 where a condition holds, else 0: a truth value that every engine can add up."""
    return exp.Case().when(condition, exp.Literal.number(1)).else_(exp.Literal.number(0))
