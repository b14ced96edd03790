"""Periods, ranges in words, and the way back from a period to what it is compared with: plain counting of days."""

import datetime as dt
from dataclasses import dataclass, replace

from tests.oracle.logic import first_day
from tests.oracle.world import Question, Refusal

DAY = dt.timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "fiscal_quarter": 3, "fiscal_year": 12}
_DAYS = {"day": 1, "hour": 1, "week": 7}
# Each period of these has a length of its own.
OWN_LENGTHS = ("retail_month", "season")


@dataclass(frozen=True, kw_only=True)
class Span:
    """Days `first` to `last` of a period that would go on until `full`; `grain` is None for a range."""

    first: dt.date
    last: dt.date
    full: dt.date
    grain: str | None


@dataclass(frozen=True, kw_only=True)
class Days:
    """The days of a question once today is known: its range, and the end that was asked for."""

    start: dt.date | None
    end: dt.date | None
    full_end: dt.date | None


def find_days(question: Question) -> Days:
    """The range, cut at today where something is compared."""
    start, end = question.start, question.end
    if question.range is not None:
        start, end = _range(question.range, question)
    full_end, today = end, question.today
    if question.compare and today is not None and (start is None or start <= today) and (end is None or end > today):
        end = today
    return Days(start=start, end=end, full_end=full_end)


def find_spans(question: Question, days: Days) -> list[tuple[dt.date, Span]]:
    """Every period of the question with the days of it that count."""
    end = days.end or question.today
    if end is None:
        raise Refusal("a window without a last day")
    if question.grain is None:
        start = days.start or end
        return [(start, Span(first=start, last=_cut(start, end, question), full=days.full_end or end, grain=None))]
    if days.start is None:
        raise Refusal("a window without a first day")
    spans = []
    first = period_of(days.start, question.grain, question)
    while first <= end:
        after = next_period(first, question.grain, question)
        begin = max(first, days.start)
        last = _cut(begin, min(after - DAY, end), question)
        spans.append((first, Span(first=begin, last=last, full=after - DAY, grain=question.grain)))
        first = after
    return spans


def period_of(day: dt.date, grain: str, question: Question) -> dt.date:
    """The first day of the period a day is in."""
    if grain == "hour":
        return day
    if grain.startswith("fiscal"):
        step, first = (3 if grain == "fiscal_quarter" else 12), day.replace(day=1)
        while (first.month - question.fiscal_start) % step:
            first = (first - DAY).replace(day=1)
        return first
    if grain == "season":
        return _season(day, question)[0]
    if grain == "retail_month":
        return max(first for first in _retail_months(day.year, question) if first <= day)
    return first_day(day, grain, question.week_start) or day


def next_period(first: dt.date, grain: str, question: Question) -> dt.date:
    """The first day of the next period: the first one that is not in this."""
    if grain == "season":
        return _season(first, question)[1]
    day = first + DAY
    while period_of(day, grain, question) == first:
        day += DAY
    return day


def earlier(day: dt.date, length: str) -> dt.date:
    """The day a length before, such as `3 months`; a day that the month does not have is its last."""
    count, months = _length(length)
    if not months:
        return day - count * DAY
    month = day.year * 12 + day.month - 1 - months
    year, month = divmod(month, 12)
    for number in range(day.day, 27, -1):
        try:
            return dt.date(year, month + 1, number)
        except ValueError:
            continue
    return dt.date(year, month + 1, day.day)


def later_moment(moment: dt.date, length: str) -> dt.datetime:
    """The moment a length after a day or a moment."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time.min)
    count, months = _length(length)
    if not months:
        return moment + count * DAY
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = moment.day
    while True:
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            day -= 1


def move(span: Span, shift: str, question: Question) -> Span:
    """The days a span is compared with; a running one is cut at the same day."""
    if shift == "prior_period" and span.grain in {"retail_month", "season"}:
        own = period_of(span.first, span.grain, question)
        first = period_of(own - DAY, span.grain, question) + (span.first - own)
        full = own - DAY
        first = min(first, full)
        last = full if span.last == span.full else min(full, first + (span.last - span.first))
        return replace(span, first=first, last=last, full=full)
    length = _distance(span, shift)
    first = earlier(span.first, length)
    if span.grain in {"day", "hour"}:
        return replace(span, first=first, last=first, full=first)
    full = _moved_last(span.first, span.full, length)
    if span.last == span.full:
        return replace(span, first=first, last=full, full=full)
    months = _length(length)[1]
    if months and months % 12 == 0:
        last = _moved_last(span.first, span.last, length)
    else:
        last = first + (span.last - span.first)
    return replace(span, first=first, last=min(last, full), full=full)


def _moved_last(first: dt.date, last: dt.date, length: str) -> dt.date:
    """The end of a month stays one where the days begin with a month."""
    if _length(length)[1] and first.day == 1 and (last + DAY).day == 1:
        return earlier(last + DAY, length) - DAY
    return earlier(last, length)


def _distance(span: Span, shift: str) -> str:
    if shift == "same_weekday":
        return "364 days"
    if shift == "prior_year":
        return "364 days" if span.grain in {"week", "retail_month"} else "1 year"
    if shift != "prior_period":
        return shift
    if span.grain in _DAYS:
        return f"{_DAYS[span.grain]} days"
    if span.grain is not None:
        return f"{_MONTHS[span.grain]} months"
    after = span.full + DAY
    if span.first.day == 1 and after.day == 1:
        return f"{(after.year - span.first.year) * 12 + after.month - span.first.month} months"
    return f"{(after - span.first).days} days"


def _length(text: str) -> tuple[int, int]:
    """Days and months."""
    count, unit = text.split()
    unit = unit.removesuffix("s")
    return (int(count) * _DAYS[unit], 0) if unit in _DAYS else (0, int(count) * _MONTHS[unit])


def _cut(first: dt.date, last: dt.date, question: Question) -> dt.date:
    if question.today is None or first > question.today:
        return last
    return min(last, question.today)


def _retail_months(year: int, question: Question) -> list[dt.date]:
    """Months of 4, 4 and 5 weeks from the start of week that is nearest to the first day of the fiscal year."""
    firsts = []
    for fiscal_year in range(year - 2, year + 2):
        day = dt.date(fiscal_year, question.fiscal_start, 1)
        near = [day + offset * DAY for offset in range(-3, 4)]
        (begin,) = [one for one in near if one.weekday() == question.week_start]
        weeks = 0
        for length in (4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5):
            firsts.append(begin + weeks * 7 * DAY)
            weeks += length
    return firsts


def _season(day: dt.date, question: Question) -> tuple[dt.date, dt.date]:
    """The first day of a season and the day after its last, found by walking from day to day."""
    seasons = dict(question.seasons)
    if day < min(seasons) or day > max(seasons):
        raise Refusal("a day beyond the calendar")
    if day not in seasons:
        raise Refusal("a calendar lacks a day")
    first = after = day
    while first > min(seasons):
        before = max(one for one in (first - DAY * step for step in range(1, 10)) if one in seasons)
        if seasons[before] != seasons[day]:
            break
        if before != first - DAY:
            raise Refusal("a calendar lacks a day")
        first = before
    while after <= max(seasons) and seasons.get(after) == seasons[day]:
        after += DAY
    if after <= max(seasons) and after not in seasons:
        raise Refusal("a calendar lacks a day")
    return first, after


def _range(text: str, question: Question) -> tuple[dt.date, dt.date]:
    today = question.today
    if today is None:
        raise Refusal("a range without today")
    words = text.split()
    if text in {"today", "yesterday"}:
        day = today if text == "today" else today - DAY
        return day, day
    if words[-2:] == ["to", "date"]:
        return period_of(today, "_".join(words[:-2]), question), today
    grain = "_".join(word for word in words[1:] if not word.isdigit()).removesuffix("s")
    first = period_of(today, grain, question)
    if words[0] == "this":
        return first, next_period(first, grain, question) - DAY
    end = first - DAY
    for _ in range(int(words[1]) if words[1].isdigit() else 1):
        first = period_of(first - DAY, grain, question)
    return first, end
