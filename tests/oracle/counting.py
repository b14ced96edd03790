"""Which rows count for which row of the answer: every row is looked at, for every period, one after the other."""

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.logic import holds, local_day
from tests.oracle.periods import DAY, OWN_LENGTHS, Days, Span, earlier, find_spans, later_moment, move, period_of
from tests.oracle.reaching import partner, resolve, value_of
from tests.oracle.world import Condition, Following, Model, Question, Refusal, Row, Window, World

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Counted:
    """The rows of a model, counted by a time dimension, in a window, some time before."""

    model: str
    time: str | None
    window: Window | None
    moves: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """Whether rows count for their own period."""
        return self.window is None and not self.moves


class Counting:
    """The rows of a world by the rows of an answer they count for. `tops` are the members that stay by themselves."""

    def __init__(self, world: World, question: Question, days: Days, tops: list[Any] | None) -> None:
        self.world, self.question, self.days, self.tops = world, question, days, tops

    def group(self, counted: Counted) -> dict[Key, list[Row]]:
        """The rows for each key: period where there is a grain, dimensions, other, total."""
        model, question = self.world.models[counted.model], self.question
        groups: dict[Key, list[Row]] = {}
        if question.has_totals and question.grain is None:
            groups[self._levels(model, tuple(None for _ in question.by))[-1]] = []
        spans = None if self._is_by_day(counted) else find_spans(question, self.days)
        following = next_times(model, counted) if counted.window and counted.window.entity else {}
        for place, row in enumerate(model.rows):
            look = partial(self.look, model, row)
            if question.where is not None and holds(question.where, look, question.zone) is not True:
                continue
            members = tuple(look(name)[0] for name in question.by)
            for period in self._periods(counted, model, row, spans, following.get(place)):
                for key in self._levels(model, members):
                    whole = key if question.grain is None else (period, *key)
                    groups.setdefault(whole, []).append(row)
        return groups

    def look(self, model: Model, row: Row, name: str) -> tuple[Any, str]:
        """The value of a dimension for a row, and its type."""
        path, dimension = resolve(self.world, model, name)
        here: Row | None = row
        for join in path:
            if here is not None:
                here = partner(self.world, join, here)
        return (None if here is None else value_of(dimension, here)), dimension.type

    def is_followed(self, model: Model, time: str | None, row: Row, following: Following, counts: Any) -> bool:
        """Whether an event of the same entity comes at the row's moment or later, before the time is over."""
        target = self.world.models[following.model]
        measure = target.measures[following.measure]
        if time is None or target.time is None:
            raise Refusal("a conversion without a time")
        begin, entity = value_of(model.dimensions[time], row), row[following.entity]
        if begin is None or entity is None:
            return False
        for event in target.rows:
            moment = value_of(target.dimensions[target.time], event)
            if moment is None or event[following.their_entity] != entity or not counts(measure, event, target):
                continue
            if measure.column is not None and event[measure.column] is None:
                continue
            if moment >= begin and _as_moment(moment) < later_moment(begin, following.within):
                return True
        return False

    def _is_by_day(self, counted: Counted) -> bool:
        return counted.is_plain and self.question.grain not in OWN_LENGTHS

    def _levels(self, model: Model, members: Key) -> list[Key]:
        """The keys a row counts for: with a flag where there are top members, and with fewer and fewer members."""
        question = self.question
        flags: Key = ()
        if self.tops is not None and members:
            is_other = not any(_is_same(members[0], top) for top in self.tops)
            if is_other:
                is_text = resolve(self.world, model, question.by[0])[1].type == "text"
                members = ("Other" if is_text else None, *members[1:])
            flags = (is_other,)
        if not question.has_totals:
            return [(*members, *flags)]
        keys = []
        for kept in range(len(members), -1, -1):
            nulls = (None,) * (len(members) - kept)
            keys.append((*members[:kept], *nulls, *(flags if kept else (None,) * len(flags)), len(members) - kept))
        return keys

    def _periods(
        self, counted: Counted, model: Model, row: Row, spans: list[tuple[dt.date, Span]] | None, following: Any
    ) -> Iterator[Any]:
        question = self.question
        value = value_of(model.dimensions[counted.time], row) if counted.time else None
        day = local_day(value, question.zone)
        if spans is None:
            if self._is_in_range(counted, day):
                yield self._own_period(value, day)
            return
        for first, span in spans:
            if day is not None and self._is_open(counted, span):
                for _ in range(self._times(counted, model, row, span, day, following)):
                    yield first

    def _is_in_range(self, counted: Counted, day: dt.date | None) -> bool:
        if counted.time is None:
            return True
        start, end = self.days.start, self.days.end
        if start is not None and (day is None or day < start):
            return False
        return not (end is not None and (day is None or day > end))

    def _own_period(self, value: Any, day: dt.date | None) -> Any:
        question = self.question
        if question.grain is None or day is None:
            return None
        if question.grain == "hour":
            return _hour(value, question.zone)
        return period_of(day, question.grain, question)

    def _is_open(self, counted: Counted, span: Span) -> bool:
        today = self.question.today
        return counted.window is None or today is None or span.first <= today

    def _times(self, counted: Counted, model: Model, row: Row, span: Span, day: dt.date, following: Any) -> int:
        """How often a row counts for a period: once where it lies in the window."""
        question, window = self.question, counted.window
        for shift in counted.moves:
            span = move(span, shift, question)
        if day > span.last:
            return 0
        if window is None:
            return int(day >= span.first)
        if window.is_snapshot:
            end = value_of(model.dimensions[window.until], row) if window.until else following
            end_day = local_day(end, question.zone)
            return int(end_day is None or end_day > span.last)
        if window.length is not None:
            return int(day >= earlier(span.last + DAY, window.length))
        if window.grain is not None:
            return int(day >= period_of(span.last, window.grain, question))
        return 1


def next_times(model: Model, counted: Counted) -> dict[int, Any]:
    """For each row the time of the next row of the same entity; of rows at one time the last key comes last."""
    window = counted.window
    if window is None or window.entity is None or counted.time is None:
        return {}
    time, entity = model.dimensions[counted.time], model.dimensions[window.entity]
    chains: dict[Any, list[tuple[Any, Any, int]]] = {}
    for place, row in enumerate(model.rows):
        moment = value_of(time, row)
        if moment is not None:
            keys = tuple(row[column] for column in model.key)
            chains.setdefault(value_of(entity, row), []).append((moment, keys, place))
    found: dict[int, Any] = {}
    for chain in chains.values():
        chain.sort()
        for (_, _, place), (moment, _, _) in itertools.pairwise(chain):
            found[place] = moment
    return found


def fulfils(counting: Counting, model: Model, row: Row, wheres: tuple[Condition, ...]) -> bool:
    """Whether a row fulfils all conditions."""
    look = partial(counting.look, model, row)
    return all(holds(where, look, counting.question.zone) is True for where in wheres)


def _hour(value: dt.datetime, zone: str) -> dt.datetime:
    """The moment at which the hour of the zone's clock began."""
    moment = value if value.tzinfo is not None else value.replace(tzinfo=dt.UTC)
    shown = moment.astimezone(ZoneInfo(zone))
    return moment - dt.timedelta(minutes=shown.minute, seconds=shown.second, microseconds=shown.microsecond)


def _as_moment(value: Any) -> Any:
    return value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time.min)


def _is_same(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is right
    number = int | float | Decimal
    return bool(left == right) if isinstance(left, number) is isinstance(right, number) else False
