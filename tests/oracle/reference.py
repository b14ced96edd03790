"""The answer to a question, row by row: no SQL, no plan, nothing clever."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

from tests.oracle.arithmetic import aggregate, calculate, counts, divided, names_of
from tests.oracle.counting import Counted, Counting, Key, fulfils
from tests.oracle.logic import holds
from tests.oracle.periods import OWN_LENGTHS, find_days, find_spans
from tests.oracle.policies import Seeing
from tests.oracle.reaching import resolve
from tests.oracle.world import (
    Both,
    Condition,
    Either,
    Following,
    Measure,
    Metric,
    Model,
    Negation,
    Question,
    Refusal,
    Row,
    World,
)

NOT_BY_HOUR = "a window by hour"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Rows in order: period where asked for, dimensions, other, total, metrics. Computed numbers are fractions."""

    rows: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Input:
    """A measure over rows: those that fulfil the conditions and are followed."""

    counted: Counted
    measure: str
    wheres: tuple[Condition, ...]
    following: Following | None


@dataclass(frozen=True)
class Sense:
    """How a metric is meant: some time before, over rows that fulfil conditions, of one row or of all of its period."""

    moves: tuple[str, ...] = ()
    wheres: tuple[Condition, ...] = ()
    is_total: bool = False


class Reference:
    """One question to one world."""

    def __init__(self, world: World, question: Question) -> None:
        self.whole, self.question, self.days = world, question, find_days(question)
        self.world, self.hidden = world, frozenset[str]()
        self.counting = Counting(world, question, self.days, None)
        self.groups: dict[Counted, dict[Key, list[Row]]] = {}
        self.keys: list[Key] = []
        self.width = len(question.by) + (question.grain is not None) + bool(question.top) + question.has_totals

    def answer(self) -> Answer:
        """The answer. Raises Refusal."""
        question = self.question
        if len({*question.by, *question.metrics}) < len(question.by) + len(question.metrics):
            raise Refusal("a column is asked for twice")
        inputs = [found for metric, sense in self._asked() for found in self._inputs(metric, sense)]
        self._check(inputs)
        if question.reader is not None:
            self.world, self.hidden = Seeing(self.whole, question, question.reader).world_seen()
            self._check_hidden(inputs)
        self.counting = Counting(self.world, question, self.days, self._tops())
        self.groups = {found.counted: self.counting.group(found.counted) for found in inputs}
        self.keys = self._keys()
        rows = [(*key, *(output(key) for _, output in self._outputs())) for key in self.keys]
        if question.having is not None:
            rows = [row for row in rows if self._is_kept(row)]
        return Answer(rows=self._ordered(rows)[: question.limit])

    def _asked(self) -> Iterator[tuple[str, Sense]]:
        """Every metric that is computed, and how it is meant."""
        for metric in self.question.metrics:
            yield metric, Sense()
            for shift in self.question.compare:
                yield self._then(metric, shift)

    def _then(self, metric: str, shift: str) -> tuple[str, Sense]:
        if shift != "target":
            return metric, Sense(moves=(shift,))
        target = self._definition(metric).target
        if target is None:
            raise Refusal("a metric has no target")
        return target, Sense()

    def _outputs(self) -> Iterator[tuple[str, Callable[[Key], Any]]]:
        """The columns that are no keys: each metric, followed by what each comparison (without a name) makes of it."""
        for metric in self.question.metrics:
            now = partial(self._metric, metric, Sense())
            yield metric, now
            for shift in self.question.compare:
                other, sense = self._then(metric, shift)
                then = partial(self._metric, other, sense)
                yield "", then
                definition = self._definition(metric)
                if definition.type in {"integer", "number"}:
                    factor = 100 if definition.unit == "ratio" else 1
                    yield "", partial(_difference, now, then, factor)
                    yield "", partial(_percent, now, then)

    def _definition(self, metric: str) -> Metric:
        return self.world.home_of(metric).metrics[metric]

    def _inputs(self, metric: str, sense: Sense) -> Iterator[Input]:
        """Every measure a metric is made of."""
        home, definition = self.world.home_of(metric), self._definition(metric)
        for name in names_of(definition.formula):
            of, inner = self._narrowed(definition, name, sense)
            if of in home.measures:
                counted = Counted(home.name, definition.time, definition.window, inner.moves)
                yield Input(counted, of, inner.wheres, definition.following)
                if definition.is_rate:
                    yield Input(counted, of, inner.wheres, None)
            else:
                yield from self._inputs(of, inner)

    def _narrowed(self, definition: Metric, name: str, sense: Sense) -> tuple[str, Sense]:
        meaning = definition.meaning(name)
        moves = sense.moves if meaning.offset is None else (*sense.moves, meaning.offset)
        wheres = sense.wheres if meaning.where is None else (meaning.where, *sense.wheres)
        return meaning.of, replace(sense, moves=moves, wheres=wheres)

    def _check(self, inputs: list[Input]) -> None:
        question = self.question
        is_timed = question.grain is not None or self.days.start is not None or self.days.end is not None
        for found in inputs:
            counted, model = found.counted, self.world.models[found.counted.model]
            if counted.time is None and (is_timed or not counted.is_plain or found.following):
                raise Refusal("a metric has no time")
            if question.grain == "hour" and (not counted.is_plain or question.is_filled):
                raise Refusal(NOT_BY_HOUR)
            if counted.time is not None:
                self._check_time(found, model)
            if not counted.is_plain or question.is_filled or question.grain in OWN_LENGTHS:
                find_spans(question, self.days)
            if counted.window is None and counted.moves and self.days.start is None:
                raise Refusal("a comparison without a first day")
            for where in found.wheres:
                _check_condition(where, partial(self._type, model))
        self._check_names(inputs)

    def _check_time(self, found: Input, model: Model) -> None:
        counted = found.counted
        type_ = model.dimensions[str(counted.time)].type
        if self.question.grain == "hour" and type_ == "date":
            raise Refusal("dates have no hours")

    def _check_names(self, inputs: list[Input]) -> None:
        models = [self.world.models[name] for name in dict.fromkeys(found.counted.model for found in inputs)]
        for name in (*self.question.by, *_condition_names(self.question.where)):
            for model in models:
                resolve(self.world, model, name)
        for name in self.question.by:
            kinds = {_family(resolve(self.world, model, name)[1].type) for model in models}
            if len(kinds) > 1:
                raise Refusal("a shared dimension has several types")
        if self.question.has_totals:
            for model in models:
                self._check_different(model)
        # A filter is checked against types whether or not there are rows.
        if self.question.where is not None:
            for model in models:
                _check_condition(self.question.where, partial(self._type, model))
        if self.question.having is not None:
            _check_condition(self.question.having, lambda name: self._column(name)[1])

    def _check_different(self, model: Model) -> None:
        found = [resolve(self.world, model, name) for name in self.question.by]
        ends = [(path, end.column, end.threshold, end.fallback) for path, end in found]
        if len(set(ends)) < len(ends):
            raise Refusal("totals over the same twice")

    def _check_hidden(self, inputs: list[Input]) -> None:
        """Raises Refusal where rows of a hidden table would be read."""
        for found in inputs:
            model = self.world.models[found.counted.model]
            names = [*self.question.by, *_condition_names(self.question.where)]
            names += [name for where in found.wheres for name in _condition_names(where)]
            read = {model.name, *([found.following.model] if found.following else [])}
            read |= {join.to for name in names for join in resolve(self.world, model, name)[0]}
            if read & self.hidden:
                raise Refusal("a table is hidden")

    def _tops(self) -> list[Any] | None:
        """The members of the first dimension with the highest values of the first metric over the whole range."""
        question = self.question
        if question.top is None:
            return None
        first = question.metrics[0]
        asked = replace(
            question, metrics=(first,), by=question.by[:1], grain=None, start=self.days.start, end=self.days.end,
            range=None, order=(first, True), limit=question.top, compare=(), having=None, has_totals=False,
            is_filled=False, top=None,
        )  # fmt: skip
        return [row[0] for row in Reference(self.whole, asked).answer().rows]

    def _keys(self) -> list[Key]:
        question = self.question
        keys = dict.fromkeys(key for grouped in self.groups.values() for key in grouped)
        if not question.by and question.grain is None:
            return [()]
        if question.is_filled and question.grain is not None:
            members = dict.fromkeys(key[1:] for key in keys) if self.width > 1 else {(): None}
            spans = find_spans(question, self.days)
            keys |= {(period, *member): None for period, _ in spans for member in members}
        return list(keys)

    def _type(self, model: Model, name: str) -> str:
        return resolve(self.world, model, name)[1].type

    def _metric(self, metric: str, sense: Sense, key: Key) -> Any:
        """A metric for one key."""
        definition = self._definition(metric)
        match definition.kind:
            case "share":
                whole = self._named(metric, str(definition.formula), replace(sense, is_total=True), key)
                return divided(self._named(metric, str(definition.formula), sense, key), whole)
            case "rank":
                return self._rank(metric, str(definition.formula), sense, key)
            case "conversion":
                value = self._named(metric, str(definition.formula), sense, key)
                if not definition.is_rate:
                    return value
                return divided(value, self._named(metric, str(definition.formula), sense, key, is_base=True))
        return calculate(definition.formula, lambda name: self._named(metric, name, sense, key))

    def _rank(self, metric: str, of: str, sense: Sense, key: Key) -> Any:
        value = self._named(metric, of, sense, key)
        others = [self._named(metric, of, sense, peer) for peer in self._peers(key)]
        return None if value is None else Fraction(1 + sum(other is not None and other > value for other in others))

    def _named(self, metric: str, name: str, sense: Sense, key: Key, *, is_base: bool = False) -> Any:
        """A measure or metric that another one is made of."""
        home, definition = self.world.home_of(metric), self._definition(metric)
        of, inner = self._narrowed(definition, name, sense)
        if of not in home.measures:
            return self._metric(of, inner, key)
        grouped = self.groups[Counted(home.name, definition.time, definition.window, inner.moves)]
        keys = self._peers(key) if inner.is_total else [key]
        rows = [row for peer in keys for row in grouped.get(peer, [])]
        rows = [row for row in rows if fulfils(self.counting, home, row, inner.wheres)]
        if definition.following is not None and not is_base:
            rows = [row for row in rows if self._is_followed(home, definition, row)]
        return aggregate(home.measures[of], rows, home.types)

    def _is_followed(self, home: Model, definition: Metric, row: Row) -> bool:
        following = definition.following
        return following is not None and self.counting.is_followed(home, definition.time, row, following, _is_counted)

    def _peers(self, key: Key) -> list[Key]:
        """The keys of the same period and the same level of totals."""
        has_grain, has_totals = self.question.grain is not None, self.question.has_totals
        return [
            other
            for other in self.keys
            if (not has_grain or other[0] == key[0]) and (not has_totals or other[-1] == key[-1])
        ]

    def _column(self, name: str) -> tuple[int, str]:
        """The place and the type of a column that rows can be kept by."""
        question = self.question
        keys = [*(["period"] if question.grain else []), *question.by]
        if name in question.metrics:
            place = self.width + [output for output, _ in self._outputs()].index(name)
            return place, {"number": "decimal"}.get(self._definition(name).type, self._definition(name).type)
        if name == "total":
            return self.width - 1, "integer"
        if name == "period":
            return 0, "date"
        model = self.world.home_of(question.metrics[0])
        return keys.index(name), self._type(model, name)

    def _is_kept(self, row: tuple[Any, ...]) -> bool:
        def look(name: str) -> tuple[Any, str]:
            place, type_ = self._column(name)
            return row[place], type_

        return self.question.having is not None and holds(self.question.having, look, self.question.zone) is True

    def _ordered(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        question, width = self.question, self.width
        rows = sorted(rows, key=lambda row: [(value is None, 0 if value is None else value) for value in row[:width]])
        if question.order is not None:
            metric, is_descending = question.order
            place = self._column(metric)[0]
            known = [row for row in rows if row[place] is not None]
            unknown = [row for row in rows if row[place] is None]
            # Sorting is stable, in reverse too, so ties keep the order of the keys.
            rows = sorted(known, key=lambda row: row[place], reverse=is_descending) + unknown
        return rows


def _difference(now: Callable[[Key], Any], then: Callable[[Key], Any], factor: int, key: Key) -> Any:
    left, right = now(key), then(key)
    return None if left is None or right is None else (left - right) * factor


def _percent(now: Callable[[Key], Any], then: Callable[[Key], Any], key: Key) -> Any:
    right = then(key)
    return divided(_difference(now, then, 1, key), None if right is None else abs(right))


def _is_counted(measure: Measure, row: Row, model: Model) -> bool:
    return measure.where is None or counts(measure.where, row, model.types)


def _family(type_: str) -> str:
    return "number" if type_ in {"integer", "decimal", "double"} else type_


def _condition_names(condition: Condition | None) -> Iterator[str]:
    if isinstance(condition, Both | Either):
        for part in condition.parts:
            yield from _condition_names(part)
    elif isinstance(condition, Negation):
        yield from _condition_names(condition.part)
    elif condition is not None:
        yield condition.name


def _check_condition(condition: Condition, type_of: Callable[[str], str]) -> None:
    """Raises Refusal for a value that does not fit, wherever it stands."""
    if isinstance(condition, Both | Either):
        for part in condition.parts:
            _check_condition(part, type_of)
    elif isinstance(condition, Negation):
        _check_condition(condition.part, type_of)
    else:
        holds(condition, lambda name: (None, type_of(name)), "UTC")
