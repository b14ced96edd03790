"""Invoice lines, made from the subscription book.

Annual contracts are invoiced a year ahead at the start of each term, and changes within it for the rest of the term.
Monthly ones are invoiced on the first of each month, and changes for the rest of the month.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from demo import columns
from demo.brightwater.accounts import Accounts
from demo.brightwater.book import Movement, Period
from demo.days import FIRST, LAST, month_start, next_month
from demo.stream import Stream

_KINDS = ("subscription", "proration")
_SUBSCRIPTION, _PRORATION = range(2)
_DUE_DAYS = 30
_STATUSES = ("paid", "open", "overdue")

Line = tuple[int, int, int, int, int, int, int]  # day, account, place, kind, from, to (not covered), cents


def _lines(place: int, period: Period) -> list[Line]:
    if period.term_end is not None:
        return _annual_lines(place, period, period.term_end)
    return _monthly_lines(place, period)


def _annual_lines(place: int, period: Period, term_end: int) -> list[Line]:
    starts_term = period.movement in (Movement.NEW, Movement.REACTIVATION, Movement.RENEWAL)
    starts_term = starts_term or term_end - period.start >= 365
    cents = 12 * period.mrr if starts_term else round(period.change * 12 * (term_end - period.start) / 365)
    if cents <= 0 or not FIRST <= period.start <= LAST:
        return []
    kind = _SUBSCRIPTION if starts_term else _PRORATION
    return [(period.start, period.account, place, kind, period.start, term_end, cents)]


def _monthly_lines(place: int, period: Period) -> list[Line]:
    lines = []
    if period.start >= FIRST and period.start != month_start(period.start) and period.change > 0:
        until = next_month(period.start)
        share = (until - period.start) / (until - month_start(period.start))
        cents = round(period.change * share)
        lines.append((period.start, period.account, place, _PRORATION, period.start, until, cents))
    first = period.start if period.start == month_start(period.start) else next_month(period.start)
    day = max(first, next_month(FIRST))
    while day <= LAST and (period.end is None or day < period.end):
        until = next_month(day)
        lines.append((day, period.account, place, _SUBSCRIPTION, day, until, period.mrr))
        day = until
    return lines


def invoices_table(periods: Sequence[Period], accounts: Accounts) -> pa.Table:
    """`invoices`: one row per line; lines of one account and day share an `invoice_id`."""
    lines = sorted(line for place, period in enumerate(periods) for line in _lines(place, period) if line[-1] > 0)
    day, account, place, kind, begins, ends, cents = np.array(lines, dtype=np.int64).T
    is_new = np.append(True, (day[1:] != day[:-1]) | (account[1:] != account[:-1]))
    invoice = np.cumsum(is_new)
    stream = Stream("brightwater", "invoices")
    count = int(invoice[-1])
    # Larger customers pay later; one invoice in thirty waits far beyond its due date.
    late = stream.uniform(count) < 0.033
    wait = (4 + 30 * stream.uniform(count) ** 1.5 + late * (20 + 45 * stream.uniform(count))).astype(np.int64)
    paid = day + wait[invoice - 1] + 4 * accounts.segments[account]
    is_paid = paid <= LAST
    status = np.where(is_paid, 0, np.where(day + _DUE_DAYS < LAST, 2, 1))
    return pa.table(
        {
            "invoice_line_id": columns.whole(np.arange(len(lines)) + 1),
            "invoice_id": columns.whole(invoice),
            "account_id": columns.whole(account + 1),
            "subscription_id": columns.whole(place + 1),
            "invoice_date": columns.dates(day),
            "due_date": columns.dates(day + _DUE_DAYS),
            "paid_on": columns.dates(paid, is_paid),
            "status": columns.label(_STATUSES, status),
            "kind": columns.label(_KINDS, kind),
            "period_start": columns.dates(begins),
            "period_end": columns.dates(ends - 1),
            "amount": columns.money(cents),
        }
    )
