"""Goods that come back: a few of everything, and much of one bad batch."""

import numpy as np
import pyarrow as pa

from demo import columns
from demo.days import LAST, date_of, next_working
from demo.harbour import plan
from demo.harbour.goods import Goods
from demo.harbour.orders import Lines, Orders
from demo.harbour.people import Customers
from demo.stream import Stream

_REASONS = ("Wrong article", "Damaged in transit", "Not needed", "Defective", "Delivered late")
_REASON_SHARE = (0.27, 0.2, 0.28, 0.17, 0.08)
_DEFECTIVE = 3
_RATE = (0.022, 0.020, 0.016, 0.026, 0.034, 0.027, 0.030, 0.022)


def returns_table(lines: Lines, orders: Orders, customers: Customers, goods: Goods) -> pa.Table:
    """`returns`: one row per line that came back in part or whole, by day of return."""
    stream = Stream("harbour", "returns")
    day = orders.day[lines.order]
    category = goods.categories[lines.product]
    region = customers.regions[orders.customer[lines.order]]
    is_bad = (region == plan.SOUTH) & (category == plan.COATINGS) & (day >= plan.BATCH_DAY)
    rate = np.where(is_bad, plan.BATCH_RETURNED, np.array(_RATE)[category])
    returned = next_working(day + 4 + (24 * stream.uniform(plan.LINES) ** 1.5).astype(np.int64))
    chosen = (stream.uniform(plan.LINES) < rate) & (returned <= LAST)
    whole = stream.uniform(plan.LINES) < 0.6
    part = np.maximum(1, (lines.quantity * stream.uniform(plan.LINES)).astype(np.int64))
    quantity = np.where(whole, lines.quantity, part)
    reason = np.where(is_bad, _DEFECTIVE, stream.pick(_REASON_SHARE, plan.LINES))
    line = np.flatnonzero(chosen)
    line = line[np.argsort(returned[line], kind="stable")]
    # Every delivery names its batch; batches change with the month.
    batches = [f"B{date_of(one):%y%m}" for one in day[line].tolist()]
    names = [plan.BATCH_NAME if bad else batch for bad, batch in zip(is_bad[line].tolist(), batches, strict=True)]
    return pa.table(
        {
            "return_id": columns.whole(np.arange(len(line)) + 1),
            "order_line_id": columns.whole(line + 1),
            "order_id": columns.whole(lines.order[line] + 1),
            "customer_id": columns.whole(orders.customer[lines.order[line]] + 1),
            "product_id": columns.whole(lines.product[line] + 1),
            "returned_on": columns.dates(returned[line]),
            "quantity": columns.whole(quantity[line]),
            "amount": columns.money((lines.amount * quantity // lines.quantity)[line]),
            "reason": columns.label(_REASONS, reason[line]),
            "batch": columns.text(names),
        }
    )
