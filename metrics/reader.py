"""Turns one definition file into a model and its metrics, noting every problem with its line.

Only what a single file can tell is checked here; what needs other files or the store is in `metrics.rules` and
`metrics.schema`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlglot import exp

from core.errors import InvalidError, RefusedError
from core.result import ColumnType
from metrics.aggregation import Aggregation
from metrics.document import Section, read_document
from metrics.errors import Part, Problem
from metrics.filter import Filter
from metrics.filter_text import parse_filter
from metrics.guard import Scalar, check_table, column_scalar, parse_scalar, parse_select
from metrics.kind import KINDS
from metrics.query import Grain
from metrics.spec import (
    PERIOD,
    Better,
    DimensionDefinition,
    EventEntity,
    EventModel,
    Join,
    Measure,
    Metric,
    Model,
    OwnCalendar,
    Pipeline,
    Temporal,
)

# What `type:` may say about a dimension: the type of its column in a result, and how it counts time.
_TYPES: Mapping[str, tuple[ColumnType | None, Temporal | None]] = {
    "boolean": (ColumnType.BOOLEAN, None),
    "date": (ColumnType.DATE, Temporal.DATE),
    "integer": (ColumnType.INTEGER, None),
    "number": (ColumnType.NUMBER, None),
    "text": (ColumnType.TEXT, None),
    "time": (None, None),
    "timestamp": (ColumnType.DATETIME, Temporal.TIMESTAMP),
    "timestamptz": (ColumnType.DATETIME, Temporal.TIMESTAMPTZ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one file defines."""

    model: Model
    metrics: tuple[Metric, ...]


def read_file(file: str, text: str, tables: Collection[str] | None, problems: list[Problem]) -> Draft | None:
    """The model of a file and its metrics, as far as they can be read; None when there is not even a model's name."""
    top = read_document(file, text, problems)
    if top is None:
        return None
    name = top.require("model", "each file defines one model")
    if name is None or not top.check_name(name, "model", top.line_of("model")):
        return None
    top.title = f"model {name}"
    table, sql, query = _source(top, tables)
    time = top.text("time")
    model = Model(
        name=name,
        label=top.text("label") or spoken(name),
        description=top.text("description") or "",
        table=table,
        sql=sql,
        query=query,
        key=top.texts("key"),
        time=time,
        joins=_joins(top, name),
        dimensions={key: _dimension(key, section) for key, section in top.named("dimensions", Part.DIMENSION)},
        measures={key: _measure(key, section) for key, section in top.named("measures", Part.MEASURE)},
        pipeline=_pipeline(top),
        segments=_segments(top),
        events=_events(top),
        calendar=_calendar(top),
        file=file,
        line=top.line_of("model"),
    )
    metrics = [_metric(key, section, model) for key, section in top.named("metrics", Part.METRIC)]
    top.finish()
    return Draft(model=model, metrics=tuple(metrics))


def spoken(name: str) -> str:
    """A label for a name that has none.

    >>> spoken("win_rate")
    'Win rate'
    """
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _source(top: Section, tables: Collection[str] | None) -> tuple[str | None, str | None, exp.Query | None]:
    table, sql = top.text("table"), top.text("sql")
    if (table is None) == (sql is None):
        top.note(f"{top.title} needs either `table` or `sql`, and not both", line=top.line_of("sql"))
        return None, None, None
    try:
        if table is not None:
            check_table(table, tables)
            return table, None, None
        return None, sql, parse_select(sql or "", tables)
    except RefusedError as error:
        key = "sql" if table is None else "table"
        top.note(f"`{key}` of {top.title}: {error.message}", line=top.line_of(key))
        return None, None, None


def _pipeline(top: Section) -> Pipeline | None:
    """What a history of deals calls its columns."""
    section = top.section("pipeline")
    if section is None:
        return None
    entity = section.require("entity", "the column that says which deal changed")
    amount = section.require("amount", "the column of its amount after the change")
    close = section.require("close", "the column of the day it is expected to close")
    stage = section.require("stage", "the column of its stage after the change")
    won, lost = section.texts("won"), section.texts("lost")
    owner = section.text("owner") or ""
    section.finish()
    for key, stages in (("won", won), ("lost", lost)):
        if not stages:
            section.note(f"{section.title} has no `{key}`: the stages of deals that are open no longer")
    if not (entity and amount and close and stage and won and lost):
        return None
    return Pipeline(
        entity=entity, amount=amount, close=close, stage=stage, won=won, lost=lost, owner=owner, line=section.line
    )


def _segments(top: Section) -> dict[str, Filter]:
    """Filters with a name."""
    segments: dict[str, Filter] = {}
    for name, text in top.pairs("segments").items():
        try:
            segments[name] = parse_filter(text)
        except InvalidError as error:
            top.note(f"segment {name} of {top.title}: {error.message}", line=top.line_of("segments"))
    return segments


def _events(top: Section) -> EventModel | None:
    """What makes the rows events."""
    section = top.section("events")
    if section is None:
        return None
    event = section.require("event", "the dimension that names what happened")
    entities = {name: _entity(name, one) for name, one in section.named("entities", Part.ENTITY)}
    value = section.text("value")
    channel, cost, variant = section.text("channel"), section.text("cost"), section.text("variant")
    steps, start, returns, ends, converts = (
        section.texts(key) for key in ("steps", "start", "returns", "ends", "converts")
    )
    section.finish()
    if not entities:
        section.note(f"{section.title} has no `entities`: whose events they are, each with its `column`")
    if event is None or not entities:
        return None
    return EventModel(
        event=event, entities=entities, value=value, steps=steps, start=start, returns=returns, ends=ends,
        channel=channel, cost=cost, converts=converts, variant=variant, line=section.line,
    )  # fmt: skip


def _calendar(top: Section) -> OwnCalendar | None:
    """What makes a table of days a calendar."""
    section = top.section("calendar")
    if section is None:
        return None
    day = section.require("day", "the column of the day of a row")
    grains = section.pairs("grains")
    section.finish()
    if not grains:
        section.note(f"{section.title} has no `grains`: the name of each with the column that says the period of a day")
    for name in grains:
        section.check_name(name, "grain", section.line_of("grains"))
        if name in list(Grain):
            section.note(f"grain {name} of {section.title} is one that there is anyway; give it another name")
    return OwnCalendar(day=day, grains=grains, line=section.line) if day and grains else None


def _entity(name: str, section: Section) -> EventEntity:
    """One kind of entity; its column is that of its own name unless it says another."""
    column, label, title = section.text("column"), section.text("label"), section.text("title")
    section.finish()
    return EventEntity(name=name, label=label or spoken(name), column=column or name, title=title, line=section.line)


def _joins(top: Section, model: str) -> dict[str, Join]:
    joins: dict[str, Join] = {}
    for section in top.items("joins", f"a join of model {model}"):
        to = section.require("to", "the model it leads to")
        name = section.text("name") or to
        if name is not None and name not in joins:
            section.part, section.name = Part.JOIN, name
        on = tuple(section.pairs("on").items())
        if not on:
            section.note(f"{section.title} has no `on`: pairs of our column and their key column")
        label = section.text("label")
        section.finish()
        if to is None or name is None or not section.check_name(name, "join", section.line):
            continue
        if name == model:
            section.note(f"join {name} has the name of its own model; give it another `name`")
        elif name in joins:
            section.note(f"there are two joins named {name}; give one of them another `name`")
        else:
            joins[name] = Join(name=name, to=to, label=label or spoken(name), on=on, line=section.line)
    return joins


def _dimension(name: str, section: Section) -> DimensionDefinition:
    if name == PERIOD:
        section.note(f"a dimension cannot be named {PERIOD}: that is the column of the time grain")
    column, scalar = section.text("column"), _scalar(section, "sql")
    if column is not None and section.has("sql"):
        section.note(f"{section.title} needs either `column` or `sql`, and not both")
    declared = section.choice("type", _TYPES)
    type_, temporal = _TYPES[declared] if declared else (None, None)
    label, description = section.text("label"), section.text("description")
    section.finish()
    return DimensionDefinition(
        name=name,
        label=label or spoken(name),
        description=description or "",
        scalar=scalar or column_scalar(column or name),
        type=type_,
        is_time=declared == "time" or temporal is not None,
        temporal=temporal,
        line=section.line,
    )


def _measure(name: str, section: Section) -> Measure:
    """A measure; one with a problem still has its name, so that what uses it is not reported as well."""
    agg = section.choice("agg", list(Aggregation))
    if agg is None and not section.has("agg"):
        section.require("agg", f"one of {', '.join(Aggregation)}")
    scalar, where = _scalar(section, "sql"), _scalar(section, "where")
    if agg is not None and agg != Aggregation.COUNT and not section.has("sql"):
        section.note(f"{section.title} has no `sql`: the column or expression to take the {agg} of")
    fraction = section.fraction("p") if agg == Aggregation.PERCENTILE else None
    if agg == Aggregation.PERCENTILE and not section.has("p"):
        section.require("p", "the share of values below it, such as 0.9")
    order = None
    if agg in {Aggregation.FIRST, Aggregation.LAST}:
        order = _scalar(section, "order")
        if not section.has("order"):
            section.require("order", f"the column or expression that says which value is {agg}, such as a time")
    section.finish()
    return Measure(
        name=name,
        aggregation=Aggregation(agg) if agg else Aggregation.COUNT,
        scalar=scalar,
        where=where,
        fraction=fraction,
        order=order,
        line=section.line,
    )


def _scalar(section: Section, key: str) -> Scalar | None:
    text = section.text(key)
    if text is None:
        return None
    try:
        return parse_scalar(text)
    except RefusedError as error:
        section.note(f"`{key}` of {section.title}: {error.message}", line=section.line_of(key))
        # Something without columns and without a type stands in, so that nothing more is said about it.
        return Scalar(text=text, tree=exp.Null(), columns=())


def _metric(name: str, section: Section, model: Model) -> Metric:
    """A metric; one with a problem in its kind or inputs has no inputs, and nothing more is said about it."""
    if name == PERIOD:
        section.note(f"a metric cannot be named {PERIOD}: that is the column of the time grain")
    kind = section.choice("kind", KINDS)
    if kind is None and not section.has("kind"):
        section.require("kind", f"one of {', '.join(KINDS)}")
    metric = Metric(
        name=name,
        label=section.text("label") or spoken(name),
        kind=kind or "",
        model=model.name,
        recipe=KINDS[kind].read(section) if kind else None,
        unit=_unit(section),
        decimals=section.whole("decimals", low=0, high=12),
        better=Better(section.choice("better", list(Better)) or Better.UP),
        description=section.text("description") or "",
        owner=section.text("owner"),
        time=section.text("time") or model.time,
        target=section.text("target"),
        file=section.file,
        line=section.line,
    )
    # Which keys a metric takes depends on its kind, so nothing can be called unknown without one.
    if kind:
        section.finish()
    return metric


def _unit(section: Section) -> str | None:
    unit = section.text("unit")
    if unit is not None and unit.casefold() in {"%", "percent", "per cent", "percentage"}:
        section.note(
            f"`unit` of {section.title} is {unit!r}; write `ratio` and keep values as shares of one",
            line=section.line_of("unit"),
        )
    return unit
