"""What Harbour Supply sells: thirty products in each of eight categories, with cost and list price."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo import columns
from demo.harbour import plan
from demo.stream import Ints, Stream

_PER_CATEGORY = 30
_NOUNS = (
    ("Mooring line", "Halyard", "Shackle", "Block", "Turnbuckle", "Dock line"),
    ("Antifouling", "Epoxy primer", "Topcoat", "Varnish", "Gelcoat", "Filler"),
    ("Hex bolt set", "Washer set", "Anchor bolt", "Rivet box", "Screw set", "Clamp"),
    ("Life jacket", "Fire extinguisher", "First aid kit", "Flare set", "Harness", "Hard hat"),
    ("Battery", "Charger", "Cable drum", "LED lamp", "Switch panel", "Fuse box"),
    ("Bilge pump", "Ball valve", "Hose", "Seal kit", "Impeller", "Filter"),
    ("Angle grinder", "Drill", "Wrench set", "Sander", "Torque key", "Heat gun"),
    ("Cleat", "Hatch", "Hinge", "Ladder", "Fender", "Winch"),
)
_GRADES = ("Basic", "Standard", "Plus", "Pro", "Marine")
# The lowest and highest list price of each category in euros, and the share of it that is cost.
_PRICES = ((14, 190), (22, 240), (6, 60), (18, 320), (15, 420), (12, 380), (24, 290), (16, 460))
_COST_SHARE = (0.60, 0.63, 0.52, 0.61, 0.66, 0.64, 0.68, 0.59)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Products by position, thirty for each category in turn; id is position + 1. Prices are cents."""

    categories: Ints
    price: Ints
    cost: Ints

    def price_on(self, products: Ints, days: Ints) -> Ints:
        """The list price in cents of each product on each day."""
        risen = (self.categories[products] == plan.COATINGS) & (days >= plan.PRICE_DAY)
        return np.where(risen, np.rint(self.price[products] * plan.PRICE_RISE).astype(np.int64), self.price[products])


def make_goods() -> Goods:
    """All products."""
    stream = Stream("harbour", "products")
    count = _PER_CATEGORY * len(plan.CATEGORIES)
    categories = np.repeat(np.arange(len(plan.CATEGORIES)), _PER_CATEGORY)
    low, high = np.array(_PRICES)[categories].T
    euros = low + (high - low) * stream.uniform(count) ** 2.4
    price = np.floor(euros).astype(np.int64) * 100 - 10
    share = np.array(_COST_SHARE)[categories] * (0.94 + 0.12 * stream.uniform(count))
    return Goods(categories=categories, price=price, cost=np.rint(price * share).astype(np.int64))


def products_table(goods: Goods) -> pa.Table:
    """`products`: one row per article with today's list price."""
    count = len(goods.price)
    place = np.arange(count) % _PER_CATEGORY
    names = [
        f"{_NOUNS[category][number // 5]} {_GRADES[number % 5]}"
        for category, number in zip(goods.categories.tolist(), place.tolist(), strict=True)
    ]
    today = goods.price_on(np.arange(count), np.full(count, plan.PRICE_DAY))
    return pa.table(
        {
            "product_id": columns.whole(np.arange(count) + 1),
            "sku": columns.text(
                f"HS-{category + 1}{number:03d}" for category, number in zip(goods.categories, place, strict=True)
            ),
            "name": columns.text(names),
            "category": columns.label(plan.CATEGORIES, goods.categories),
            "unit_cost": columns.money(goods.cost),
            "list_price": columns.money(today),
        }
    )
