"""What will be booked, from the reader's own deals: the forecast, its record, and who puts deals off."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from core.errors import InvalidError
from forecasting.deals import (
    DealForecast,
    Record,
    Slipping,
    WhatIf,
    calibrate,
    find_slipping,
    forecast_deals,
    replay,
)
from services.foresight.deal_history import read_deals
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal

_LEAST_FACTOR, _MOST_FACTOR = 0.25, 4.0
_EPOCH = dt.date(1970, 1, 1)
_SUBJECT = "deal forecast"


@dataclass(frozen=True, slots=True, kw_only=True)
class DealAnswer:
    """The forecast as of a day, with and without what the reader tries.

    `record` has a trial for every earlier quarter, made at the same time of the quarter; `traits` are the labels of
    what tells deals apart. Single deals are given to who may read data.
    """

    day: dt.date
    forecast: DealForecast
    tried: DealForecast | None
    record: Record
    slipping: tuple[Slipping, ...]
    traits: Mapping[str, str]
    deals: int
    version: int


@permitted(Permission.METRIC_QUERY)
def forecast_bookings(
    platform: Platform, principal: Principal, *, day: dt.date | None = None, what_if: WhatIf | None = None
) -> DealAnswer:
    """The forecast of the reader's deals as of the end of a day, today where none is named. Raises UserError."""
    _check(what_if)
    today = principal.tenant.today(platform.clock)
    asked = day or today
    if asked > today:
        raise InvalidError(f"{asked} is still to come; choose a day up to {today}.")
    read = read_deals(platform, principal, subject=_SUBJECT)
    history = read.history
    place, fiscal = (asked - _EPOCH).days, principal.tenant.fiscal_start_month
    kept = platform.foresight

    def compute() -> tuple[DealForecast, Record, tuple[Slipping, ...]]:
        found = forecast_deals(history, place, fiscal_start_month=fiscal)
        left = max(1, round((found.quarters[0].quarter.last - place) / 7))
        record = replay(history.until(place), place, (min(left, 13),), fiscal_start_month=fiscal)
        return _calibrated(found, record), record, find_slipping(history, place, fiscal)

    parts = (read.digest, str(place), str(fiscal))
    found, record, slipping = kept.find(principal.tenant.id, "deals", parts, compute)
    tried = None
    if what_if is not None and what_if != WhatIf():
        tried = kept.find(
            principal.tenant.id,
            "what if",
            (*parts, repr(what_if)),
            lambda: _calibrated(forecast_deals(history, place, fiscal_start_month=fiscal, what_if=what_if), record),
        )
    # A single deal is a row of data, which not everybody who may ask for a metric may read.
    may_read = principal.can(Permission.DATA_READ)
    return DealAnswer(
        day=asked,
        forecast=found if may_read else replace(found, deals=()),
        tried=tried if may_read or tried is None else replace(tried, deals=()),
        record=record,
        slipping=slipping,
        traits=read.labels,
        deals=len(history.deals),
        version=read.version,
    )


@permitted(Permission.METRIC_QUERY)
def replay_bookings(
    platform: Platform, principal: Principal, *, tell: Callable[[dt.date], None] = lambda _: None
) -> Record:
    """The forecast of every quarter that is over, made anew in each of its weeks. Takes a second for each of them."""
    history = read_deals(platform, principal, subject=_SUBJECT).history
    place = (principal.tenant.today(platform.clock) - _EPOCH).days
    return replay(
        history,
        place,
        fiscal_start_month=principal.tenant.fiscal_start_month,
        tell=lambda quarter: tell(_EPOCH + dt.timedelta(days=quarter.last)),
    )


def _check(what_if: WhatIf | None) -> None:
    for name in ("win", "new", "slip"):
        value = 1.0 if what_if is None else getattr(what_if, name)
        if not _LEAST_FACTOR <= value <= _MOST_FACTOR:
            allowed = f"a factor from {_LEAST_FACTOR:g} to {_MOST_FACTOR:g} can be tried"
            raise InvalidError(f"`{name}` is {value:g}; {allowed}.")


def _calibrated(found: DealForecast, record: Record) -> DealForecast:
    quarters = []
    for quarter in found.quarters:
        left = max(1, round((quarter.quarter.last - found.day) / 7))
        quarters.append(calibrate(quarter, record.trials, min(left, 13)))
    return replace(found, quarters=tuple(quarters))
