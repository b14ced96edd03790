"""Orders and their lines: who buys when, what belongs to the season, how much of it and at which price."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo import columns
from demo.days import FIRST, LAST, moments, months, next_working, working
from demo.harbour import plan
from demo.harbour.goods import Goods
from demo.harbour.people import Customers
from demo.stream import Ints, Stream, choose, trim_to

_CHANNELS = ("Web shop", "Phone", "EDI", "Counter")
# The channels of each segment, and how much each buys of each category.
_CHANNEL_SHARE = (
    (0.15, 0.25, 0.58, 0.02),
    (0.46, 0.34, 0.02, 0.18),
    (0.25, 0.25, 0.48, 0.02),
    (0.20, 0.10, 0.70, 0.0),
    (0.44, 0.26, 0.0, 0.30),
)
_TASTE = (
    (0.10, 0.24, 0.14, 0.09, 0.12, 0.16, 0.07, 0.08),
    (0.20, 0.22, 0.06, 0.16, 0.10, 0.08, 0.04, 0.14),
    (0.03, 0.08, 0.22, 0.12, 0.18, 0.22, 0.14, 0.01),
    (0.15, 0.18, 0.14, 0.14, 0.12, 0.07, 0.10, 0.10),
    (0.06, 0.18, 0.20, 0.07, 0.12, 0.10, 0.20, 0.07),
)
# Euros a line is usually worth.
_LINE_VALUE = (420.0, 150.0, 260.0, 330.0, 105.0)
_DISCOUNTS = ((0.06, 0.16), (0.0, 0.06), (0.04, 0.12), (0.08, 0.18), (0.0, 0.04))
_LINE_COUNTS = (0.22, 0.24, 0.21, 0.14, 0.09, 0.05, 0.03, 0.02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Orders by time; id is position + 1. `lines` is how many lines each has."""

    customer: Ints
    day: Ints
    lines: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Order lines by order; id is position + 1. Prices and amounts are cents, `discount` is in per cent."""

    order: Ints
    number: Ints
    product: Ints
    quantity: Ints
    price: Ints
    discount: Ints
    amount: Ints
    cost: Ints


def make_orders(customers: Customers) -> Orders:
    """All orders."""
    stream = Stream("harbour", "orders")
    days = np.arange(FIRST, LAST + 1)
    season = np.array(plan.SEASONS).mean(axis=0)[months(days) - 1]
    demand = season * np.where(working(days), 1.0, 0.015) * (1 + plan.YEARLY_GROWTH * (days - FIRST) / 365.25)
    # What the largest customer ordered is not made up by others when it has gone.
    demand = demand * np.where(days > plan.LARGEST_LEFT, 1 / (1 + plan.LARGEST_SHARE), 1.0)
    day = days[stream.spread(demand, plan.ORDERS)]
    customer = stream.pick(customers.rate, plan.ORDERS)
    # Who is not a customer on that day leaves the order to another.
    for _ in range(12):
        away = np.flatnonzero((customers.since[customer] > day) | (customers.left[customer] < day))
        customer[away] = stream.pick(customers.rate, len(away))
    kept = (customers.since[customer] <= day) & (customers.left[customer] >= day)
    customer = np.where(kept, customer, 1 + stream.below(40, plan.ORDERS))
    lines = trim_to(1 + stream.pick(_LINE_COUNTS, plan.ORDERS), plan.LINES, stream.shuffle(plan.ORDERS))
    return Orders(customer=customer, day=day, lines=lines)


def make_lines(orders: Orders, customers: Customers, goods: Goods) -> Lines:
    """The lines of all orders."""
    stream = Stream("harbour", "order_lines")
    order = np.repeat(np.arange(plan.ORDERS), orders.lines)
    number = np.arange(plan.LINES) - np.repeat(np.cumsum(orders.lines) - orders.lines, orders.lines)
    segment = customers.segments[orders.customer[order]]
    day = orders.day[order]
    product = _products(stream, segment, months(day))
    price = goods.price_on(product, day)
    value = np.array(_LINE_VALUE)[segment] * 100 * (0.25 + 1.5 * stream.uniform(plan.LINES) ** 1.6)
    quantity = np.maximum(1, np.rint(value / goods.price[product])).astype(np.int64)
    low, high = np.array(_DISCOUNTS)[segment].T
    discount = np.rint((low + (high - low) * stream.uniform(plan.LINES)) * 100).astype(np.int64)
    return Lines(
        order=order,
        number=number,
        product=product,
        quantity=quantity,
        price=price,
        discount=discount,
        amount=(quantity * price * (100 - discount) + 50) // 100,
        cost=quantity * goods.cost[product],
    )


def _products(stream: Stream, segment: Ints, month: Ints) -> Ints:
    """What is bought: the category by segment and season, within it the popular articles more often."""
    points, popular = stream.uniform(len(segment)), stream.uniform(len(segment))
    category = np.zeros(len(segment), dtype=np.int64)
    seasons = np.array(plan.SEASONS)
    for group in range(len(plan.SEGMENTS)):
        for one in range(12):
            here = (segment == group) & (month == one + 1)
            category[here] = choose(np.array(_TASTE[group]) * seasons[:, one], points[here])
    return category * 30 + (30 * popular**1.7).astype(np.int64)


def orders_table(orders: Orders, customers: Customers) -> pa.Table:
    """`orders`: one row per order."""
    stream = Stream("harbour", "orders", "table")
    segment = customers.segments[orders.customer]
    channel = np.zeros(plan.ORDERS, dtype=np.int64)
    for group, shares in enumerate(_CHANNEL_SHARE):
        channel = np.where(segment == group, stream.pick(shares, plan.ORDERS), channel)
    share = (
        np.arange(plan.ORDERS) - np.searchsorted(orders.day, orders.day) + stream.uniform(plan.ORDERS)
    ) / np.bincount(orders.day - FIRST)[orders.day - FIRST]
    shipped = next_working(orders.day + 1 + stream.below(4, plan.ORDERS))
    is_shipped = shipped <= LAST
    return pa.table(
        {
            "order_id": columns.whole(np.arange(plan.ORDERS) + 1),
            "customer_id": columns.whole(orders.customer + 1),
            "rep_id": columns.whole(customers.reps[orders.customer] + 1),
            "channel": columns.label(_CHANNELS, channel),
            "order_date": columns.dates(orders.day),
            "ordered_at": columns.times(moments(orders.day, share, zone="Europe/Berlin", opens=7.0, closes=17.5)),
            "shipped_on": columns.dates(shipped, is_shipped),
            "status": columns.label(("open", "shipped"), is_shipped.astype(np.int64)),
            "lines": columns.whole(orders.lines),
        }
    )


def lines_table(lines: Lines, orders: Orders) -> pa.Table:
    """`order_lines`: one row per article of an order; `amount` is after discount, `cost` what the goods cost."""
    day = orders.day[lines.order]
    return pa.table(
        {
            "order_line_id": columns.whole(np.arange(plan.LINES) + 1),
            "order_id": columns.whole(lines.order + 1),
            "line_number": columns.whole(lines.number + 1),
            "order_date": columns.dates(day),
            "customer_id": columns.whole(orders.customer[lines.order] + 1),
            "product_id": columns.whole(lines.product + 1),
            "quantity": columns.whole(lines.quantity),
            "unit_price": columns.money(lines.price),
            "discount_percent": columns.whole(lines.discount),
            "amount": columns.money(lines.amount),
            "cost": columns.money(lines.cost),
        }
    )
