"""What Brightwater sells: three products in three plans, and what each has cost per seat and month."""

import numpy as np
import pyarrow as pa

from demo import columns
from demo.brightwater import plan
from demo.days import FIRST

PRODUCTS = ("Core", "Insights", "Flow")
CORE, INSIGHTS, FLOW = range(3)
PLANS = ("Starter", "Growth", "Enterprise")
# Cents per seat and month before the price rise. An account's plan follows its segment.
_LIST_PRICE = ((2_500, 5_000, 7_500), (1_000, 1_500, 2_500), (750, 1_250, 2_000))
_LAUNCHED = FIRST - 1_700


def list_price(product: int, segment: int, day: int) -> int:
    """Cents per seat and month of a product in a segment's plan on a day."""
    price = _LIST_PRICE[product][segment]
    return price if day < plan.PRICE_DAY else round(price * plan.PRICE_RISE)


def product_id(product: int, segment: int) -> int:
    """The id in `products` of a product in a segment's plan."""
    return product * len(PLANS) + segment + 1


def products_table() -> pa.Table:
    """`products`: one row per product and plan, with the list price of today."""
    product = np.repeat(np.arange(3), 3)
    tier = np.tile(np.arange(3), 3)
    today = [list_price(one, other, plan.PRICE_DAY) for one, other in zip(product.tolist(), tier.tolist(), strict=True)]
    return pa.table(
        {
            "product_id": columns.whole(np.arange(9) + 1),
            "name": columns.text(f"{PRODUCTS[one]} {PLANS[other]}" for one, other in zip(product, tier, strict=True)),
            "product": columns.label(PRODUCTS, product),
            "plan": columns.label(PLANS, tier),
            "list_price": columns.money(columns.numbers(today)),
        }
    )


def price_list_table() -> pa.Table:
    """`price_list`: the list price of each product and plan over time; `valid_to` is null for the present one."""
    prices = np.array(_LIST_PRICE, dtype=np.int64).ravel()
    both = np.concatenate([prices, np.rint(prices * plan.PRICE_RISE).astype(np.int64)])
    is_old = np.arange(18) < 9
    return pa.table(
        {
            "price_id": columns.whole(np.arange(18) + 1),
            "product_id": columns.whole(np.tile(np.arange(9) + 1, 2)),
            "valid_from": columns.dates(np.where(is_old, _LAUNCHED, plan.PRICE_DAY)),
            "valid_to": columns.dates(np.full(18, plan.PRICE_DAY - 1), is_old),
            "list_price": columns.money(both),
        }
    )
