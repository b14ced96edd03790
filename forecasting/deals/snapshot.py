"""What was known of each open deal at the end of a day, as the columns of a score."""

from dataclasses import dataclass

import numpy as np

from forecasting.deals.history import NO_DAY, DealHistory, Flags
from forecasting.scores import Features, Panel, stack_features
from forecasting.scores.features import Texts
from forecasting.series import Floats, Integers

STAGE, OWNER = "stage", "owner"
STEP_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """The deals that were open at the end of a day, by their place, and their features."""

    day: int
    deal: Integers
    rows: Integers
    features: Features


def open_deals(history: DealHistory, day: int) -> Snapshot:
    """The open deals at the end of a day. Nothing that was written later is looked at."""
    rows = history.rows_at(day)
    rows = rows[history.is_open(rows)]
    firsts = _firsts(history)
    first = firsts[rows]
    amount, begun = history.amount[rows], history.amount[first]
    close, due = history.close[rows], history.close[first]
    has_date = (close != NO_DAY) & (due != NO_DAY)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(begun > 0, amount / begun, np.nan)
    numbers = {
        "age": (day - history.day[first]).astype(np.float64),
        "days_in_stage": (day - history.stage_days()[rows]).astype(np.float64),
        "amount": amount.astype(np.float64),
        "amount_growth": growth,
        "days_to_close": np.where(close == NO_DAY, np.nan, close - day),
        "postponed": _count_until(_is_postponed(history), rows, firsts),
        "postponed_days": np.where(has_date, close - due, np.nan),
        "stage_changes": _count_until(_is_stage_change(history), rows, firsts),
    }
    texts = {STAGE: _named(history.stages, history.stage[rows]), OWNER: _named(history.owners, history.owner[rows])}
    for name, members in history.members.items():
        texts[name] = _named(members, history.traits[name][rows])
    return Snapshot(
        day=day,
        deal=history.deal[rows],
        rows=rows,
        features=Features(numbers=numbers, texts=texts, size=rows.size),
    )


def deal_panel(history: DealHistory, day: int, within: int) -> Panel | None:
    """The open deals of every fourth week whose outcome was known by the end of `day`; None where there is none.

    The event is a deal that is won at the end of the `within` days.
    """
    known = history.until(day)
    if not known.day.size:
        return None
    first = int(known.day.min())
    days = range(day - within, first, -STEP_DAYS)
    taken = [open_deals(known, one) for one in reversed(days)]
    taken = [one for one in taken if one.deal.size]
    if not taken:
        return None
    return Panel(
        entity=np.concatenate([one.deal for one in taken]),
        day=np.concatenate([np.full(one.deal.size, one.day) for one in taken]),
        features=stack_features([one.features for one in taken]),
        is_event=np.concatenate([_is_won_at(known, one.deal, one.day + within) for one in taken]),
        within=within,
        groups=STAGE,
    )


def _is_won_at(history: DealHistory, deals: Integers, day: int) -> Flags:
    rows = history.rows_at(day)
    won = np.zeros(int(history.deal.max()) + 1, np.bool_)
    won[history.deal[rows]] = history.is_won(rows)
    return won[deals]


def _firsts(history: DealHistory) -> Integers:
    """For each row the place of its deal's first row."""
    begins = np.append(True, history.deal[1:] != history.deal[:-1])
    found: Integers = np.maximum.accumulate(np.where(begins, np.arange(begins.size), 0))
    return found


def _is_postponed(history: DealHistory) -> Flags:
    before, after = history.close[:-1], history.close[1:]
    later = (history.deal[1:] == history.deal[:-1]) & (before != NO_DAY) & (after > before)
    return np.append(False, later)


def _is_stage_change(history: DealHistory) -> Flags:
    changed = (history.deal[1:] == history.deal[:-1]) & (history.stage[1:] != history.stage[:-1])
    return np.append(False, changed)


def _count_until(counted: Flags, rows: Integers, firsts: Integers) -> Floats:
    """How many rows of a deal count, up to and with a row."""
    total = np.cumsum(counted)
    return np.asarray(total[rows] - total[firsts[rows]], np.float64)


def _named(names: tuple[str, ...], codes: Integers) -> Texts:
    return np.asarray(names, np.object_)[codes]
