"""How much the people of each customer use the product: what happens before an account expands or leaves.

Usage falls for three months before a customer leaves and grows for two before one expands. That is how the later
event is visible in the earlier one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demo.brightwater import plan
from demo.brightwater.accounts import Accounts
from demo.brightwater.book import Ending, Movement, Period
from demo.brightwater.contacts import Contacts
from demo.days import FIRST, LAST, months, weekdays, working
from demo.stream import Flags, Floats, Ints, Stream

WEEKS = (LAST - FIRST) // 7 + 1
_WEEKDAY = (1.0, 1.1, 1.12, 1.06, 0.86, 0.1, 0.08)
_MONTH = (1.0, 1.03, 1.04, 1.02, 1.02, 1.0, 0.9, 0.84, 1.02, 1.04, 1.03, 0.82)
_FADE_WEEKS = 12
_GROW_WEEKS = 8
_ONBOARDING_DAYS = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Days on which somebody used the product, by person and day. `is_new` is within three weeks of the start."""

    contact: Ints
    day: Ints
    is_new: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenures:
    """The times in which accounts were customers: account, first day, first day no longer, cut to the demo's days."""

    account: Ints
    start: Ints
    end: Ints
    has_left: Flags


def make_tenures(periods: Sequence[Period]) -> Tenures:
    """The customer times of the subscription book, for periods in order."""
    opened: dict[int, int] = {}
    rows: list[tuple[int, int, int, int]] = []
    for period in periods:
        if period.movement in (Movement.NEW, Movement.REACTIVATION):
            opened[period.account] = len(rows)
            rows.append((period.account, period.start, LAST + 1, 0))
    for period in periods:
        if period.ending is Ending.CHURNED and period.end is not None:
            number = max(
                place
                for place, (account, start, _, _) in enumerate(rows)
                if account == period.account and start <= period.start
            )
            rows[number] = (period.account, rows[number][1], period.end, 1)
    account, start, end, has_left = np.array(rows, dtype=np.int64).T
    return Tenures(account=account, start=start, end=end, has_left=has_left.astype(bool))


def usage_levels(accounts: Accounts, periods: Sequence[Period], tenures: Tenures) -> Floats:
    """How much each account uses the product in each week, 1 is the average: accounts x weeks."""
    stream = Stream("brightwater", "usage")
    count = len(accounts.names)
    noise = 0.8 + 0.4 * stream.uniform(count * WEEKS).reshape(count, WEEKS)
    levels: Floats = (0.25 + 1.2 * accounts.health)[:, np.newaxis] * noise
    weeks = np.arange(WEEKS)
    for period in periods:
        if period.deal is not None and period.movement is Movement.EXPANSION and period.start >= FIRST:
            won = (period.start - FIRST) / 7
            levels[period.account] *= 1 + 0.35 * np.clip((weeks - won + _GROW_WEEKS) / _GROW_WEEKS, 0, 1)
    for account, end in zip(tenures.account[tenures.has_left], tenures.end[tenures.has_left], strict=True):
        away = (end - FIRST) / 7 - weeks
        levels[account] *= np.where(away > 0, np.clip(0.12 + 0.88 * away / _FADE_WEEKS, 0, 1), 1.0)
    for account in np.flatnonzero(accounts.is_offer):
        age = weeks - (accounts.created[account] - FIRST) / 7
        levels[account] *= np.clip(1.3 - 0.11 * age, 0.08, 1.3)
    return np.clip(levels, 0, 2.2)


def make_visits(accounts: Accounts, contacts: Contacts, periods: Sequence[Period]) -> Visits:
    """One visit at most per person and day."""
    tenures = make_tenures(periods)
    levels = usage_levels(accounts, periods, tenures)
    stream = Stream("brightwater", "visits")
    members = contacts.count[tenures.account]
    tenure = np.repeat(np.arange(len(tenures.account)), members)
    offset = np.arange(len(tenure)) - np.repeat(np.cumsum(members) - members, members)
    person = contacts.first[tenures.account[tenure]] + offset
    begin = np.maximum(np.maximum(tenures.start[tenure], contacts.created[person] + 1), FIRST)
    length = np.maximum(np.minimum(tenures.end[tenure], LAST + 1) - begin, 0)
    row = np.repeat(np.arange(len(tenure)), length)
    day = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length) + begin[row]
    days = np.arange(FIRST, LAST + 1)
    rhythm = np.array(_WEEKDAY)[weekdays(days)] * np.array(_MONTH)[months(days) - 1]
    rhythm = rhythm * np.where(working(days) | (weekdays(days) >= 5), 1.0, 0.2)
    rhythm[plan.BAD_TRACKING_DAY - FIRST] *= plan.BAD_TRACKING_KEPT
    habit = 0.02 + 0.26 * contacts.zeal[person] ** 2
    chance = habit[row] * rhythm[day - FIRST] * levels[tenures.account[tenure][row], (day - FIRST) // 7]
    came = np.flatnonzero(stream.uniform(len(row)) < chance)
    row, day = row[came], day[came]
    return Visits(contact=person[row], day=day, is_new=day - tenures.start[tenure[row]] < _ONBOARDING_DAYS)
