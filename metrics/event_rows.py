"""The rows of an event model as SQL: who, when, which of the steps asked for, and what they are split by.

Which step a row serves is decided in SQL, with every filter and every policy, before the events are scanned.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from core.errors import InvalidError, RefusedError
from core.names import suggestion
from metrics.binding import Binder
from metrics.catalog import Catalog
from metrics.compiled import CompileContext, CompiledQuery, Lineage
from metrics.conditions import Lowering, conjunction
from metrics.filter import Filter, conditions_of
from metrics.filter_text import parse_filter
from metrics.guard import DIALECT
from metrics.lowering import name, named, sources
from metrics.plan import require_usable
from metrics.reach import Dimension
from metrics.segments import expand_segments
from metrics.spec import EventEntity, EventModel, Model
from metrics.timeline import bound, check_range, day_after, require_temporal

ENTITY, TIME, EVENT, BY, VALUE, TITLE = "entity", "time", "event", "by", "value", "title"
# The columns of what is held constant are numbered from 1.
HELD = "held"
COUNT, FIRST, LAST = "count", "first", "last"
# Stands between the names of steps that one event serves.
JOINT = " + "


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedEvents:
    """Events under one name: any of `events` (every event where it is None) for which the filter text holds.

    `until` is the last day they count on.
    """

    name: str
    events: tuple[str, ...] | None
    where: str = ""
    until: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRows:
    """Which rows are read. `first` and `last` are days, both included; `by` and `held` are dimensions within reach.

    `has_all` keeps events that have no name asked for; they come between two steps of a strict funnel.
    """

    entity: str
    named: tuple[NamedEvents, ...] = ()
    by: str | None = None
    held: tuple[str, ...] = ()
    where: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    has_all: bool = False
    has_value: bool = False


def event_models(catalog: Catalog) -> Mapping[str, Model]:
    """The models whose rows are events, by name."""
    return {name: model for name, model in sorted(catalog.models.items()) if model.events is not None}


def require_events(catalog: Catalog, model: str) -> tuple[Model, EventModel]:
    """The event model of a name. Raises InvalidError, RefusedError."""
    found = catalog.model(model)
    if found.events is None:
        known = suggestion(model, event_models(catalog))
        raise RefusedError(f"The rows of model {model} are no events: it has no `events`. {known}")
    return found, found.events


def require_entity(events: EventModel, entity: str) -> EventEntity:
    """Whose events are asked for. Raises InvalidError with the nearest names."""
    found = events.entities.get(entity)
    if found is None:
        raise InvalidError(f"There is no entity {entity}. {suggestion(entity, events.entities)}")
    return found


def compile_event_names(catalog: Catalog, model: str, context: CompileContext) -> CompiledQuery:
    """What happened and how often, with the first and the last time of each: `event`, `count`, `first`, `last`."""
    source = _Source(catalog, model, context)
    moment = source.time.tree()
    columns: list[exp.Expr] = [
        named(_text(source.event.tree()), EVENT), named(exp.Count(this=exp.Star()), COUNT),
        named(exp.Min(this=moment), FIRST), named(exp.Max(this=moment.copy()), LAST),
    ]  # fmt: skip
    order = [
        exp.Ordered(this=exp.Literal.number(2), desc=True, nulls_first=False),
        exp.Ordered(this=exp.Literal.number(1), nulls_first=False),
    ]
    tree = exp.Select(
        expressions=columns,
        where=exp.Where(this=conjunction(source.are_events())),
        group=exp.Group(expressions=[exp.Literal.number(1)]),
        order=exp.Order(expressions=order),
        **sources(source.model, [source.event, source.time], catalog),
    )
    return source.compiled(tree, f"What happened in {source.model.label}.")


def compile_event_rows(catalog: Catalog, model: str, asked: EventRows, context: CompileContext) -> CompiledQuery:
    """The events of each entity in order of time: `entity`, `time`, `event`, and `by` and `value` where asked for.

    `event` is the name asked for, several of them with " + " between, null for an event without one. Raises
    InvalidError, RefusedError.
    """
    source = _Source(catalog, model, context)
    entity = require_entity(source.events, asked.entity)
    filters = {one: source.filter(one) for one in (asked.where, *(each.where for each in asked.named)) if one.strip()}
    source.use(dict.fromkeys(part.dimension for filter_ in filters.values() for part in conditions_of(filter_)))
    by = source.use([asked.by])[0] if asked.by else None
    label = _label(source, asked.named, filters)
    owner = source.column(entity.column)
    columns: list[exp.Expr] = [named(owner, ENTITY), named(source.time.tree(), TIME), named(label, EVENT)]
    if by is not None:
        columns.append(named(_text(by.tree()), BY))
    columns += [
        named(_text(one.tree()), f"{HELD}{number}") for number, one in enumerate(source.use(asked.held), start=1)
    ]
    if asked.has_value:
        if source.events.value is None:
            raise RefusedError(f"Events of {source.model.label} have no `value` to add up.")
        columns.append(named(source.column(source.events.value), VALUE))
    conditions = [*source.are_events(), _is_there(owner.copy()), *source.between(asked.first, asked.last)]
    if asked.where.strip():
        conditions += source.lower(filters[asked.where])
    if asked.named and not asked.has_all:
        conditions.append(exp.Paren(this=_is_there(exp.Paren(this=label.copy()))))
    order = [exp.Literal.number(1), exp.Literal.number(2), *(source.column(key) for key in source.model.key)]
    tree = exp.Select(
        expressions=columns,
        where=exp.Where(this=conjunction(conditions)),
        order=exp.Order(expressions=[exp.Ordered(this=one, nulls_first=False) for one in order]),
        **sources(source.model, source.used.values(), catalog),
    )
    return source.compiled(tree, f"Events of {source.model.label} by {entity.label.lower()}.")


def compile_titles(
    catalog: Catalog, model: str, entity: str, keys: Sequence[object], context: CompileContext
) -> CompiledQuery | None:
    """What entities are called: `entity` and `title`; None where nothing names them."""
    source = _Source(catalog, model, context)
    found = require_entity(source.events, entity)
    if found.title is None:
        return None
    title = source.use([found.title])[0]
    owner = source.column(found.column)
    tree = exp.Select(
        expressions=[named(owner, ENTITY), named(exp.Max(this=_text(title.tree())), TITLE)],
        where=exp.Where(this=exp.In(this=owner.copy(), expressions=[source.binder.bind(key) for key in keys])),
        group=exp.Group(expressions=[exp.Literal.number(1)]),
        **sources(source.model, source.used.values(), catalog),
    )
    return source.compiled(tree, f"What each {found.label.lower()} is called.")


def compile_members_of_entities(
    catalog: Catalog, model: str, entity: str, dimensions: Sequence[str], context: CompileContext, *, where: str = ""
) -> CompiledQuery:
    """For each entity its key and the value of each dimension at its first event: columns `entity`, `0`, `1`, ..."""
    source = _Source(catalog, model, context)
    owner = source.column(require_entity(source.events, entity).column)
    found = source.use(dimensions)
    columns: list[exp.Expr] = [named(owner, ENTITY)]
    for number, dimension in enumerate(found):
        first = exp.ArgMin(this=_text(dimension.tree()), expression=source.time.tree())
        columns.append(named(first, str(number)))
    conditions = [*source.are_events(), _is_there(owner.copy())]
    if where.strip():
        filter_ = source.filter(where)
        source.use(dict.fromkeys(part.dimension for part in conditions_of(filter_)))
        conditions += source.lower(filter_)
    tree = exp.Select(
        expressions=columns,
        where=exp.Where(this=conjunction(conditions)),
        group=exp.Group(expressions=[exp.Literal.number(1)]),
        **sources(source.model, source.used.values(), catalog),
    )
    return source.compiled(tree, f"What each {entity} of {source.model.label} is.")


class _Source:
    """An event model and the dimensions that a query of it uses."""

    def __init__(self, catalog: Catalog, model: str, context: CompileContext) -> None:
        self.catalog, self.context = catalog, context
        self.model, self.events = require_events(catalog, model)
        self.binder = Binder()
        self.used: dict[str, Dimension] = {}
        self.event = self.use([f"{model}.{self.events.event}"])[0]
        self.time = self.use([f"{model}.{self.model.time}"])[0]

    def use(self, names: Sequence[str] | Mapping[str, object]) -> list[Dimension]:
        reach = self.catalog.reaches[self.model.name]
        for one in names:
            self.used[one] = require_usable(reach.require(one))
        return [self.used[one] for one in names]

    def column(self, column: str) -> exp.Expr:
        return exp.Column(this=name(column), table=name(self.model.name))

    def are_events(self) -> list[exp.Expr]:
        return [_is_there(self.event.operand()), _is_there(self.time.operand())]

    def between(self, first: dt.date | None, last: dt.date | None) -> list[exp.Expr]:
        check_range(first, last)
        temporal, found = require_temporal(self.time), list[exp.Expr]()
        if first is not None:
            begin = self.binder.bind(bound(first, temporal, self.context))
            found.append(exp.GTE(this=self.time.operand(), expression=begin))
        if last is not None:
            end = self.binder.bind(bound(day_after(last), temporal, self.context))
            found.append(exp.LT(this=self.time.operand(), expression=end))
        return found

    def filter(self, text: str) -> Filter:
        """Filter text with the conditions of the saved segments it names."""
        return expand_segments(parse_filter(text), self.catalog.segments)

    def lower(self, filter_: Filter) -> list[exp.Expr]:
        return Lowering(self.used.__getitem__, self.binder, self.context).lower_all(filter_)

    def compiled(self, tree: exp.Select, sentence: str) -> CompiledQuery:
        lineage = Lineage(metric="events", model=self.model.name, table=self.model.table, sql=self.model.sql)
        return CompiledQuery(
            sql=tree.sql(dialect=DIALECT, copy=False),
            parameters=self.binder.values,
            columns=(),
            sentence=sentence,
            lineage=(lineage,),
            tree=tree,
        )


def _label(source: _Source, given: Sequence[NamedEvents], filters: Mapping[str, Filter]) -> exp.Expr:
    """The names an event has, null for none."""
    if not given:
        return _text(source.event.tree())
    cases = []
    for one in given:
        conditions: list[exp.Expr] = []
        if one.events is not None:
            names = [source.binder.bind(event) for event in one.events]
            conditions.append(exp.In(this=_text(source.event.tree()), expressions=names))
        if one.where.strip():
            conditions += source.lower(filters[one.where])
        conditions += source.between(None, one.until)
        is_one = conjunction([exp.Paren(this=condition) for condition in conditions]) or exp.true()
        cases.append(exp.Case(ifs=[exp.If(this=is_one, true=source.binder.bind(one.name))]))
    if len(cases) == 1:
        return cases[0]
    joined = exp.Anonymous(this="concat_ws", expressions=[exp.Literal.string(JOINT), *cases])
    return exp.Nullif(this=joined, expression=exp.Literal.string(""))


def _is_there(tree: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=tree, expression=exp.Null()))


def _text(tree: exp.Expr) -> exp.Expr:
    return exp.Cast(this=tree, to=exp.DataType.build("text"))
