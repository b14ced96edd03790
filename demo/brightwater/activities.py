"""Calls, e-mails, meetings and demos of the reps: most belong to a deal, some look after an account."""

import numpy as np
import pyarrow as pa

from demo import columns
from demo.brightwater import plan
from demo.brightwater.accounts import Accounts
from demo.brightwater.contacts import Contacts
from demo.brightwater.moments import regional_moments
from demo.brightwater.owners import Owners
from demo.brightwater.records import Deal
from demo.days import FIRST, LAST, months, next_working
from demo.stream import Floats, Ints, Stream, trim_to

_WITHOUT_DEAL = 7_000
_TYPES = ("call", "email", "meeting", "demo")
# The mix of types in the first and the second half of a deal, and outside of deals.
_MIX = ((0.34, 0.45, 0.17, 0.04), (0.22, 0.38, 0.26, 0.14), (0.46, 0.40, 0.14, 0.0))
_OUTCOMES = ("connected", "no answer", "replied", "no reply", "held", "cancelled")
_SUCCESS = (0.42, 0.36, 0.88, 0.9)
_MINUTES = (9, 3, 42, 50)


def activities_table(deals: list[Deal], contacts: Contacts, accounts: Accounts, owners: Owners) -> pa.Table:
    """`activities`: one row per activity, by time. Those of a deal lie between its creation and its close."""
    stream = Stream("brightwater", "activities")
    deal, day, half = _of_deals(stream, deals)
    loose_account, loose_day = _loose(stream, accounts)
    account = np.concatenate([columns.numbers(one.account for one in deals)[deal], loose_account])
    seller = np.concatenate([columns.numbers(one.owner for one in deals)[deal], accounts.owners[loose_account]])
    day = np.concatenate([day, loose_day])
    # Before a rep was hired, the team's manager looked after the rep's accounts.
    seller = np.where(owners.hired[seller] > day, owners.reps + owners.teams[seller], seller)
    phase = np.concatenate([half, np.full(_WITHOUT_DEAL, 2)])
    points = stream.uniform(plan.ACTIVITIES)
    kind = np.zeros(plan.ACTIVITIES, dtype=np.int64)
    for number, mix in enumerate(_MIX):
        kind = np.where(phase == number, stream.pick(mix, plan.ACTIVITIES), kind)
    failed = points >= np.array(_SUCCESS)[kind]
    outcome = np.where(kind == 0, 0, np.where(kind == 1, 2, 4)) + failed
    minutes = np.maximum(1, np.array(_MINUTES)[kind] * (0.4 + 1.2 * stream.uniform(plan.ACTIVITIES))).astype(np.int64)
    moment = regional_moments(day, stream.uniform(plan.ACTIVITIES), accounts.regions[account])
    contact = contacts.draw(account, day, stream.uniform(plan.ACTIVITIES))
    deal_id = np.concatenate([deal + 1, np.zeros(_WITHOUT_DEAL, dtype=np.int64)])
    order = np.argsort(moment, kind="stable")
    deal_id, outcome = deal_id[order], outcome[order]
    return pa.table(
        {
            "activity_id": columns.whole(np.arange(plan.ACTIVITIES) + 1),
            "occurred_at": columns.times(moment[order]),
            "type": columns.label(_TYPES, kind[order]),
            "owner_id": columns.whole(seller[order] + 1),
            "account_id": columns.whole(account[order] + 1),
            "contact_id": columns.whole(contact[order] + 1),
            "deal_id": columns.whole(deal_id, deal_id > 0),
            "outcome": columns.label(_OUTCOMES, outcome),
            "duration_minutes": columns.whole(np.where(failed, 1, minutes)[order]),
        }
    )


def _of_deals(stream: Stream, deals: list[Deal]) -> tuple[Ints, Ints, Ints]:
    """The deal of each activity, its day, and whether it fell into the first (0) or second (1) half of the deal."""
    created = columns.numbers(deal.created for deal in deals)
    end = columns.numbers(deal.close_day or LAST for deal in deals)
    depth = columns.numbers(max(stage for _, stage in deal.journey.steps if stage < plan.WON) for deal in deals)
    won = np.array([deal.win_day is not None and deal.win_day <= LAST for deal in deals])
    first = next_working(created + 1)
    room = np.where(first < end, end - created - 1, 0)
    weights = np.sqrt(room) * (1 + 0.55 * depth) * np.where(won, 1.35, 1.0) * (0.6 + 0.8 * stream.uniform(len(deals)))
    total = plan.ACTIVITIES - _WITHOUT_DEAL
    counts = (weights * (total / weights.sum())).astype(np.int64)
    possible = np.flatnonzero(room > 0)
    counts[possible] = trim_to(counts[possible], total, stream.shuffle(len(possible)))
    deal = np.repeat(np.arange(len(deals)), counts)
    place: Floats = stream.uniform(total)
    day = created[deal] + 1 + (room[deal] * place).astype(np.int64)
    # Where the next working day would be that of closing, the first after creation serves.
    moved = next_working(day)
    moved = np.where(moved >= end[deal], first[deal], moved)
    return deal, moved, (place > 0.5).astype(np.int64)


def _loose(stream: Stream, accounts: Accounts) -> tuple[Ints, Ints]:
    """Accounts and days of the activities that belong to no deal."""
    days = np.arange(FIRST, LAST + 1)
    demand = np.array(plan.MONTH_DEMAND)[months(days) - 1]
    day = next_working(days[stream.pick(demand, _WITHOUT_DEAL)])
    known = np.searchsorted(accounts.created, day, side="left")
    return (stream.uniform(_WITHOUT_DEAL) * known).astype(np.int64), day
