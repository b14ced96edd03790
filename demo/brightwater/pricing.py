"""What a deal is worth: seats guessed at first, settled in the proposal, discounted in negotiation, at list price."""

from demo.brightwater import plan
from demo.brightwater.catalogue import list_price
from demo.brightwater.journey import Draws, Journey
from demo.days import LAST

_DISCOUNT = ((0.0, 0.06), (0.01, 0.11), (0.05, 0.19))


def quote(product: int, segment: int, seats: int, journey: Journey, draws: Draws) -> tuple[list[tuple[int, int]], int]:
    """The amounts in cents by the day each was set, and the monthly value in cents at the end."""
    low, high = _DISCOUNT[segment]
    discount = low + (high - low) * draws.point()
    guessed = max(2, round(seats * draws.factor(0.24)))
    created = journey.steps[0][0]
    proposed = next((day for day, stage in journey.steps if stage == plan.PROPOSAL), None)
    agreed = next((day for day, stage in journey.steps if stage == plan.NEGOTIATION), None)
    last = journey.close_day or LAST
    moments = {created, *(day for day in (proposed, agreed) if day is not None and day <= last)}
    if created < plan.PRICE_DAY < last:
        moments.add(plan.PRICE_DAY)
    amounts: list[tuple[int, int]] = []
    monthly = 0
    for day in sorted(moments):
        count = seats if proposed is not None and day >= proposed else guessed
        rebate = discount if agreed is not None and day >= agreed else 0.0
        monthly = count * round(list_price(product, segment, day) * (1 - rebate))
        if not amounts or amounts[-1][1] != monthly * 12:
            amounts.append((day, monthly * 12))
    return amounts, monthly
