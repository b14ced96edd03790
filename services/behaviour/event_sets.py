"""Event sets of a tenant: which models there are, what happened in them, and their events as a reader sees them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from core.errors import LimitError, RefusedError
from core.result import Watermark
from metrics import CompileContext, CompiledQuery, Model
from metrics.behaviour import EventSet, build_event_set
from metrics.event_rows import (
    BY,
    COUNT,
    ENTITY,
    EVENT,
    HELD,
    LAST,
    TIME,
    TITLE,
    EventRows,
    compile_event_names,
    compile_event_rows,
    compile_members_of_entities,
    compile_titles,
    event_models,
    require_events,
)
from metrics.relative import find_range
from metrics.spec import EventModel
from services.definitions import find_catalog, require_catalog
from services.permitted import permitted
from services.platform import Platform
from services.reading import read_rows
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChoices:
    """What can be asked of an event set: its events by how often they come, whose they are, what they are split by.

    `segments` are the names of segments and cohorts that it can be filtered by.

    `models` are all event sets of the tenant, by name with their label. `until` is when the last event was.
    """

    models: Mapping[str, str]
    model: Model
    events: EventModel
    counts: Mapping[str, int]
    entities: Mapping[str, str]
    dimensions: Mapping[str, str]
    segments: tuple[str, ...]
    until: dt.datetime | None

    @property
    def until_us(self) -> int:
        """When the last event was, in microseconds since 1970."""
        return 0 if self.until is None else (self.until - _EPOCH) // _MICROSECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEvents:
    """Events that were read, and how."""

    events: EventSet
    sql: str
    watermark: Watermark


def has_events(platform: Platform, principal: Principal) -> bool:
    """Whether a model of the tenant has events."""
    catalog = find_catalog(platform, principal)
    return principal.can(Permission.METRIC_QUERY) and catalog is not None and bool(event_models(catalog))


@permitted(Permission.METRIC_QUERY)
def find_events_of_worth(platform: Platform, principal: Principal) -> str:
    """The first event set whose events have amounts, of these one that knows conversions; empty where none has."""
    known = event_models(require_catalog(platform, principal))
    worth = [name for name, model in known.items() if model.events is not None and model.events.value is not None]
    buys = [name for name in worth if (events := known[name].events) is not None and events.converts]
    return next(iter([*buys, *worth]), "")


@permitted(Permission.METRIC_QUERY)
def find_choices(
    platform: Platform, principal: Principal, model: str = "", *, is_for_cohorts: bool = False
) -> EventChoices:
    """What can be asked of an event set. Raises InvalidError, RefusedError.

    Where none is named it is the first one whose definition says what a funnel (or cohorts) of it begin with.
    """
    catalog = require_catalog(platform, principal)
    known = event_models(catalog)
    if not known:
        raise RefusedError("No model has `events`: what makes its rows events (docs/metrics.md).")
    name = model or _first(known, is_for_cohorts=is_for_cohorts)
    found, events = require_events(catalog, name)
    table, _, _ = _read(platform, principal, compile_event_names(catalog, name, compile_context(platform, principal)))
    lasts = [moment for moment in table.column(LAST).to_pylist() if moment is not None]
    return EventChoices(
        models={one.name: one.label for one in known.values()},
        model=found,
        events=events,
        counts=dict(zip(table.column(EVENT).to_pylist(), table.column(COUNT).to_pylist(), strict=True)),
        entities={one.name: one.label for one in events.entities.values()},
        dimensions={one.name: one.label for one in catalog.reaches[name].all() if not one.is_time},
        segments=tuple(catalog.segments_of_model(name)),
        until=max(map(_moment, lasts), default=None),
    )


@permitted(Permission.METRIC_QUERY)
def read_events(platform: Platform, principal: Principal, model: str, asked: EventRows) -> ReadEvents:
    """The events asked for, sorted, under the policies of who asks. Raises InvalidError, RefusedError, LimitError."""
    catalog = require_catalog(platform, principal)
    compiled = compile_event_rows(catalog, model, asked, compile_context(platform, principal))
    table, watermark, sql = _read(platform, principal, compiled)
    keep = [*([BY] if asked.by else []), *(f"{HELD}{number}" for number in range(1, len(asked.held) + 1))]
    value = "value" if asked.has_value else None
    events = build_event_set(table, entity=ENTITY, time=TIME, event=EVENT, keep=keep, value=value)
    return ReadEvents(events=events, sql=sql, watermark=watermark)


@permitted(Permission.DATA_READ)
def name_entities(platform: Platform, principal: Principal, model: str, entity: str, keys: list[object]) -> list[str]:
    """What entities are called, in the order of their keys; the key itself where nothing names one."""
    catalog = require_catalog(platform, principal)
    compiled = compile_titles(catalog, model, entity, keys, compile_context(platform, principal)) if keys else None
    if compiled is None:
        return [str(key) for key in keys]
    table, _, _ = _read(platform, principal, compiled)
    known = dict(zip(table.column(ENTITY).to_pylist(), table.column(TITLE).to_pylist(), strict=True))
    return [str(known.get(key) or key) for key in keys]


@permitted(Permission.METRIC_QUERY)
def read_members(
    platform: Platform, principal: Principal, model: str, entity: str, dimensions: Sequence[str], where: str = ""
) -> pa.Table:
    """For each entity the value of each dimension at its first event; columns as in `compile_members_of_entities`."""
    catalog = require_catalog(platform, principal)
    context = compile_context(platform, principal)
    compiled = compile_members_of_entities(catalog, model, entity, dimensions, context, where=where)
    return _read(platform, principal, compiled)[0]


def days_of(
    context: CompileContext, asked: str, first: dt.date | None, last: dt.date | None
) -> tuple[dt.date | None, dt.date | None]:
    """The days of a range in words, or those given where there is none. Raises InvalidError."""
    return find_range(asked, context.today, context.calendar) if asked else (first, last)


def _first(known: Mapping[str, Model], *, is_for_cohorts: bool) -> str:
    for name, model in known.items():
        if model.events is not None and (model.events.start if is_for_cohorts else model.events.steps):
            return name
    return next(iter(known))


def _read(platform: Platform, principal: Principal, compiled: CompiledQuery) -> tuple[pa.Table, Watermark, str]:
    most = platform.settings.event_max_rows
    try:
        return read_rows(
            platform, principal, compiled.tree, compiled.sql, compiled.parameters, subject="events", max_rows=most
        )
    except LimitError as error:
        if "max_rows" not in error.data:
            raise
        message = f"There are more than {most:,} events; at most so many are read. Choose a shorter range or a filter."
        raise LimitError(message, data=error.data) from error


def _moment(value: dt.datetime | dt.date) -> dt.datetime:
    if not isinstance(value, dt.datetime):
        # A day without a clock is known to its end.
        return dt.datetime.combine(value, dt.time.max, tzinfo=dt.UTC)
    return value if value.tzinfo else value.replace(tzinfo=dt.UTC)
