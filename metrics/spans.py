"""The periods a question is about, as days: what windows, comparisons and empty periods are made of."""

import datetime as dt

from core.errors import LimitError, RefusedError
from metrics.compiled import CompileContext
from metrics.frame import Frame, Reach
from metrics.query import MetricQuery
from metrics.shift import Span

MAX_PERIODS = 20_000
_DAY = dt.timedelta(days=1)


def find_spans(query: MetricQuery, full_end: dt.date | None, context: CompileContext) -> list[tuple[dt.date, Span]]:
    """The first day of each period with the days of it that count: those asked for and, while it runs, up to today.

    `full_end` is the last day of the question's range, before it was cut at today. Raises RefusedError without dates
    to make periods of, LimitError for far too many.
    """
    end = query.end or context.today
    if end is None:
        raise RefusedError("Windows, comparisons and empty periods need a last day; ask with an end.")
    if query.grain is None:
        first = query.start or end
        return [(first, Span(first=first, last=_cut(first, end, context), full_last=full_end or end, grain=None))]
    if query.start is None:
        raise RefusedError(
            "Windows, comparisons and empty periods by"
            f" {query.grain} need a first day; ask with a start or a range such as `last 4 quarters`."
        )
    spans: list[tuple[dt.date, Span]] = []
    for first, after in context.calendar.periods(query.start, end, query.grain):
        if len(spans) == MAX_PERIODS:
            raise LimitError(
                f"From {query.start} to {end} there are more than {MAX_PERIODS:,} periods of a {query.grain};"
                " ask for a longer grain or a shorter range."
            )
        begins = max(first, query.start)
        last = _cut(begins, min(after - _DAY, end), context)
        spans.append((first, Span(first=begins, last=last, full_last=after - _DAY, grain=query.grain)))
    return spans


def find_windows(
    frame: Frame, spans: list[tuple[dt.date, Span]], context: CompileContext
) -> list[tuple[dt.date, dt.date, dt.date]]:
    """For each period the days whose rows count: its first day, the first of them, the day after the last.

    A window that ends with its period has no end yet where the period has not begun.
    """
    is_open = frame.reach is Reach.PERIOD or context.today is None
    return [
        (period, since, until)
        for period, span in spans
        if is_open or (context.today is not None and span.first <= context.today)
        for since, until in frame.windows(span, context.calendar)
    ]


def _cut(first: dt.date, last: dt.date, context: CompileContext) -> dt.date:
    if context.today is None or first > context.today:
        return last
    return min(last, context.today)
