"""A filter as SQL: each condition against the dimension's own type, every value bound.

The value decides how a time dimension is compared: a date with the day in the tenant's zone, a time with the clock
there. As in SQL, a condition on a null is neither true nor false, so `region != 'West'` leaves out rows without a
region; add `OR region IS NULL` to keep them.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from sqlglot import exp

from core.errors import InvalidError
from core.result import ColumnType
from metrics.binding import Binder
from metrics.compiled import CompileContext
from metrics.filter import (
    Among,
    Compare,
    Comparison,
    Empty,
    Every,
    Filter,
    Like,
    Not,
    OneOf,
    Some,
    Value,
    Within,
    write_value,
)
from metrics.guard import closed
from metrics.reach import Dimension
from metrics.spec import Temporal
from metrics.timeline import local, local_day, require_temporal

_TREES: Mapping[Comparison, type[exp.Binary]] = {
    Comparison.EQUAL: exp.EQ,
    Comparison.NOT_EQUAL: exp.NEQ,
    Comparison.LESS: exp.LT,
    Comparison.AT_MOST: exp.LTE,
    Comparison.GREATER: exp.GT,
    Comparison.AT_LEAST: exp.GTE,
}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"-?\d{1,19}(\.\d{1,18})?")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?")

Find = Callable[[str], Dimension]


class Lowering:
    """Turns filters into conditions for one model: `find` gives the dimension of a name as that model reaches it."""

    def __init__(self, find: Find, binder: Binder, context: CompileContext) -> None:
        self._find = find
        self._binder = binder
        self._context = context

    def lower_all(self, filter_: Filter) -> list[exp.Expr]:
        """The conditions that must all hold."""
        parts = filter_.conditions if isinstance(filter_, Every) else (filter_,)
        return [self.lower(part) for part in parts]

    def lower(self, filter_: Filter) -> exp.Expr:
        """The condition, closed, to stand beside others. Raises InvalidError for a value that cannot match."""
        match filter_:
            case Every(conditions=parts):
                return exp.Paren(this=_chain(exp.And, [self.lower(part) for part in parts]))
            case Some(conditions=parts):
                return exp.Paren(this=_chain(exp.Or, [self.lower(part) for part in parts]))
            case Not(condition=inner):
                return exp.Not(this=exp.Paren(this=_open(self.lower(inner))))
            case Compare(dimension=name, comparison=comparison, value=value):
                subject, (bound,) = self._operands(name, [value])
                return _TREES[comparison](this=subject, expression=bound)
            case OneOf(dimension=name, values=values, is_negated=is_negated):
                subject, bounds = self._operands(name, values)
                return _negated(exp.In(this=subject, expressions=bounds), is_negated=is_negated)
            case Within(dimension=name, low=low, high=high, is_negated=is_negated):
                subject, (lower, upper) = self._operands(name, [low, high])
                return _negated(exp.Between(this=subject, low=lower, high=upper), is_negated=is_negated)
            case Like(dimension=name, pattern=pattern, is_negated=is_negated):
                return _negated(self._like(self._find(name), pattern), is_negated=is_negated)
            case Empty(dimension=name, is_negated=is_negated):
                return _negated(exp.Is(this=_raw(self._find(name)), expression=exp.Null()), is_negated=is_negated)
            case Among(dimension=name, members=members):
                return self._among(self._find(name), tuple(members()))

    def _operands(self, name: str, values: Sequence[Value]) -> tuple[exp.Expr, list[exp.Expr]]:
        """The dimension's side of a comparison, and its values bound in the type of that side."""
        dimension = self._find(name)
        if dimension.is_time:
            subject, typed = self._moments(dimension, values)
        else:
            subject, typed = _raw(dimension), [_typed(dimension, value) for value in values]
        return subject, [self._binder.bind(value) for value in typed]

    def _moments(self, dimension: Dimension, values: Sequence[Value]) -> tuple[exp.Expr, list[object]]:
        zone = self._context.zone
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) == len(values) and all(_DATE.fullmatch(text) for text in texts):
            return closed(local_day(dimension, zone)), [
                _parse(dimension, text, dt.date.fromisoformat) for text in texts
            ]
        is_clock = require_temporal(dimension) is not Temporal.DATE
        if is_clock and len(texts) == len(values) and all(_DATE.fullmatch(t) or _TIME.fullmatch(t) for t in texts):
            return closed(local(dimension, zone)), [_parse(dimension, text, self._clock) for text in texts]
        wrong = next(value for value in values if not isinstance(value, str) or not _DATE.fullmatch(value))
        raise _mismatch(dimension, wrong, "a date such as '2017-03-31'" + (" or a time" if is_clock else ""))

    def _clock(self, text: str) -> dt.datetime:
        """A time as the clock in the tenant's zone shows it."""
        moment = dt.datetime.fromisoformat(text)
        return moment if moment.tzinfo is None else moment.astimezone(self._context.zone_info()).replace(tzinfo=None)

    def _like(self, dimension: Dimension, pattern: str) -> exp.Expr:
        if dimension.type is not ColumnType.TEXT:
            raise _mismatch(dimension, pattern, "compared with = or another sign; only text has a LIKE")
        return exp.Like(this=_raw(dimension), expression=self._binder.bind(pattern))

    def _among(self, key: Dimension, members: tuple[object, ...]) -> exp.Expr:
        """A semi-join with one list: thousands of members would be as many nodes of the tree."""
        if not members:
            return exp.false()
        unnested = exp.Select(expressions=[exp.Unnest(expressions=[self._binder.bind(members)])])
        return exp.In(this=_raw(key), query=exp.Subquery(this=unnested))


def conjunction(parts: Sequence[exp.Expr]) -> exp.Expr | None:
    """All parts joined by AND, None for none; each must be closed."""
    return _chain(exp.And, parts) if parts else None


def _chain(connector: type[exp.Connector], parts: Sequence[exp.Expr]) -> exp.Expr:
    # A balanced tree: thousands of conditions in a row must not become a tree thousands deep.
    if len(parts) == 1:
        return parts[0]
    middle = (len(parts) + 1) // 2
    return connector(this=_chain(connector, parts[:middle]), expression=_chain(connector, parts[middle:]))


def _open(tree: exp.Expr) -> exp.Expr:
    return tree.this if isinstance(tree, exp.Paren) else tree


def _negated(tree: exp.Expr, *, is_negated: bool) -> exp.Expr:
    return exp.Not(this=tree) if is_negated else tree


def _raw(dimension: Dimension) -> exp.Expr:
    return dimension.operand()


def _typed(dimension: Dimension, value: Value) -> object:
    """The value in the dimension's type; as it is where the type is unknown."""
    match dimension.definition.type:
        case ColumnType.TEXT:
            if isinstance(value, bool):
                raise _mismatch(dimension, value, "text in quotes")
            return value if isinstance(value, str) else write_value(value)
        case ColumnType.INTEGER | ColumnType.NUMBER:
            if isinstance(value, bool):
                raise _mismatch(dimension, value, "a number")
            return _decimal(dimension, value) if isinstance(value, str) else value
        case ColumnType.BOOLEAN:
            if not isinstance(value, bool):
                raise _mismatch(dimension, value, "TRUE or FALSE")
            return value
        case _:
            return value


def _decimal(dimension: Dimension, text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise _mismatch(dimension, text, "a number")
    return Decimal(text)


def _parse(dimension: Dimension, text: str, parse: Callable[[str], dt.date]) -> dt.date:
    try:
        return parse(text)
    except (ValueError, OverflowError):
        raise _mismatch(dimension, text, "a day of the calendar") from None


def _mismatch(dimension: Dimension, value: Value, wanted: str) -> InvalidError:
    return InvalidError(f"Dimension {dimension.name} is {dimension.type}, and {write_value(value)} is not {wanted}.")
