"""What a period is compared with: the one before, the same a year ago, any distance, or day by day with holidays."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from core.errors import InvalidError
from core.names import suggestion
from metrics.calendar import LENGTHS, Calendar, days_of
from metrics.offset import Offset, parse_offset
from metrics.query import AnyGrain, Grain, OwnGrain

TARGET = "target"
_DAY = dt.timedelta(days=1)
_YEAR = Offset(months=12)
_52_WEEKS = Offset(days=364)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days of a period: `first` to `last` are those that count, `full_last` is the last day of the whole period, which
    is later while it runs. `grain` is None for a range that was asked for as it is."""

    first: dt.date
    last: dt.date
    full_last: dt.date
    grain: AnyGrain | None

    @property
    def is_whole(self) -> bool:
        """Whether the period has run to its end."""
        return self.last == self.full_last


class Against(StrEnum):
    """The comparisons that have a name."""

    PRIOR_PERIOD = "prior_period"
    PRIOR_YEAR = "prior_year"
    SAME_WEEKDAY = "same_weekday"
    HOLIDAY = "holiday"
    OFFSET = "offset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A way back in time. `offset` belongs to OFFSET, `country` (as in `DE`) to HOLIDAY."""

    against: Against
    offset: Offset | None = None
    country: str | None = None

    @property
    def column(self) -> str:
        """The name of the comparison in a result column."""
        if self.against is Against.OFFSET:
            return str(self.offset).replace(" ", "_") + "_before"
        return f"holiday_{str(self.country).lower()}" if self.country else str(self.against)

    @property
    def label(self) -> str:
        """The name of the comparison for people."""
        match self.against:
            case Against.OFFSET:
                return f"{self.offset} before"
            case Against.HOLIDAY:
                return f"prior year by holidays of {self.country}"
            case Against.SAME_WEEKDAY:
                return "same weekday 52 weeks before"
            case _:
                return self.against.replace("_", " ")

    def move(self, span: Span, calendar: Calendar) -> Iterator[Span]:
        """The days that a span is compared with; those of a running period are cut at the same day."""
        if self.against is Against.HOLIDAY:
            yield from _by_holidays(span, str(self.country))
            return
        if self.against is Against.PRIOR_PERIOD and has_own_length(span.grain):
            yield _period_before(span, calendar)
            return
        offset = self._distance(span)
        if span.grain in {Grain.DAY, Grain.HOUR}:
            first = offset.earlier(span.first)
            yield replace(span, first=first, last=first, full_last=first)
            return
        first = offset.earlier(span.first)
        full_last = _earlier_last(offset, span.first, span.full_last)
        last = full_last
        if not span.is_whole:
            same_date = offset.months and offset.months % 12 == 0
            last = _earlier_last(offset, span.first, span.last) if same_date else first + (span.last - span.first)
        yield replace(span, first=first, last=min(last, full_last), full_last=full_last)

    def _distance(self, span: Span) -> Offset:
        match self.against:
            case Against.PRIOR_PERIOD:
                return _length(span)
            case Against.PRIOR_YEAR:
                return _52_WEEKS if span.grain in {Grain.WEEK, Grain.RETAIL_MONTH} else _YEAR
            case Against.OFFSET if self.offset is not None:
                return self.offset
            case _:
                return _52_WEEKS


def parse_shift(text: str) -> Shift:
    """A comparison as it is asked for: a name, `holiday:DE`, or a length such as `3 months`. Raises InvalidError."""
    word, _, country = text.strip().partition(":")
    if word == Against.HOLIDAY and country:
        return Shift(against=Against.HOLIDAY, country=_known_country(country.upper()))
    named = [Against.PRIOR_PERIOD, Against.PRIOR_YEAR, Against.SAME_WEEKDAY]
    if text in named:
        return Shift(against=Against(text))
    try:
        return Shift(against=Against.OFFSET, offset=parse_offset(text))
    except InvalidError:
        known = [*named, TARGET, "holiday:DE", "3 months"]
        raise InvalidError(f"{text!r} is not a comparison. {suggestion(text, known)}") from None


def has_own_length(grain: AnyGrain | None) -> bool:
    """Whether each period of a grain has a length of its own, which no offset tells."""
    return grain is Grain.RETAIL_MONTH or isinstance(grain, OwnGrain)


def _length(span: Span) -> Offset:
    if isinstance(span.grain, Grain):
        return LENGTHS[span.grain]
    after = span.full_last + _DAY
    if span.first.day == 1 and after.day == 1:
        return Offset(months=(after.year - span.first.year) * 12 + after.month - span.first.month)
    return Offset(days=(after - span.first).days)


def _period_before(span: Span, calendar: Calendar) -> Span:
    """The period before, which may be longer or shorter: a retail month by a week or two, an own period by any time."""
    grain = span.grain or Grain.RETAIL_MONTH
    own_first = calendar.first_day(span.first, grain)
    full_last = own_first - _DAY
    first = min(calendar.first_day(full_last, grain) + (span.first - own_first), full_last)
    last = full_last if span.is_whole else min(first + (span.last - span.first), full_last)
    return replace(span, first=first, last=last, full_last=full_last)


def _earlier_last(offset: Offset, first: dt.date, last: dt.date) -> dt.date:
    """The last day, moved: the last day of a month stays one where the days begin with a month too."""
    after = last + _DAY
    if offset.months and first.day == 1 and after.day == 1:
        return offset.earlier(after) - _DAY
    return offset.earlier(last)


def _by_holidays(span: Span, country: str) -> Iterator[Span]:
    """Each day with the same weekday 52 weeks before, but holidays with themselves. Every day is taken once: where a
    holiday moved, the two days it leaves and takes change places."""
    import holidays

    years = {span.first.year - 2, *range(span.first.year - 1, span.last.year + 1)}
    names = holidays.country_holidays(country, years=years, observed=False)
    dates = {(day.year, name): day for day, text in sorted(names.items()) for name in text.split("; ")}
    before = {}
    margin = dt.timedelta(days=60)
    for day in days_of(span.first - margin, span.last + margin):
        before[day] = day - dt.timedelta(days=364)
    owners = {past: day for day, past in before.items()}
    for (year, name), day in sorted(dates.items()):
        past = dates.get((year - 1, name))
        if past is not None and day in before and past in owners and before[day] != past:
            other, left = owners[past], before[day]
            before[day], before[other] = past, left
            owners[past], owners[left] = day, other
    for day in days_of(span.first, span.last):
        yield Span(first=before[day], last=before[day], full_last=before[day], grain=Grain.DAY)


def _known_country(code: str) -> str:
    import holidays

    known = holidays.list_supported_countries()
    if code not in known:
        raise InvalidError(f"There are no holidays of {code!r}. {suggestion(code, known)}")
    return code
