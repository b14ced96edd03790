"""Settles a type for each column of a table of text, by testing proposals on all rows until one fits or none can."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast as typed

from sqlglot import exp

from connectors.engine import Engine
from connectors.inference.booleans import propose_booleans
from connectors.inference.dates import DateReading, Order, propose_dates
from connectors.inference.expressions import (
    ROW_NUMBER,
    all_of,
    call,
    column,
    count,
    is_known,
    is_null,
    literal,
    named,
    scan,
    select,
    trimmed,
)
from connectors.inference.integers import propose_integers
from connectors.inference.numbers import NumberReading, Style, propose_numbers
from connectors.inference.reading import NULL_WORDS, Proposal, Reading, Verdict, kept_as_text
from connectors.inference.sample import sample_values

_ROUNDS = 5
_COLUMNS_AT_ONCE = 20
_FAILING_VALUES = 1_000
# Below these shares of readable values, a column is taken for text that happens to hold some.
_WORTH_A_WARNING = 0.5
_MOSTLY_NUMBERS = 0.8
_EXAMPLES = 3
_LONGEST_NULL_WORD = max(map(len, NULL_WORDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPlan:
    """How a column of the raw Parquet (`stored`) becomes one of the staged table.

    `values` is how many values must come out (None: not counted); `is_blank` tells that there is none at all.
    """

    stored: str
    verdict: Verdict
    examples: tuple[str, ...] = ()
    values: int | None = None
    is_blank: bool = False

    @property
    def expression(self) -> exp.Expression:
        """The staged value."""
        return column(self.stored) if self.verdict.value is None else self.verdict.value


@dataclass(slots=True)
class _Trial:
    """A column under test."""

    name: str
    hint: str
    seen: dict[str, int]
    readings: tuple[Reading, ...]
    tried: list[tuple[Reading, ...]] = field(default_factory=list)
    filled: int = 0
    null_words: int = 0
    readable: list[int] = field(default_factory=list)
    evidence: list[dict[str, int]] = field(default_factory=list)
    verdict: Verdict | None = None

    @property
    def text(self) -> exp.Expression:
        return trimmed(column(self.name))

    @property
    def values(self) -> int:
        """How many rows have a value; words for nothing that are known so far are none."""
        return self.filled - self.null_words

    @property
    def fitting(self) -> list[int]:
        """Which of the readings can read every value."""
        return [at for at, count in enumerate(self.readable) if count == self.values and self.values]


def plan_columns(
    engine: Engine,
    path: Path,
    names: Sequence[str],
    hints: Sequence[str],
    *,
    first_row: int,
    advance: Callable[[float], None],
) -> tuple[ColumnPlan, ...]:
    """Plans for all columns of a Parquet file of text; `hints` are names that may tell of dates.

    `first_row` is the number of the first row in messages; `advance` takes the share (0 to 1) of the work that is done.
    """
    samples = sample_values(engine, path, tuple(names))
    trials = [
        _Trial(name=name, hint=hint, seen=samples[name], readings=()) for name, hint in zip(names, hints, strict=True)
    ]
    for trial in trials:
        trial.readings = _propose(trial.seen, trial.hint).readings
    for _ in range(_ROUNDS):
        waiting = [trial for trial in trials if trial.readings and trial.verdict is None and not trial.fitting]
        if not waiting:
            break
        _measure(engine, path, waiting, advance)
        for trial in waiting:
            if not trial.fitting:
                _reconsider(engine, path, trial, first_row)
    habits = _Habits.of(trials)
    return tuple(_plan(trial, habits) for trial in trials)


def _propose(values: Mapping[str, int], hint: str, tried: Sequence[tuple[Reading, ...]] = ()) -> Proposal:
    """The proposal not tried yet that can read most of the values, words for nothing aside."""
    real = {value: times for value, times in values.items() if value.lower() not in NULL_WORDS}
    if not real:
        return Proposal()
    dates, numbers = propose_dates(real, hint), propose_numbers(real)
    proposals = (
        propose_booleans(real),
        # Eight digits in a column with a date's name are a date before they are a number.
        *((dates, propose_integers(real)) if dates.share == 1 else (propose_integers(real), dates)),
        numbers if numbers.share >= _MOSTLY_NUMBERS else Proposal(),
    )
    fresh = [proposal for proposal in proposals if proposal.readings not in tried]
    best = max(fresh, key=lambda proposal: proposal.share, default=Proposal())
    return best if best.share >= _WORTH_A_WARNING else Proposal()


def _is_null_word(text: exp.Expression) -> exp.Expression:
    is_short = exp.LTE(this=call("strlen", text), expression=exp.Literal.number(_LONGEST_NULL_WORD))
    words = exp.In(this=call("lower", text), expressions=[literal(word) for word in sorted(NULL_WORDS)])
    return all_of(is_short, words)


def _measure(engine: Engine, path: Path, trials: list[_Trial], advance: Callable[[float], None]) -> None:
    """Counts over all rows what the readings of the trials can read, with one scan for each batch of columns."""
    for start in range(0, len(trials), _COLUMNS_AT_ONCE):
        batch = trials[start : start + _COLUMNS_AT_ONCE]
        row = engine.row(_measurement(batch), [str(path)])
        for at, trial in enumerate(batch):
            own = {name.removeprefix(f"{at}."): value for name, value in row.items() if name.startswith(f"{at}.")}
            _take(trial, own)
        advance(min(1.0, (start + _COLUMNS_AT_ONCE) / len(trials)))


def _measurement(batch: list[_Trial]) -> exp.Select:
    """Three selects inside each other, so that what several expressions need is computed once for each row."""
    texts = select([named(trial.text, f"t{at}") for at, trial in enumerate(batch)]).from_(scan(), copy=False)
    read = [part for at, trial in enumerate(batch) for part in _readings(at, trial)]
    readings = select(read).from_(texts.subquery("texts", copy=False), copy=False)
    split = [part for at, trial in enumerate(batch) for part in _parts(at, trial)]
    parts = select(split).from_(readings.subquery("readings", copy=False), copy=False)
    counts = [part for at, trial in enumerate(batch) for part in _aggregates(at, trial)]
    return select(counts).from_(parts.subquery("parts", copy=False), copy=False)


def _readings(at: int, trial: _Trial) -> Iterator[exp.Expression]:
    yield column(f"t{at}")
    for index, reading in enumerate(trial.readings):
        yield named(reading.readable(column(f"t{at}")), f"t{at}r{index}")


def _parts(at: int, trial: _Trial) -> Iterator[exp.Expression]:
    yield column(f"t{at}")
    for index, reading in enumerate(trial.readings):
        read = f"t{at}r{index}"
        yield column(read)
        for name, part in reading.parts(column(read)).items():
            yield named(part, f"{read}{name}")


def _aggregates(at: int, trial: _Trial) -> Iterator[exp.Expression]:
    text = column(f"t{at}")
    yield named(count(text), f"{at}.filled")
    for index, reading in enumerate(trial.readings):
        read = f"t{at}r{index}"
        yield named(count(column(read)), f"{at}.{index}.readable")
        parts = {name: column(f"{read}{name}") for name in reading.parts(column(read))}
        for name, aggregate in reading.evidence(text, column(read), parts).items():
            yield named(aggregate, f"{at}.{index}.{name}")


def _take(trial: _Trial, counts: dict[str, object]) -> None:
    # A maximum over no values is null; nothing else but a whole number may come here.
    numbers = {name: 0 if value is None else typed(int, value) for name, value in counts.items()}
    trial.filled = numbers["filled"]
    trial.readable, trial.evidence = [], []
    for index in range(len(trial.readings)):
        mine = {
            name.removeprefix(f"{index}."): value for name, value in numbers.items() if name.startswith(f"{index}.")
        }
        trial.readable.append(mine.pop("readable"))
        trial.evidence.append(mine)


def _reconsider(engine: Engine, path: Path, trial: _Trial, first_row: int) -> None:
    """Looks at what could not be read: words for nothing, another proposal that reads it as well, or text for good."""
    best = max(range(len(trial.readings)), key=lambda at: trial.readable[at])
    unread = all_of(is_known(trial.text), is_null(trial.readings[best].readable(trial.text)))
    groups = (
        select([named(trial.text, "value"), named(call("count", exp.Star()), "rows")])
        .from_(scan())
        .where(unread)
        .group_by(exp.Literal.number(1))
        .order_by(exp.Ordered(this=exp.Literal.number(2), desc=True), exp.Literal.number(1))
        .limit(_FAILING_VALUES)
    )
    failing = {str(row["value"]): typed(int, row["rows"]) for row in engine.rows(groups, [str(path)])}
    trial.null_words = sum(rows for value, rows in failing.items() if value.lower() in NULL_WORDS)
    if trial.fitting:
        return
    trial.seen.update((value, rows) for value, rows in failing.items() if value.lower() not in NULL_WORDS)
    trial.tried.append(trial.readings)
    proposal = _propose(trial.seen, trial.hint, trial.tried)
    if proposal.share == 1:
        trial.readings = proposal.readings
        trial.readable, trial.evidence = [], []
    elif not trial.values:
        trial.verdict = kept_as_text()
    else:
        fails = all_of(unread, exp.Not(this=exp.Paren(this=_is_null_word(trial.text))))
        trial.verdict = kept_as_text(warnings=[_failure(engine, path, trial, best, fails, first_row)])


def _failure(engine: Engine, path: Path, trial: _Trial, best: int, fails: exp.Expression, first_row: int) -> str:
    first = (
        select([named(trial.text, "value"), named(column(ROW_NUMBER), "row")])
        .from_(scan(has_row_number=True))
        .where(fails)
        .order_by(exp.Literal.number(2))
        .limit(1)
    )
    row = engine.row(first, [str(path)])
    offset = typed(int, row["row"])
    reading, count = trial.readings[best], trial.values - trial.readable[best]
    values = f"{count:,} of {trial.values:,} values cannot be read as {reading.label}"
    where = f"the first is '{_short(str(row['value']))}' in row {offset + first_row:,}"
    return f"Kept as text, because {values}; {where}."


@dataclass(frozen=True, slots=True)
class _Habits:
    """What the columns that leave no doubt say about how the file's author writes."""

    orders: frozenset[Order]
    has_decimal_comma: bool

    @classmethod
    def of(cls, trials: list[_Trial]) -> "_Habits":
        certain = [trial.readings[trial.fitting[0]] for trial in trials if len(trial.fitting) == 1]
        orders = {reading.order for reading in certain if isinstance(reading, DateReading) and reading.is_ambiguous}
        commas = any(isinstance(reading, NumberReading) and reading.style is Style.COMMA for reading in certain)
        return cls(frozenset(orders), commas)

    def choose(self, readings: list[Reading]) -> tuple[Reading, tuple[str, ...]]:
        """One of several readings that all fit, and a warning where the choice matters."""
        first = readings[0]
        if isinstance(first, DateReading):
            return self._choose_order([reading for reading in readings if isinstance(reading, DateReading)])
        numbers = [reading for reading in readings if isinstance(reading, NumberReading)]
        comma = next((reading for reading in numbers if reading.style is Style.COMMA), None)
        if comma is not None and self.has_decimal_comma:
            return comma, ("The numbers can be read in two ways; another column of the file has decimal commas.",)
        if isinstance(first, NumberReading) and first.style is Style.POINT and comma is not None:
            return first, ("The commas can separate thousands or decimals; they were read as thousands.",)
        return first, ()

    def _choose_order(self, readings: list[DateReading]) -> tuple[Reading, tuple[str, ...]]:
        wanted = next(iter(self.orders)) if len(self.orders) == 1 else Order.MONTH_FIRST
        reading = next(reading for reading in readings if reading.order is wanted)
        reason = "as in another column of the file" if len(self.orders) == 1 else "because nothing in the file decides"
        return reading, (
            f"No day is above 12, so that day and month may be swapped; read with the {wanted}, {reason}.",
        )


def _plan(trial: _Trial, habits: _Habits) -> ColumnPlan:
    examples = tuple(_short(value) for value in list(trial.seen)[:_EXAMPLES])
    fitting = [(trial.readings[at], trial.evidence[at]) for at in trial.fitting] if trial.verdict is None else []
    if not fitting:
        verdict = trial.verdict or kept_as_text()
        return ColumnPlan(stored=trial.name, verdict=verdict, examples=examples, is_blank=not trial.seen)
    reading, told = habits.choose([reading for reading, _ in fitting]) if len(fitting) > 1 else (fitting[0][0], ())
    evidence = next(evidence for candidate, evidence in fitting if candidate == reading)
    verdict = reading.settle(trial.text, evidence, trial.values)
    if trial.null_words and verdict.value is not None:
        told = (*told, f"Values such as 'N/A', 'NULL' or '-': {trial.null_words:,}. They were read as empty.")
    verdict = Verdict(
        type=verdict.type,
        storage=verdict.storage,
        value=verdict.value,
        notes=verdict.notes,
        warnings=(*told, *verdict.warnings) if verdict.value is not None else verdict.warnings,
    )
    values = trial.values if verdict.value is not None else None
    return ColumnPlan(stored=trial.name, verdict=verdict, examples=examples, values=values)


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:59] + "…"
