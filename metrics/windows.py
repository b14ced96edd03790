"""Windows as trees: the periods of a question as a table, and which rows count for each of them.

A row may count for several periods, or for another one than its own: it is joined with every period whose window it is
in, and each period is aggregated by itself. So nothing is ever made of aggregates that do not add up.
"""

import datetime as dt
from collections.abc import Sequence

from sqlglot import exp

from core.errors import InvalidError, RefusedError
from core.names import suggestion
from metrics.binding import Binder
from metrics.catalog import Catalog
from metrics.compiled import CompileContext
from metrics.frame import Reach
from metrics.guard import closed
from metrics.leaf import Leaf
from metrics.plan import Part
from metrics.spec import Measure, Model, Temporal
from metrics.timeline import bound, require_temporal

SPINE = "spine"
_SINCE, _UNTIL, _NEXT, _FOLLOWING = "since", "until", "next time", "following"


def lower_days(days: Sequence[dt.date], column: str, binder: Binder) -> exp.Expr:
    """A column of days for the SELECT of a table of periods."""
    return _unnested(tuple(days), "date", column, binder)


def lower_spine(part: Part, column: str, binder: Binder, context: CompileContext) -> exp.Select:
    """The periods of a part: `column`, and the moments their windows begin and end, as the raw time has them."""
    if part.time is None or part.windows is None:
        raise RefusedError(f"Model {part.model.name} has no time to take a window of.")
    temporal = require_temporal(part.time)
    columns = [lower_days([period for period, _, _ in part.windows], column, binder)]
    if _has_start(part):
        moments = tuple(bound(since, temporal, context) for _, since, _ in part.windows)
        columns.append(_unnested(moments, temporal, _SINCE, binder))
    moments = tuple(bound(until, temporal, context) for _, _, until in part.windows)
    columns.append(_unnested(moments, temporal, _UNTIL, binder))
    return exp.Select(expressions=columns)


def in_window(part: Part) -> list[exp.Expr]:
    """The conditions under which a row counts for a period of the spine."""
    if part.time is None:
        return []
    conditions: list[exp.Expr] = [exp.LT(this=part.time.operand(), expression=_of_spine(_UNTIL))]
    if _has_start(part):
        conditions.append(exp.GTE(this=part.time.operand(), expression=_of_spine(_SINCE)))
    if part.frame.reach is Reach.SNAPSHOT:
        end = part.until.operand() if part.until else _column(_NEXT, part.model.name)
        still = exp.GTE(this=end, expression=_of_spine(_UNTIL))
        is_open = exp.Is(this=end.copy(), expression=exp.Null())
        conditions.append(exp.Paren(this=exp.Or(this=is_open, expression=still)))
    return conditions


def with_next(source: exp.Expr, part: Part) -> exp.Expr:
    """Rows of changes with the time of the next change of the same entity; of changes at one time the last key wins."""
    if part.entity is None or part.time is None:
        return source
    alias = part.model.name
    order: list[exp.Expr] = [exp.Ordered(this=part.time.tree(), nulls_first=False)]
    order += [exp.Ordered(this=_column(key, alias), nulls_first=False) for key in part.model.key]
    following = exp.Window(
        this=exp.Lead(this=part.time.tree()),
        partition_by=[part.entity.tree()],
        order=exp.Order(expressions=order),
    )
    select = exp.Select(
        expressions=[exp.Star(), exp.Alias(this=following, alias=_name(_NEXT))], from_=exp.From(this=source)
    )
    is_known = exp.Not(this=exp.Is(this=part.time.operand(), expression=exp.Null()))
    select.set("where", exp.Where(this=is_known))
    return exp.Subquery(this=select, alias=exp.TableAlias(this=_name(alias)))


def followed(leaf: Leaf, part: Part, source: exp.Expr, model: Model, measure: Measure, catalog: Catalog) -> exp.Expr:
    """Whether an event of the same entity follows a row in time. `source` is the model of the event."""
    conversion = leaf.conversion
    if conversion is None or part.time is None or model.time is None:
        raise RefusedError(f"A conversion needs a `time` in model {leaf.model} and in {model.name}.")
    event = catalog.reaches[model.name].require(f"{model.name}.{model.time}")
    if require_temporal(event) is not require_temporal(part.time):
        raise RefusedError(
            f"{part.time.name} of model {leaf.model} is {require_temporal(part.time)} and {event.name} of"
            f" {model.name} is {require_temporal(event)}; a conversion needs both to be of one type."
        )
    time = closed(event.definition.scalar.on(_FOLLOWING))
    begin: exp.Expr = part.time.operand()
    if require_temporal(part.time) is Temporal.TIMESTAMPTZ:
        # Days are of 24 hours; the engine would count them by the clock of whatever zone its connection has.
        time, begin = (exp.AtTimeZone(this=one, zone=exp.Literal.string("UTC")) for one in (time, begin))
    unit, count = ("MONTH", conversion.within.months) if conversion.within.months else ("DAY", conversion.within.days)
    length = exp.Interval(this=exp.Literal.string(str(count)), unit=exp.Var(this=unit))
    conditions: list[exp.Expr] = [
        exp.EQ(this=_column(conversion.their_entity, _FOLLOWING), expression=_column(conversion.entity, leaf.model)),
        exp.GTE(this=time, expression=begin),
        exp.LT(this=time.copy(), expression=exp.Add(this=begin.copy(), expression=length)),
    ]
    if measure.where is not None:
        conditions.append(measure.where.operand(_FOLLOWING))
    if measure.scalar is not None:
        conditions.append(exp.Not(this=exp.Is(this=measure.scalar.operand(_FOLLOWING), expression=exp.Null())))
    select = exp.Select(
        expressions=[exp.Literal.number(1)],
        from_=exp.From(this=source),
        where=exp.Where(this=exp.and_(*conditions, copy=False)),
    )
    return exp.Exists(this=select)


def find_following(leaf: Leaf, catalog: Catalog) -> tuple[Model, Measure, str]:
    """The model and the measure of the event that must follow a row, and the name its table has."""
    conversion = leaf.conversion
    if conversion is None:
        raise RefusedError(f"Measure {leaf.measure} is no conversion.")
    model = catalog.model(conversion.model)
    measure = model.measures.get(conversion.measure)
    if measure is None:
        known = suggestion(conversion.measure, model.measures)
        raise InvalidError(f"Model {model.name} has no measure {conversion.measure}. {known}")
    return model, measure, _FOLLOWING


def _has_start(part: Part) -> bool:
    return part.frame.reach not in {Reach.ALL, Reach.SNAPSHOT}


def _unnested(values: tuple[object, ...], type_: str | Temporal, column: str, binder: Binder) -> exp.Expr:
    list_ = exp.Cast(this=binder.bind(values), to=exp.DataType.build(f"{type_}[]", dialect="duckdb"))
    return exp.Alias(this=exp.Unnest(expressions=[list_]), alias=_name(column))


def _of_spine(column: str) -> exp.Expr:
    return _column(column, SPINE)


def _column(column: str, table: str) -> exp.Expr:
    return exp.Column(this=_name(column), table=_name(table))


def _name(text: str) -> exp.Identifier:
    return exp.Identifier(this=text, quoted=True)
