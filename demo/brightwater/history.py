"""The deals as they stand today, and every change on the way there.

Each row of `deal_stage_changes` changes one thing; amount and close date before and after stand on every row, so the
last row of each deal before a moment is the deal as it was at that moment.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo import columns
from demo.brightwater import plan
from demo.brightwater.catalogue import PLANS, PRODUCTS, product_id
from demo.brightwater.contacts import Contacts
from demo.brightwater.moments import regional_moments
from demo.brightwater.records import Deal
from demo.days import LAST, working_day
from demo.stream import Flags, Ints, Stream

_CREATED, _STAGE, _AMOUNT, _CLOSE_DATE = range(4)
_KINDS = ("created", "stage", "amount", "close_date")
_CLOSED = (plan.WON, plan.LOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All changes, by deal and time: columns of equal length, and the position of each deal's last change."""

    deal: Ints
    moment: Ints
    kind: Ints
    stage: Ints
    amount: Ints
    close: Ints
    is_first: Flags
    last: Ints


def make_history(deals: list[Deal]) -> History:
    """The changes of all deals up to today."""
    rows = [(number, *row) for number, deal in enumerate(deals) for row in _changes(deal)]
    deal, day, kind, stage, amount, close = np.array(rows, dtype=np.int64).T
    is_first = kind == _CREATED
    last = np.append(np.flatnonzero(is_first)[1:], len(rows)) - 1
    # Changes of one day are spread over it in their order.
    begins = np.append(True, (deal[1:] != deal[:-1]) | (day[1:] != day[:-1]))
    group = np.cumsum(begins) - 1
    size = np.bincount(group)
    rank = np.arange(len(rows)) - np.flatnonzero(begins)[group]
    share = (rank + Stream("brightwater", "deal_stage_changes").uniform(len(rows))) / size[group]
    regions = columns.numbers(one.region for one in deals)[deal]
    moment = regional_moments(day, share, regions)
    return History(
        deal=deal, moment=moment, kind=kind, stage=stage, amount=amount, close=close, is_first=is_first, last=last
    )


def _changes(deal: Deal) -> list[tuple[int, int, int, int, int]]:
    """Day, kind, stage, amount and close date of each change of a deal, in order, up to today."""
    events: list[tuple[int, int, int]] = [(day, _AMOUNT, cents) for day, cents in deal.amounts[1:]]
    events += [(day, _CLOSE_DATE, close) for day, close in deal.dates[1:]]
    events += [(day, _STAGE, stage) for day, stage in deal.journey.steps[1:]]
    events.sort(key=lambda event: (event[0], -event[1]))
    stage, amount, close = deal.journey.steps[0][1], deal.amounts[0][1], deal.dates[0][1]
    rows = [(deal.created, _CREATED, stage, amount, close)]
    for day, kind, value in events:
        if day > LAST:
            break
        if kind == _AMOUNT:
            amount = value
            rows.append((day, _AMOUNT, stage, amount, close))
        elif kind == _CLOSE_DATE and stage not in _CLOSED and value != close:
            close = value
            rows.append((day, _CLOSE_DATE, stage, amount, close))
        elif kind == _STAGE:
            # Closing sets the close date first; reopening promises a new one afterwards.
            if value in _CLOSED and close != day:
                close = day
                rows.append((day, _CLOSE_DATE, stage, amount, close))
            was_closed, stage = stage in _CLOSED, value
            rows.append((day, _STAGE, stage, amount, close))
            if was_closed:
                close = working_day(day + 30)
                rows.append((day, _CLOSE_DATE, stage, amount, close))
    return rows


def changes_table(history: History, deals: list[Deal]) -> pa.Table:
    """`deal_stage_changes`: one row per change of stage, amount or close date; the first says how it was created."""
    was = ~history.is_first
    before = np.maximum(np.arange(len(history.deal)) - 1, 0)
    owners = columns.numbers(deal.owner for deal in deals)
    return pa.table(
        {
            "change_id": columns.whole(np.arange(len(history.deal)) + 1),
            "deal_id": columns.whole(history.deal + 1),
            "changed_at": columns.times(history.moment),
            "kind": columns.label(_KINDS, history.kind),
            "old_stage": columns.label(plan.STAGES, history.stage[before], was),
            "new_stage": columns.label(plan.STAGES, history.stage),
            "old_amount": columns.money(history.amount[before], was),
            "new_amount": columns.money(history.amount),
            "old_close_date": columns.dates(history.close[before], was),
            "new_close_date": columns.dates(history.close),
            "owner_id": columns.whole(owners[history.deal] + 1),
        }
    )


def deals_table(
    deals: list[Deal], history: History, contacts: Contacts, names: tuple[str, ...], campaigns: Ints
) -> pa.Table:
    """`deals`: one row per opportunity as it stands today. `campaigns` are ids, 0 for none; `names` are accounts'."""
    stage = history.stage[history.last]
    is_closed = np.isin(stage, _CLOSED)
    is_won = stage == plan.WON
    first = np.flatnonzero(history.is_first)
    reasons = [deal.journey.reason for deal in deals]
    accounts = columns.numbers(deal.account for deal in deals)
    segments = columns.numbers(deal.segment for deal in deals)
    products = columns.numbers(deal.product for deal in deals)
    types = columns.numbers(deal.type for deal in deals)
    return pa.table(
        {
            "deal_id": columns.whole(np.arange(len(deals)) + 1),
            "name": columns.text(_title(deal, names) for deal in deals),
            "account_id": columns.whole(accounts + 1),
            "contact_id": columns.whole(primary_contacts(deals, contacts) + 1),
            "owner_id": columns.whole(columns.numbers(deal.owner for deal in deals) + 1),
            "campaign_id": columns.whole(campaigns, campaigns > 0),
            "product_id": columns.whole(
                columns.numbers(product_id(one, other) for one, other in zip(products, segments, strict=True))
            ),
            "region": columns.label(plan.REGIONS, columns.numbers(deal.region for deal in deals)),
            "segment": columns.label(plan.SEGMENTS, segments),
            "product": columns.label(PRODUCTS, products),
            "plan": columns.label(PLANS, segments),
            "source": columns.label(plan.SOURCES, columns.numbers(deal.source for deal in deals)),
            "type": columns.label(plan.DEAL_TYPES, types),
            "seats": columns.whole(columns.numbers(deal.seats for deal in deals)),
            "amount": columns.money(history.amount[history.last]),
            "created_at": columns.times(history.moment[first]),
            "stage": columns.label(plan.STAGES, stage),
            "forecast_category": columns.label(plan.FORECAST_CATEGORIES, stage),
            "is_closed": columns.flag(is_closed),
            "is_won": columns.flag(is_won),
            "close_date": columns.dates(history.close[history.last]),
            "closed_at": columns.times(history.moment[history.last], is_closed),
            "lost_reason": columns.label(
                plan.LOST_REASONS, columns.numbers(reason or 0 for reason in reasons), is_closed & ~is_won
            ),
        }
    )


def primary_contacts(deals: list[Deal], contacts: Contacts) -> Ints:
    """The person each deal is with: someone known before the deal was created."""
    points = Stream("brightwater", "deals", "contacts").uniform(len(deals))
    return contacts.draw(
        columns.numbers(deal.account for deal in deals), columns.numbers(deal.created for deal in deals), points
    )


def _title(deal: Deal, names: tuple[str, ...]) -> str:
    what = ("new business", "expansion", "renewal")[deal.type]
    return f"{names[deal.account]}: {PRODUCTS[deal.product]} {what}"
