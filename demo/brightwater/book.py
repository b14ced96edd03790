"""The subscription book while the simulation runs: who pays how much for what, and how each change came about."""

from dataclasses import dataclass, field
from enum import StrEnum

from demo.brightwater.records import Deal


class Movement(StrEnum):
    """Why a period of a subscription began."""

    NEW = "new"
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    RENEWAL = "renewal"
    REACTIVATION = "reactivation"


class Ending(StrEnum):
    """Why a period of a subscription ended."""

    CHURNED = "churned"
    CHANGED = "changed"
    RENEWED = "renewed"


@dataclass(slots=True, kw_only=True)
class Period:
    """A time in which one account paid one price for one product. `mrr` and `change` are cents a month.

    `end` is the first day no longer covered, None while it runs. `term_end` is set for annual contracts.
    """

    account: int
    product: int
    deal: Deal | None
    seats: int
    mrr: int
    change: int
    movement: Movement
    start: int
    term_end: int | None
    end: int | None = None
    ending: Ending | None = None


@dataclass(slots=True)
class Book:
    """All periods, and those that run now by account and product."""

    periods: list[Period] = field(default_factory=list)
    running: dict[int, dict[int, Period]] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)

    def begin(
        self, day: int, deal: Deal | None, *, account: int, product: int, seats: int, mrr: int, term: int | None
    ) -> None:
        """A product an account did not have: a new customer, one that comes back, or a cross-sale."""
        if self.running.get(account):
            movement = Movement.EXPANSION
        else:
            movement = Movement.REACTIVATION if account in self.left else Movement.NEW
        self._add(
            Period(
                account=account,
                product=product,
                deal=deal,
                seats=seats,
                mrr=mrr,
                change=mrr,
                movement=movement,
                start=day,
                term_end=term,
            )
        )

    def change(self, day: int, deal: Deal | None, old: Period, *, seats: int, mrr: int) -> None:
        """More or fewer seats of a product within the term."""
        movement = Movement.EXPANSION if mrr > old.mrr else Movement.CONTRACTION
        self._follow(day, deal, old, seats=seats, mrr=mrr, movement=movement, term=old.term_end, ending=Ending.CHANGED)

    def renew(self, day: int, deal: Deal | None, old: Period, *, seats: int, mrr: int, term: int) -> None:
        """The next annual term of a product."""
        movement = Movement.RENEWAL
        if mrr != old.mrr:
            movement = Movement.EXPANSION if mrr > old.mrr else Movement.CONTRACTION
        self._follow(day, deal, old, seats=seats, mrr=mrr, movement=movement, term=term, ending=Ending.RENEWED)

    def leave(self, day: int, account: int) -> None:
        """All products of an account end."""
        for period in self.running.pop(account).values():
            period.end, period.ending = day, Ending.CHURNED
        self.left.add(account)

    def products(self, account: int) -> list[Period]:
        """The running periods of an account, in order of product."""
        held = self.running.get(account, {})
        return [held[product] for product in sorted(held)]

    def mrr(self, account: int) -> int:
        """Cents a month an account pays now."""
        return sum(period.mrr for period in self.products(account))

    def _follow(
        self,
        day: int,
        deal: Deal | None,
        old: Period,
        *,
        seats: int,
        mrr: int,
        movement: Movement,
        term: int | None,
        ending: Ending,
    ) -> None:
        old.end, old.ending = day, ending
        self._add(
            Period(
                account=old.account,
                product=old.product,
                deal=deal,
                seats=seats,
                mrr=mrr,
                change=mrr - old.mrr,
                movement=movement,
                start=day,
                term_end=term,
            )
        )

    def _add(self, period: Period) -> None:
        self.periods.append(period)
        self.running.setdefault(period.account, {})[period.product] = period
