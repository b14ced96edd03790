"""What is asked: a funnel or a retention table. Plain values, checked when they are made; nothing is computed here."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo

from core.errors import InvalidError, LimitError

MOST_STEPS = 20
MOST_PERIODS = 400
MOST_HELD = 3
UTC = ZoneInfo("UTC")


class Order(StrEnum):
    """How the steps must follow each other; anchored: the first one first, the others after it in any order."""

    ANCHORED = "anchored"
    ANY = "any"
    ORDERED = "ordered"
    STRICT = "strict"


class Exclusion(StrEnum):
    """What an excluded event does: end the attempt in progress, or take the entity out of the funnel."""

    DROP = "drop"
    STOP = "stop"


class Entry(StrEnum):
    """Which first steps begin an attempt: every one, of which the best counts, or the first one of the entity alone."""

    EVERY = "every"
    FIRST = "first"


class Attribution(StrEnum):
    """Whose value of the breakdown an entity has: that of its first step, of its deepest, of a chosen one, or of all.

    With all, an entity counts for as long as its steps have one value.
    """

    ALL = "all"
    FIRST = "first"
    LAST = "last"
    STEP = "step"


class Period(StrEnum):
    """The calendar periods of a retention table."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    WEEK = "week"


class Mode(StrEnum):
    """In which periods a return counts: its own, all up to it, all from it on; or only in an unbroken row of them."""

    BOUNDED = "bounded"
    ON_OR_BEFORE = "on_or_before"
    STREAK = "streak"
    UNBOUNDED = "unbounded"


class Weekday(StrEnum):
    """The days a week may start on."""

    FRIDAY = "friday"
    MONDAY = "monday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    THURSDAY = "thursday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a funnel: any one of `events` serves it."""

    name: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelSpec:
    """A funnel over entities.

    `window` is measured from the first step, both ends included; None is without limit. `breakdown` names a column
    kept with the events; the `top` values with the most entities are shown, the rest together. `has_times` asks for
    times to convert as well. `limits` has for each step the longest time since the step before, None for any (and for
    the first). `held` are up to three properties that are the same in all steps. With `counts_attempts` every attempt
    counts, not every entity; with `session_gap` every session does, one ending where nothing happens for longer.
    `entry` says which first steps begin. Events within `grace` of the first one of a moment are of that moment.
    `attribution` says whose value of the breakdown counts, for a chosen step that of number `attributed_step`, from 0
    on. Raises InvalidError when the parts do not fit together.
    """

    steps: tuple[Step, ...]
    window: dt.timedelta | None
    order: Order = Order.ORDERED
    excluded: tuple[str, ...] = ()
    exclusion: Exclusion = Exclusion.STOP
    breakdown: str | None = None
    top: int = 25
    has_times: bool = True
    limits: tuple[dt.timedelta | None, ...] = ()
    held: tuple[str, ...] = ()
    counts_attempts: bool = False
    session_gap: dt.timedelta | None = None
    entry: Entry = Entry.EVERY
    grace: dt.timedelta = dt.timedelta(0)
    attribution: Attribution = Attribution.FIRST
    attributed_step: int = 0

    @property
    def has_order_within(self) -> bool:
        """Whether every step but the first has one before it, since which time may be told."""
        return self.order in (Order.ORDERED, Order.STRICT)

    def __post_init__(self) -> None:
        if not 2 <= len(self.steps) <= MOST_STEPS:
            raise InvalidError(f"A funnel has 2 to {MOST_STEPS} steps; this one has {len(self.steps)}.")
        for step in self.steps:
            if not step.events or not all(step.events):
                raise InvalidError(f"The step {step.name!r} names no event. Write an event, or several as a|b.")
        if self.window is not None and self.window < dt.timedelta(0):
            raise InvalidError("A conversion window cannot be negative; 0 means all steps at the same moment.")
        if self.top < 1:
            raise InvalidError(f"At least one value of the breakdown must be shown; {self.top} was asked for.")
        for step in self.steps:
            both = sorted(set(step.events) & set(self.excluded))
            if both:
                raise InvalidError(f"The event {both[0]!r} is a step and excluded at once; take it out of one of them.")
        if not self.has_order_within:
            self._refuse_overlaps()
        self._check_options()

    def _check_options(self) -> None:
        if len(self.held) > MOST_HELD:
            raise InvalidError(f"At most {MOST_HELD} properties are held constant; {len(self.held)} came.")
        if self.limits and len(self.limits) != len(self.steps):
            raise InvalidError(f"There is a limit for each step, or none; {len(self.limits)} came.")
        if any(one is not None and one < dt.timedelta(0) for one in self.limits):
            raise InvalidError("A limit between two steps cannot be negative; 0 means the same moment.")
        is_plain = self.order is Order.ORDERED and not self.excluded
        has_limits = any(one is not None for one in self.limits)
        if has_limits and self.order is not Order.ORDERED:
            raise InvalidError("Limits between steps are for steps in order, with anything between them.")
        if self.counts_attempts and (not is_plain or self.breakdown or self.held or has_limits):
            raise InvalidError("Attempts are counted for steps in order, without exclusions, limits or a split.")
        if self.counts_attempts and (self.session_gap is not None or self.entry is Entry.FIRST):
            raise InvalidError("Either attempts are counted, or sessions, or what begins with the first first step.")
        if self.entry is Entry.FIRST and self.order is Order.ANY:
            raise InvalidError("In any order nothing says which step comes first; choose an anchored order.")
        if (has_limits or self.held) and self.attribution is not Attribution.FIRST:
            raise InvalidError("With held properties or limits, the split is by the value at the first step.")
        if not 0 <= self.attributed_step < len(self.steps):
            raise InvalidError(f"The split is by one of {len(self.steps)} steps, numbered from 0.")
        if self.grace < dt.timedelta(0) or (self.session_gap is not None and self.session_gap < dt.timedelta(0)):
            raise InvalidError("Neither a grace nor the gap that ends a session can be negative.")

    def _refuse_overlaps(self) -> None:
        # Which of two overlapping steps an event serves would change the count, and nothing says which.
        for one, other in combinations(self.steps, 2):
            shared = sorted(set(one.events) & set(other.events))
            if shared and set(one.events) != set(other.events):
                raise InvalidError(
                    f"Where the order is open, {shared[0]!r} could serve {one.name!r} or {other.name!r}. "
                    "Make the steps equal or give them no event in common."
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSpec:
    """Cohorts by the period of the first start event, and who came back in the periods after.

    `start` and `returns` are unions of events; None is any event. Periods are calendar periods in `zone`; `periods`
    counts them from the cohort's own, which is number 0. With `is_rolling` they are days (or weeks) of 24 hours since
    the start, with `brackets` groups of periods: (0, 1, 3, 7) is 0, 1 to 2, and 3 to 6. Where entry `is_recurring` an
    entity is in the cohort of every period it starts in. Raises InvalidError and LimitError.
    """

    start: tuple[str, ...] | None
    returns: tuple[str, ...] | None
    period: Period
    periods: int = 12
    mode: Mode = Mode.BOUNDED
    zone: ZoneInfo = UTC
    week_start: Weekday = Weekday.MONDAY
    is_recurring: bool = False
    is_rolling: bool = False
    brackets: tuple[int, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the kernels count it."""
        is_known = self.mode in (Mode.BOUNDED, Mode.UNBOUNDED)
        return is_known and not (self.is_recurring or self.is_rolling or self.brackets)

    @property
    def columns(self) -> int:
        """How many periods, or brackets of them, are counted."""
        return len(self.brackets) - 1 if self.brackets else self.periods

    @property
    def reach(self) -> int:
        """How many periods after its own the last column of a cohort ends."""
        return self.brackets[-1] if self.brackets else self.periods

    def bounds_of(self, column: int) -> tuple[int, int]:
        """The first period of a column, and the first one after it."""
        return (self.brackets[column], self.brackets[column + 1]) if self.brackets else (column, column + 1)

    def __post_init__(self) -> None:
        if self.is_rolling and self.period not in (Period.DAY, Period.WEEK):
            raise InvalidError(f"Only days and weeks are rolling; a {self.period} has no fixed length.")
        if self.brackets and (self.brackets[0] != 0 or len(self.brackets) < 2 or not _is_rising(self.brackets)):
            raise InvalidError(f"Brackets begin at 0 and rise, such as 0,1,3,7; {self.brackets} came.")
        if self.reach > MOST_PERIODS:
            raise LimitError(f"A retention table has at most {MOST_PERIODS} periods; {self.reach} were asked for.")
        if self.start == () or self.returns == ():
            raise InvalidError("Name a start and a return event, or any.")
        if self.periods < 1:
            raise InvalidError(f"A retention table has at least 1 period; {self.periods} were asked for.")


def _is_rising(values: tuple[int, ...]) -> bool:
    return all(one < other for one, other in pairwise(values))


def parse_events(text: str) -> tuple[str, ...]:
    """The events of a union as written, without repeats.

    >>> parse_events("trial | signup")
    ('trial', 'signup')
    """
    return tuple(dict.fromkeys(name.strip() for name in text.split("|")))


def parse_brackets(text: str) -> tuple[int, ...]:
    """Brackets of periods as they are written; none where there is no text. Raises InvalidError.

    >>> parse_brackets("0, 1, 3, 7")
    (0, 1, 3, 7)
    """
    if not text.strip():
        return ()
    try:
        return tuple(int(one) for one in text.split(","))
    except ValueError:
        raise InvalidError(f"{text!r} are no brackets; write the first period of each, and the end: 0,1,3,7.") from None
