"""Events sorted by entity and time, as arrays that the kernels scan."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.column_file import require_column
from core.errors import InvalidError
from core.names import suggestion
from metrics.behaviour.amount_column import AmountColumn, build_amounts
from metrics.behaviour.event_codes import EventCodes
from metrics.behaviour.event_index import EventIndex, build_index
from metrics.behaviour.event_time import read_moments
from metrics.behaviour.integer_column import integer_column, integers_of
from metrics.behaviour.property_column import PropertyColumn, build_property
from metrics.behaviour.scan import scan_groups

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

EVERY_EVENT = "event"
MOST_SMALL_CODES = 127
_WIDEST_TABLE = 4
_FAR = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventSet:
    """Rows grouped by entity, each entity's rows by time, rows of the same moment in the order they came.

    Entity i owns the rows `starts[i]` to `starts[i + 1]`. `times` are microseconds since 1970 (UTC); `codes` index
    `events`, -1 where the event is null, in one byte each where that is enough. `has_ties` tells of each entity
    whether two of its events are of one moment. `entities` are their values. `properties` holds the columns kept for
    breakdowns, `amounts` one that is added up. `index` serves tables that are asked often.
    """

    starts: Integers
    times: Integers
    codes: EventCodes
    has_ties: npt.NDArray[np.bool_]
    events: tuple[str, ...]
    entities: pa.Array
    properties: Mapping[str, PropertyColumn]
    amounts: AmountColumn | None
    index: EventIndex | None
    is_dated: bool
    dropped_entities: int
    dropped_times: int

    @property
    def entity_count(self) -> int:
        """How many entities have at least one event."""
        return self.starts.size - 1

    @property
    def row_count(self) -> int:
        """How many events there are."""
        return self.times.size

    def entity_of_rows(self) -> Integers:
        """The number of the entity of each row."""
        return np.repeat(np.arange(self.entity_count), np.diff(self.starts))

    def are_of(self, names: Collection[str] | None) -> npt.NDArray[np.bool_]:
        """Which rows are one of these events; every row where it is None."""
        if names is None:
            return np.ones(self.row_count, np.bool_)
        return np.isin(self.codes, self.codes_of(names))

    def codes_of(self, names: Collection[str]) -> list[int]:
        """The codes of the events that exist among `names`."""
        known = {name: code for code, name in enumerate(self.events)}
        return [known[name] for name in names if name in known]

    def unknown_notes(self, names: Sequence[str]) -> tuple[str, ...]:
        """A sentence for each name that no event has: such a step counts 0, and a reader should know why."""
        return unknown_notes(names, self.events)

    def dropped_notes(self) -> tuple[str, ...]:
        """A sentence for each kind of row left out."""
        return lost_notes(self.dropped_entities, self.dropped_times)


def unknown_notes(names: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """A sentence for each name that is not among the known ones."""
    has = set(known)
    return tuple(
        f"No event is called {name!r}. {suggestion(name, known)}" for name in dict.fromkeys(names) if name not in has
    )


def lost_notes(entities: int, times: int) -> tuple[str, ...]:
    """A sentence for each kind of row left out: those without entity, and those without time."""
    counted = ((entities, "entity"), (times, "time"))
    return tuple(f"{count:,} rows without {noun} were left out." for count, noun in counted if count)


def build_event_set(
    table: pa.Table,
    *,
    entity: str,
    time: str,
    event: str | None = None,
    keep: Sequence[str] = (),
    time_format: str | None = None,
    value: str | None = None,
    is_indexed: bool = False,
) -> EventSet:
    """Sorts the events of a table once. Without `event`, every row is an event called "event".

    `value` is a column of amounts. With `is_indexed` the first question costs more and the later ones less.

    Rows with a null entity or time are left out and counted; duplicates and future events stay. Raises InvalidError.
    """
    from metrics.behaviour.kernels.grouping import find_ties

    for name in (entity, time, *([event] if event else []), *([value] if value else []), *keep):
        require_column(name, table.column_names)
    has_entity = pc.is_valid(plain_column(table.column(entity)))
    has_time = _has_time(table.column(time))
    is_whole = pc.and_(has_entity, has_time)
    entities_lost = table.num_rows - pc.sum(has_entity, min_count=0).as_py()
    whole = pc.sum(is_whole, min_count=0).as_py()
    times_lost = table.num_rows - entities_lost - whole
    if whole < table.num_rows:
        table = table.filter(is_whole)
    moments = read_moments(table.column(time), time, time_format)
    entity_codes, entities = _encoded(plain_column(table.column(entity)))
    codes, events = _event_codes(table.column(event) if event else None, table.num_rows)
    starts, order = _sorted_rows(entity_codes, moments.values, len(entities))
    times = moments.values if order is None else moments.values[order]
    if order is not None:
        codes = codes[order]
    has_ties = np.empty(len(entities), np.bool_)
    find_ties(starts, times, has_ties)
    return EventSet(
        starts=starts,
        times=times,
        codes=codes,
        has_ties=has_ties,
        events=events,
        entities=entities,
        properties={name: build_property(table.column(name), starts, order) for name in dict.fromkeys(keep)},
        amounts=None if value is None else build_amounts(table.column(value), value, order),
        index=build_index(starts, times, codes, len(events)) if is_indexed else None,
        is_dated=moments.is_dated,
        dropped_entities=entities_lost,
        dropped_times=times_lost,
    )


def _has_time(column: pa.ChunkedArray) -> pa.ChunkedArray:
    valid = pc.is_valid(column)
    if pa.types.is_floating(column.type):
        return pc.and_(valid, pc.invert(pc.is_null(column, nan_is_null=True)))
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return pc.and_kleene(valid, pc.match_substring_regex(column, r"\S"))
    return valid


def plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column with its own values, not a number for a null and not text for a dictionary."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    if pa.types.is_nested(column.type):
        raise InvalidError(f"A column of {column.type} names neither entities nor events; choose a plain column.")
    return column


def _encoded(column: pa.ChunkedArray) -> tuple[Codes, pa.Array]:
    """Each value's number in order of first appearance, -1 for null; and the values."""
    from metrics.behaviour.kernels.grouping import number_values

    if pa.types.is_integer(column.type):
        bounds = pc.min_max(column)
        least, most = bounds["min"].as_py(), bounds["max"].as_py()
        # A table with a place for each value is far quicker than hashing, where the values lie close together.
        if least is not None and least > -_FAR and most < _FAR and most - least < _WIDEST_TABLE * len(column) + 1:
            rows = integers_of(column, null=least - 1) - least
            found = np.empty(most - least + 1, np.int64)
            count = number_values(rows, found.size, found)
            return rows.astype(np.int32), integer_column(found[:count] + least)
    encoded = column.dictionary_encode().unify_dictionaries()
    if encoded.num_chunks == 0:
        return np.empty(0, np.int32), pa.nulls(0, column.type)
    rows = np.concatenate([integers_of(chunk.indices) for chunk in encoded.chunks])
    return rows.astype(np.int32), encoded.chunk(0).dictionary


def _event_codes(column: pa.ChunkedArray | None, rows: int) -> tuple[EventCodes, tuple[str, ...]]:
    if column is None:
        return np.zeros(rows, np.int8), (EVERY_EVENT,)
    if pa.types.is_dictionary(column.type):
        codes, values = _used(*_dictionary_codes(column))
    else:
        codes, values = _encoded(plain_column(column))
    try:
        names = values.cast(pa.string()).to_pylist()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InvalidError(f"A column of {column.type} does not name events; choose a text column.") from error
    return codes.astype(np.int8) if len(names) <= MOST_SMALL_CODES else codes, tuple(names)


def _dictionary_codes(column: pa.ChunkedArray) -> tuple[Codes, pa.Array]:
    """The codes as they are stored, where each value of the dictionary stands for itself; anew where it does not."""
    whole = column.unify_dictionaries()
    values = whole.chunk(0).dictionary if whole.num_chunks else pa.nulls(0, column.type.value_type)
    is_plain = not pa.types.is_floating(values.type) and values.null_count == 0
    if not is_plain or pc.count_distinct(values).as_py() < len(values):
        return _encoded(plain_column(column))
    if whole.num_chunks == 0:
        return np.empty(0, np.int32), values
    return np.concatenate([integers_of(chunk.indices) for chunk in whole.chunks]).astype(np.int32), values


def _used(codes: Codes, values: pa.Array) -> tuple[Codes, pa.Array]:
    """Without the values that no row has."""
    from metrics.behaviour.kernels.grouping import mark_used

    # The last place is that of null.
    is_used = np.zeros(len(values) + 1, np.bool_)
    mark_used(codes, is_used)
    is_used = is_used[:-1]
    if is_used.all():
        return codes, values
    places = np.append(np.cumsum(is_used) - 1, -1).astype(np.int32)
    return places[codes], values.take(pa.array(np.flatnonzero(is_used)))


def _sorted_rows(entities: Codes, times: Integers, count: int) -> tuple[Integers, Integers | None]:
    """Where each entity's rows begin once sorted, and the order that sorts; None when the rows are sorted."""
    from metrics.behaviour.kernels.grouping import find_starts, group_rows, sort_groups

    starts = np.zeros(count + 1, np.int64)
    if find_starts(entities, times, starts):
        return starts, None
    starts[:] = 0
    order = group_rows(entities, starts)
    if not (times[1:] >= times[:-1]).all():
        scan_groups(starts, lambda first, last: sort_groups(starts, times, order, first, last))
    return starts, order
