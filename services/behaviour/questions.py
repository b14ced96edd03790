"""The questions of the pages Funnels and Retention, as a URL has them: every choice a reader made, and nothing else."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from zoneinfo import ZoneInfo

from metrics.behaviour import (
    Entry,
    Exclusion,
    FunnelSpec,
    Mode,
    Order,
    Period,
    RetentionSpec,
    Step,
    Weekday,
    parse_brackets,
    parse_window,
)
from metrics.event_rows import HELD, JOINT, NamedEvents
from services.behaviour import choices
from services.behaviour.choices import Params

MOST_SHOWN = 50
_TOP = 8
_WEEK = (
    Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY, Weekday.SATURDAY,
    Weekday.SUNDAY,
)  # fmt: skip
_PERIODS = {Period.DAY: 31, Period.WEEK: 13, Period.MONTH: 13, Period.QUARTER: 9}


class Counted(StrEnum):
    """What a funnel counts: entities, every attempt of theirs, or every session."""

    ATTEMPTS = "attempts"
    ENTITIES = "entities"
    SESSIONS = "sessions"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelQuestion:
    """A funnel. Steps and exclusions are written as in `choices.parse_step`; `window` as 30d, or none.

    The first step lies from `first` to `last`, or in `range` in words; later ones may come after it. `limits` are the
    longest times from each step to the next, as windows. With `is_compared` the range is set against the one before.
    A session, where those are counted, ends where nothing happens for longer than `gap`. `entry` says which first
    steps begin. What happens within `grace` of the first event of a moment is of that moment.
    """

    model: str = ""
    entity: str = ""
    steps: tuple[str, ...] = ()
    window: str = "30d"
    order: Order = Order.ORDERED
    excluded: tuple[str, ...] = ()
    exclusion: Exclusion = Exclusion.STOP
    by: str = ""
    top: int = _TOP
    range: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    where: str = ""
    limits: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    counted: Counted = Counted.ENTITIES
    gap: str = "30m"
    entry: Entry = Entry.EVERY
    grace: str = "0s"
    trend: Period | None = None
    is_compared: bool = False

    @property
    def has_grace(self) -> bool:
        """Whether events that are close count as of one moment. Raises InvalidError."""
        return parse_window(self.grace) > dt.timedelta(0)

    @property
    def reads_all(self) -> bool:
        """Whether what happens besides the steps has a say: between them, in a session, or as the first of a moment."""
        return self.order is Order.STRICT or self.counted is Counted.SESSIONS or self.has_grace

    def to_params(self) -> dict[str, list[str]]:
        """The choices for a URL; what is at its default is left out."""
        plain = FunnelQuestion()
        found = {
            "model": [self.model], "entity": [self.entity], "step": list(self.steps),
            "window": [self.window] if self.window != plain.window else [],
            "order": [str(self.order)] if self.order is not plain.order else [],
            "exclude": list(self.excluded),
            "exclusion": [str(self.exclusion)] if self.exclusion is not plain.exclusion else [],
            "by": [self.by], "top": [str(self.top)] if self.top != plain.top else [],
            "range": [self.range], "from": [choices.day_text(self.first)], "to": [choices.day_text(self.last)],
            "where": [self.where],
            "limits": [",".join(self.limits)], "hold": list(self.held),
            "count": [str(self.counted)] if self.counted is not plain.counted else [],
            "gap": [self.gap] if self.gap != plain.gap else [],
            "entry": [str(self.entry)] if self.entry is not plain.entry else [],
            "grace": [self.grace] if self.grace != plain.grace else [], "trend": [str(self.trend or "")],
            "compare": ["previous"] if self.is_compared else [],
        }  # fmt: skip
        return choices.filled(found)

    def named(self, last: dt.date | None) -> tuple[NamedEvents, ...]:
        """The events asked for: step 1 is called "1" and counts until the last day; exclusions are "x1" and so on."""
        steps = [
            replace(choices.parse_step(text), name=str(number), until=last if number == 1 else None)
            for number, text in enumerate(self.steps, start=1)
        ]
        excluded = [
            replace(choices.parse_step(text), name=f"x{number}") for number, text in enumerate(self.excluded, start=1)
        ]
        return (*steps, *excluded)

    def spec(self, names: Sequence[str]) -> FunnelSpec:
        """What is computed over events, whose names are joint ones of `named`. Raises InvalidError."""
        return FunnelSpec(
            steps=tuple(
                Step(name=text, events=with_part(str(number), names)) for number, text in enumerate(self.steps, start=1)
            ),
            window=choices.window(self.window),
            order=self.order,
            excluded=tuple(
                name for number in range(1, len(self.excluded) + 1) for name in with_part(f"x{number}", names)
            ),
            exclusion=self.exclusion,
            breakdown="by" if self.by else None,
            top=self.top,
            limits=(None, *(choices.window(one) for one in self.limits)) if self.limits else (),
            held=tuple(f"{HELD}{number}" for number in range(1, len(self.held) + 1)),
            counts_attempts=self.counted is Counted.ATTEMPTS,
            session_gap=parse_window(self.gap) if self.counted is Counted.SESSIONS else None,
            entry=self.entry,
            grace=parse_window(self.grace),
        )


class Shown(StrEnum):
    """What the cells of a retention table show: the share that is back, or the amounts of the returns as in `Worth`."""

    AMOUNT = "amount"
    EACH = "each"
    OF_FIRST = "of_first"
    RETURNED = "returned"
    SHARE = "share"
    TOTAL = "total"

    @property
    def is_share(self) -> bool:
        """Whether it is a share, of entities or of money, and no amount."""
        return self in {Shown.SHARE, Shown.OF_FIRST}


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionQuestion:
    """Cohorts by first start, and who came back. `start` and `returns` are written as in `choices.parse_step`.

    `by` is the dimension that the table is split by, as it is at the start; the `top` values with most are shown.
    """

    model: str = ""
    entity: str = ""
    start: str = ""
    returns: str = ""
    period: Period = Period.MONTH
    periods: int = 13
    mode: Mode = Mode.BOUNDED
    is_recurring: bool = False
    is_rolling: bool = False
    brackets: tuple[int, ...] = ()
    shows: Shown = Shown.SHARE
    is_of_previous: bool = False
    is_simple_mean: bool = False
    by: str = ""
    top: int = _TOP
    range: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    where: str = ""

    @property
    def is_valued(self) -> bool:
        """Whether it shows amounts, or counts every cohort alike."""
        return self.shows is not Shown.SHARE or self.is_simple_mean

    def to_params(self) -> dict[str, list[str]]:
        """The choices for a URL; what is at its default is left out."""
        found = {
            "model": [self.model], "entity": [self.entity], "start": [self.start], "return": [self.returns],
            "period": [str(self.period)] if self.period is not Period.MONTH else [],
            "periods": [str(self.periods)] if self.periods != _PERIODS[self.period] else [],
            "mode": [str(self.mode)] if self.mode is not Mode.BOUNDED else [],
            "entry": ["recurring"] if self.is_recurring else [], "days": ["rolling"] if self.is_rolling else [],
            "brackets": [",".join(map(str, self.brackets))],
            "show": [str(self.shows)] if self.shows is not Shown.SHARE else [],
            "of": ["previous"] if self.is_of_previous else [], "mean": ["simple"] if self.is_simple_mean else [],
            "by": [self.by], "top": [str(self.top)] if self.top != _TOP else [],
            "range": [self.range], "from": [choices.day_text(self.first)], "to": [choices.day_text(self.last)],
            "where": [self.where],
        }  # fmt: skip
        return choices.filled(found)

    def named(self) -> tuple[NamedEvents, ...]:
        """The events asked for, called "start" and "return"."""
        return replace(choices.parse_step(self.start), name="start"), replace(
            choices.parse_step(self.returns), name="return"
        )

    def spec(self, names: Sequence[str], zone: ZoneInfo, week_start: int) -> RetentionSpec:
        """What is computed over events, whose names are joint ones of `named`. Raises InvalidError, LimitError."""
        return RetentionSpec(
            start=with_part("start", names),
            returns=with_part("return", names),
            period=self.period,
            periods=self.periods,
            mode=self.mode,
            zone=zone,
            week_start=weekday(week_start),
            is_recurring=self.is_recurring,
            is_rolling=self.is_rolling,
            brackets=self.brackets,
        )


def parse_funnel(params: Params) -> FunnelQuestion:
    """The funnel of a URL. Raises InvalidError for what no choice is."""
    return FunnelQuestion(
        model=choices.last(params, "model"),
        entity=choices.last(params, "entity"),
        steps=choices.several(params, "step"),
        window=choices.last(params, "window", "30d"),
        order=choices.choice(params, "order", Order, Order.ORDERED),
        excluded=choices.several(params, "exclude"),
        exclusion=choices.choice(params, "exclusion", Exclusion, Exclusion.STOP),
        by=choices.last(params, "by"),
        top=choices.whole(params, "top", _TOP, high=MOST_SHOWN),
        range=choices.last(params, "range"),
        first=choices.day(params, "from"),
        last=choices.day(params, "to"),
        where=choices.last(params, "where"),
        limits=tuple(one.strip() for one in choices.last(params, "limits").split(",") if one.strip()),
        held=choices.several(params, "hold"),
        counted=choices.choice(params, "count", Counted, Counted.ENTITIES),
        gap=choices.last(params, "gap", FunnelQuestion().gap),
        entry=choices.choice(params, "entry", Entry, Entry.EVERY),
        grace=choices.last(params, "grace", FunnelQuestion().grace),
        trend=choices.choice(params, "trend", Period, Period.MONTH) if choices.last(params, "trend") else None,
        is_compared=choices.last(params, "compare") == "previous",
    )


def parse_retention(params: Params) -> RetentionQuestion:
    """The retention table of a URL. Raises InvalidError for what no choice is."""
    period = choices.choice(params, "period", Period, Period.MONTH)
    return RetentionQuestion(
        model=choices.last(params, "model"),
        entity=choices.last(params, "entity"),
        start=choices.last(params, "start"),
        returns=choices.last(params, "return"),
        period=period,
        periods=choices.whole(params, "periods", _PERIODS[period], high=60),
        mode=choices.choice(params, "mode", Mode, Mode.BOUNDED),
        is_recurring=choices.last(params, "entry") == "recurring",
        is_rolling=choices.last(params, "days") == "rolling",
        brackets=parse_brackets(choices.last(params, "brackets")),
        shows=choices.choice(params, "show", Shown, Shown.SHARE),
        is_simple_mean=choices.last(params, "mean") == "simple",
        is_of_previous=choices.last(params, "of") == "previous",
        by=choices.last(params, "by"),
        top=choices.whole(params, "top", _TOP, high=MOST_SHOWN),
        range=choices.last(params, "range"),
        first=choices.day(params, "from"),
        last=choices.day(params, "to"),
        where=choices.last(params, "where"),
    )


def with_part(part: str, names: Sequence[str]) -> tuple[str, ...]:
    """The joint names that hold a name; the name itself where no event has it."""
    return tuple(name for name in names if part in name.split(JOINT)) or (part,)


def weekday(number: int) -> Weekday:
    """The day of the week of a number from 0, Monday."""
    return _WEEK[number]
