"""Who paid how much a month, from when to when, and every movement of monthly recurring revenue."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from demo import columns
from demo.brightwater import plan
from demo.brightwater.accounts import Accounts
from demo.brightwater.book import Ending, Movement, Period
from demo.brightwater.catalogue import PLANS, PRODUCTS, product_id
from demo.brightwater.records import Deal

_STARTS = (Movement.NEW, Movement.REACTIVATION)
_CHURN = "churn"


def in_order(periods: Sequence[Period]) -> list[Period]:
    """Periods by start, account and product: a period's id is its place in this order, from 1."""
    return sorted(periods, key=lambda period: (period.start, period.account, period.product))


def sources_won(periods: Sequence[Period], accounts: Accounts) -> list[int]:
    """The source that brought each period's account, for periods in order: that of the deal that won it."""
    brought: dict[int, int] = {}
    found = []
    for period in periods:
        if period.movement in _STARTS:
            own = int(accounts.sources[period.account])
            brought[period.account] = period.deal.source if period.deal else own
        found.append(brought[period.account])
    return found


def subscriptions_table(periods: Sequence[Period], accounts: Accounts, numbers: dict[int, int]) -> pa.Table:
    """`subscriptions`: one row per time in which an account paid one price for one product.

    `numbers` gives the place of a deal by its Python identity. `end_date` is the first day no longer covered.
    """
    segments = [int(accounts.segments[period.account]) for period in periods]
    products = [period.product for period in periods]
    seats = columns.numbers(period.seats for period in periods)
    mrr = columns.numbers(period.mrr for period in periods)
    ends = columns.numbers(period.end or 0 for period in periods)
    terms = columns.numbers(period.term_end or 0 for period in periods)
    endings = list(Ending)
    movements = list(Movement)
    deals = columns.numbers(_number(period.deal, numbers) for period in periods)
    return pa.table(
        {
            "subscription_id": columns.whole(np.arange(len(periods)) + 1),
            "account_id": columns.whole(columns.numbers(period.account for period in periods) + 1),
            "deal_id": columns.whole(deals, deals > 0),
            "product_id": columns.whole(
                columns.numbers(product_id(one, other) for one, other in zip(products, segments, strict=True))
            ),
            "product": columns.label(PRODUCTS, columns.numbers(products)),
            "plan": columns.label(PLANS, columns.numbers(segments)),
            "term": columns.label(("monthly", "annual"), (terms > 0).astype(np.int64)),
            "source": columns.label(plan.SOURCES, columns.numbers(sources_won(periods, accounts))),
            "seats": columns.whole(seats),
            "mrr": columns.money(mrr),
            "mrr_change": columns.money(columns.numbers(period.change for period in periods)),
            "movement": columns.label(movements, columns.numbers(movements.index(one.movement) for one in periods)),
            "start_date": columns.dates(columns.numbers(period.start for period in periods)),
            "end_date": columns.dates(ends, ends > 0),
            "end_reason": columns.label(
                endings, columns.numbers(endings.index(one.ending) if one.ending else 0 for one in periods), ends > 0
            ),
            "term_end": columns.dates(terms, terms > 0),
        }
    )


def movements_table(periods: Sequence[Period]) -> pa.Table:
    """`mrr_movements`: every change of monthly revenue; their sum up to a day is the revenue of that day."""
    kinds = (*Movement, _CHURN)
    rows = []
    for place, period in enumerate(periods):
        if period.change:
            rows.append((period.start, place, kinds.index(period.movement), period.change))
        if period.ending is Ending.CHURNED and period.end is not None:
            rows.append((period.end, place, kinds.index(_CHURN), -period.mrr))
    rows.sort()
    day, place, kind, change = np.array(rows, dtype=np.int64).T
    accounts = columns.numbers(period.account for period in periods)
    return pa.table(
        {
            "movement_id": columns.whole(np.arange(len(rows)) + 1),
            "occurred_on": columns.dates(day),
            "account_id": columns.whole(accounts[place] + 1),
            "subscription_id": columns.whole(place + 1),
            "movement": columns.label(kinds, kind),
            "mrr_change": columns.money(change),
        }
    )


def _number(deal: Deal | None, numbers: dict[int, int]) -> int:
    return 0 if deal is None else numbers[id(deal)] + 1
