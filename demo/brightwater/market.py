"""The simulation, day by day: deals arrive, win customers, customers expand, renew or leave.

A deal's whole way is drawn when it is created; what it does to the account happens on its day.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from demo.brightwater import plan
from demo.brightwater.accounts import Accounts
from demo.brightwater.book import Book, Period
from demo.brightwater.catalogue import CORE, FLOW, INSIGHTS, list_price
from demo.brightwater.expectation import expect
from demo.brightwater.journey import Draws, Situation, renew, walk
from demo.brightwater.owners import Owners
from demo.brightwater.pricing import quote
from demo.brightwater.records import Deal
from demo.days import FIRST, LAST, anniversary, date_of, month_start, months, working, working_day
from demo.stream import Ints, Stream

# Which of the possible histories is told: one in which the planted facts stand out from the noise.
_HISTORY = "15"
_ARRIVALS = 13_080
_SPARE = 2_600
_POINTS, _NORMALS = 72, 24
_EXPANSION_SHARE = (0.33, 0.43)
_SEGMENT_CHANCE = (1.10, 0.98, 0.80)
_REGION_CHANCE = (1.02, 1.01, 0.98, 0.94)
_SEATS = (15, 43, 76)
_OPENING_SEATS = (18, 52, 116)
_ANNUAL_SHARE = (0.30, 0.68, 1.0)
_RENEWAL_UPLIFT = 1.05


class Market:
    """The state of the simulation. `run` fills `deals` and `book`."""

    def __init__(self, accounts: Accounts, owners: Owners) -> None:
        stream = Stream("brightwater", "market", _HISTORY)
        count = _ARRIVALS + _SPARE
        self.deals: list[Deal] = []
        self.book = Book()
        self._accounts = accounts
        self._owners = owners
        self._teams = owners.by_region()
        self._points = iter(stream.uniform(count * _POINTS).reshape(count, _POINTS).tolist())
        self._normals = iter(stream.normal(count * _NORMALS).reshape(count, _NORMALS).tolist())
        self._monthly = stream.uniform(plan.ACCOUNTS * 25).reshape(25, plan.ACCOUNTS)
        self._arrivals = _arrivals(stream)
        self._tasks: list[list[Callable[[], None]]] = [[] for _ in range(LAST - FIRST + 1)]
        self._regions: list[int] = accounts.regions.tolist()
        self._segments: list[int] = accounts.segments.tolist()
        self._health: list[float] = accounts.health.tolist()
        self._created: list[int] = accounts.created.tolist()
        self._prospects: list[list[int]] = [[], [], [], []]
        self._customers: list[list[int]] = [[], [], [], []]
        self._closings: list[list[int]] = [[] for _ in range(plan.ACCOUNTS)]
        self._pending: dict[int, int] = {}
        self._leaving: set[int] = set()
        self._rested = [0] * plan.ACCOUNTS

    def run(self) -> None:
        """All days, first to last; then as many lost deals are forgotten as there are too many."""
        self._open()
        for day in range(FIRST, LAST + 1):
            if day == month_start(day):
                self._review_monthly(day)
            for task in self._tasks[day - FIRST]:
                task()
            for _ in range(int(self._arrivals[day - FIRST])):
                self._arrive(day)
        self.deals = _trimmed(self.deals, self._owners.slipping_rep)

    def _open(self) -> None:
        """The customers of the first day, and the accounts that may become some."""
        for number, account in enumerate(np.flatnonzero(self._accounts.is_customer).tolist()):
            draws = self._draws()
            segment = self._segments[account]
            # Golden-ratio steps spread the terms' ends evenly over the year.
            start = self._created[account] + 20
            start += int((FIRST - start) * (number * 0.6180339887 % 1.0))
            term = _next_anniversary(start) if self._is_annual(account, draws) else None
            seats = max(3, round(_OPENING_SEATS[segment] * draws.factor(0.45)))
            for product, chance in ((CORE, 1.0), (INSIGHTS, 0.26), (FLOW, 0.15)):
                if draws.happens(chance):
                    count = seats if product == CORE else max(2, seats // 2)
                    price = round(list_price(product, segment, start) * (0.86 + 0.12 * draws.point()))
                    self.book.begin(
                        start, None, account=account, product=product, seats=count, mrr=count * price, term=term
                    )
            self._customers[self._regions[account]].append(account)
            if term is not None:
                self._plan_renewal(account, term)
        for account in np.flatnonzero(~self._accounts.is_customer).tolist():
            entry = max(self._created[account] + 1, FIRST)
            if self._accounts.is_offer[account]:
                self._at(entry + account % 7, partial(self._offer, account))
                entry = plan.OFFER_TO + 60
            self._at(entry, partial(self._enter, account))

    def _enter(self, account: int) -> None:
        # Who took the offer may be a customer by now, or have been one.
        if account not in self.book.running and account not in self.book.left:
            self._prospects[self._regions[account]].append(account)

    def _is_annual(self, account: int, draws: Draws) -> bool:
        return draws.happens(_ANNUAL_SHARE[self._segments[account]])

    def _at(self, day: int, task: Callable[[], None]) -> None:
        if FIRST <= day <= LAST:
            self._tasks[day - FIRST].append(task)

    def _draws(self) -> Draws:
        return Draws(next(self._points), next(self._normals))

    def _owner(self, account: int, day: int, draws: Draws) -> int:
        owner = int(self._accounts.owners[account])
        if draws.happens(0.9) and self._owners.ramp(owner, day) > 0:
            return owner
        team = [rep for rep in self._teams[self._regions[account]] if self._owners.ramp(rep, day) > 0]
        return team[draws.between(0, len(team) - 1)]

    def _arrive(self, day: int) -> None:
        draws = self._draws()
        low, high = _EXPANSION_SHARE
        is_expansion = draws.happens(low + (high - low) * (day - FIRST) / (LAST - FIRST))
        region = draws.between(0, 99)
        region = sum(region >= edge for edge in (45, 75, 90))
        account = self._find_customer(region, day, draws) if is_expansion else self._find_prospect(region, day, draws)
        if account is not None:
            self._create(account, day, plan.EXPANSION if is_expansion else plan.NEW, draws)

    def _find_customer(self, region: int, day: int, draws: Draws) -> int | None:
        """A customer with room for another deal; the healthier, the likelier."""
        candidates = self._customers[region]
        for _ in range(10):
            account = candidates[draws.between(0, len(candidates) - 1)]
            if (
                draws.happens(0.25 + self._health[account] ** 2)
                and account not in self._leaving
                and self._is_free(account, day)
            ):
                return account
        return None

    def _find_prospect(self, region: int, day: int, draws: Draws) -> int | None:
        candidates = self._prospects[region]
        for _ in range(18):
            account = candidates[draws.between(0, len(candidates) - 1)]
            if day >= self._rested[account] and self._is_free(account, day):
                return account
        return None

    def _is_free(self, account: int, day: int) -> bool:
        still_open = [closing for closing in self._closings[account] if closing > day]
        self._closings[account] = still_open
        return len(still_open) < 3 and account not in self._pending

    def _offer(self, account: int) -> None:
        self._create(account, max(working_day(self._created[account] + 1), plan.OFFER_FROM), plan.NEW, self._draws())

    def _create(self, account: int, day: int, deal_type: int, draws: Draws) -> None:
        """A new or expansion deal, with all that will happen to it."""
        owner = self._owner(account, day, draws)
        source = plan.EXISTING if deal_type == plan.EXPANSION else self._source(account, draws)
        situation = self._situation(account, day, deal_type, owner, source)
        product, seats = self._wish(account, deal_type, draws)
        journey = walk(situation, draws)
        if journey.win_day is not None and self._collides(account, journey.win_day):
            journey.steps[-1] = (working_day(journey.win_day + 1), plan.WON)
        amounts, mrr = quote(product, situation.segment, seats, journey, draws)
        deal = Deal(
            account=account,
            owner=owner,
            type=deal_type,
            segment=situation.segment,
            region=situation.region,
            product=product,
            source=source,
            is_offer=situation.is_offer,
            created=day,
            journey=journey,
            dates=expect(situation, journey, draws),
            seats=seats,
            amounts=amounts,
            mrr=mrr,
        )
        self.deals.append(deal)
        closing = journey.steps[-1][0]
        self._closings[account].append(closing)
        if deal.win_day is None:
            self._rested[account] = day + 30
        else:
            self._pending[account] = deal.win_day
            annual = not deal.is_offer and self._is_annual(account, draws)
            self._at(deal.win_day, partial(self._win, deal, annual=annual))

    def _source(self, account: int, draws: Draws) -> int:
        own = int(self._accounts.sources[account])
        turn = draws.point()
        return own if self._accounts.is_offer[account] or turn < 0.6 else min(6, int((turn - 0.6) / 0.4 * 7))

    def _situation(self, account: int, day: int, deal_type: int, owner: int, source: int) -> Situation:
        is_offer = bool(self._accounts.is_offer[account]) and deal_type == plan.NEW and day < plan.OFFER_TO
        ramp = self._owners.ramp(owner, day)
        chance = float(self._owners.skill[owner]) * (0.4 + 0.6 * ramp)
        chance *= _SEGMENT_CHANCE[self._segments[account]] * _REGION_CHANCE[self._regions[account]]
        chance *= 0.62 + 0.62 * self._health[account] if deal_type == plan.EXPANSION else plan.SOURCE_CHANCE[source]
        return Situation(
            created=day,
            type=deal_type,
            segment=self._segments[account],
            region=self._regions[account],
            chance=plan.OFFER_CHANCE / 0.14 if is_offer else chance,
            pace=0.25 if is_offer else 1.0,
            is_slipping=owner == self._owners.slipping_rep,
            is_offer=is_offer,
        )

    def _wish(self, account: int, deal_type: int, draws: Draws) -> tuple[int, int]:
        """The product a deal is about, and the seats it would end with."""
        if deal_type == plan.NEW:
            median = 6 if self._accounts.is_offer[account] else _SEATS[self._segments[account]]
            product = CORE if draws.happens(0.86) else (INSIGHTS if draws.happens(0.6) else FLOW)
            return product, max(3, round(median * draws.factor(0.4)))
        held = self.book.products(account)
        missing = [product for product in (CORE, INSIGHTS, FLOW) if product not in [period.product for period in held]]
        if missing and draws.happens(0.36):
            return missing[0], max(2, round(held[0].seats * (0.35 + 0.45 * draws.point())))
        more = held[0].seats * (0.18 + 0.44 * draws.point())
        return held[0].product, max(2, round(more))

    def _collides(self, account: int, day: int) -> bool:
        """Whether the account's term ends on that very day of the year."""
        terms = [period.term_end for period in self.book.products(account) if period.term_end is not None]
        return bool(terms) and day in (terms[0], anniversary(terms[0], 1))

    def _win(self, deal: Deal, *, annual: bool) -> None:
        """A won deal becomes a subscription on the day it is won."""
        account, day = deal.account, self._pending.pop(deal.account)
        held = {period.product: period for period in self.book.products(account)}
        if not held:
            term = anniversary(day, 1) if annual else None
            self.book.begin(day, deal, account=account, product=deal.product, seats=deal.seats, mrr=deal.mrr, term=term)
            region = self._regions[account]
            self._prospects[region] = [other for other in self._prospects[region] if other != account]
            self._customers[region].append(account)
            if term is not None:
                self._plan_renewal(account, term)
            return
        term = next(iter(held.values())).term_end
        if deal.product in held:
            old = held[deal.product]
            self.book.change(day, deal, old, seats=old.seats + deal.seats, mrr=old.mrr + deal.mrr)
        else:
            self.book.begin(day, deal, account=account, product=deal.product, seats=deal.seats, mrr=deal.mrr, term=term)

    def _plan_renewal(self, account: int, due: int) -> None:
        draws = self._draws()
        created = working_day(max(due - draws.between(62, 86), FIRST + draws.between(0, 6)))
        if due - created < 24:
            self._at(due, partial(self._renew, account, due, None, 1.0))
        else:
            self._at(created, partial(self._offer_renewal, account, created, due, draws))

    def _offer_renewal(self, account: int, created: int, due: int, draws: Draws) -> None:
        """A renewal deal some ten weeks before the term ends; a customer about to expand is sure to stay."""
        health = self._health[account]
        is_kept = draws.happens(0.985 - 0.42 * (1 - health) ** 1.3) or account in self._pending
        keeps = 1.0 if health > 0.55 or draws.happens(0.7) else 0.68 + 0.24 * draws.point()
        journey = renew(created, due, draws, is_kept=is_kept)
        segment, region = self._segments[account], self._regions[account]
        owner = self._owner(account, created, draws)
        situation = Situation(created=created, type=plan.RENEWAL, segment=segment, region=region, chance=1.0)
        dates = expect(situation, journey, draws, first=due)
        held = self.book.products(account)
        deal = Deal(
            account=account,
            owner=owner,
            type=plan.RENEWAL,
            segment=segment,
            region=region,
            product=held[0].product,
            source=plan.EXISTING,
            is_offer=False,
            created=created,
            journey=journey,
            dates=dates,
            seats=sum(period.seats for period in held),
            amounts=[(created, 12 * self.book.mrr(account))],
            mrr=self.book.mrr(account),
        )
        self.deals.append(deal)
        if is_kept:
            self._at(journey.steps[-1][0], partial(self._agree, deal, keeps))
            self._at(due, partial(self._renew, account, due, deal, keeps))
        else:
            self._leaving.add(account)
            self._at(due, partial(self._leave, account, due))

    def _agree(self, deal: Deal, keeps: float) -> None:
        """The amount of a won renewal is what the account will pay for the next year."""
        day = deal.journey.steps[-1][0]
        deal.mrr = sum(_renewed(period, keeps, day)[1] for period in self.book.products(deal.account))
        if 12 * deal.mrr != deal.amounts[-1][1]:
            deal.amounts.append((day, 12 * deal.mrr))

    def _renew(self, account: int, due: int, deal: Deal | None, keeps: float) -> None:
        term = anniversary(due, 1)
        for period in self.book.products(account):
            seats, mrr = _renewed(period, keeps, due)
            self.book.renew(due, deal, period, seats=seats, mrr=mrr, term=term)
        self._plan_renewal(account, term)

    def _leave(self, account: int, day: int) -> None:
        region = self._regions[account]
        self.book.leave(day, account)
        self._leaving.discard(account)
        self._customers[region] = [other for other in self._customers[region] if other != account]
        self._prospects[region].append(account)
        self._rested[account] = day + 75

    def _review_monthly(self, day: int) -> None:
        """Customers without an annual term may leave, or drop seats, on the first of each month."""
        points = self._monthly[(date_of(day).year - 2024) * 12 + date_of(day).month - 12]
        for account in [one for region in self._customers for one in region]:
            held = self.book.products(account)
            if held[0].term_end is not None or account in self._pending or held[0].start > day - 25:
                continue
            chance = self._churn_chance(account, held[0].start, day)
            if points[account] < chance:
                self._leave(account, day)
            elif points[account] > 1 - 0.012 * (1.2 - self._health[account]) and held[0].seats > 6:
                seats = round(held[0].seats * 0.75)
                self.book.change(day, None, held[0], seats=seats, mrr=held[0].mrr * seats // held[0].seats)

    def _churn_chance(self, account: int, start: int, day: int) -> float:
        if self._accounts.is_offer[account]:
            age = (day - start) // 28
            return plan.OFFER_CHURN[min(age, 4)]
        return 0.006 + 0.075 * float((1 - self._health[account]) ** 2.6)


def _next_anniversary(start: int) -> int:
    """The first anniversary of a day that comes after the demo's first day."""
    day = anniversary(start, date_of(FIRST).year - date_of(start).year)
    return day if day > FIRST else anniversary(start, date_of(FIRST).year - date_of(start).year + 1)


def _renewed(period: Period, keeps: float, day: int) -> tuple[int, int]:
    """Seats and monthly cents of a period's next term; from the price rise on, renewals pay more."""
    seats = max(1, round(period.seats * keeps))
    mrr = period.mrr if seats == period.seats else period.mrr * seats // period.seats
    return seats, mrr if day < plan.PRICE_DAY else round(mrr * _RENEWAL_UPLIFT)


def _arrivals(stream: Stream) -> Ints:
    """How many deals are created on each day: seasons, growth, and the working week."""
    days = np.arange(FIRST, LAST + 1)
    demand = np.array(plan.MONTH_DEMAND)[months(days) - 1] * (1 + plan.YEARLY_GROWTH * (days - FIRST) / 365.25)
    # The first weeks after the move to a new CRM bring a burst: old leads are taken up again.
    demand = demand * np.where(working(days), 1.0, 0.03) * (1 + 0.75 * np.exp(-((days - FIRST) / 45.0)))
    return np.bincount(stream.pick(demand, _ARRIVALS), minlength=len(days))


def _trimmed(deals: list[Deal], slipping_rep: int) -> list[Deal]:
    """Exactly as many deals as planned, in order of creation: lost new ones can go without a trace."""
    surplus = len(deals) - plan.DEALS
    spare = [
        number
        for number, deal in enumerate(deals)
        if deal.type == plan.NEW and deal.win_day is None and not deal.is_offer and deal.owner != slipping_rep
    ]
    order = Stream("brightwater", "trim").shuffle(len(spare))[: max(surplus, 0)]
    gone = {spare[position] for position in order.tolist()}
    kept = [deal for number, deal in enumerate(deals) if number not in gone]
    return sorted(kept, key=lambda deal: deal.created)
