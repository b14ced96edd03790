"""A small shop with every difficulty: null keys, rows without a partner, duplicates, several time columns, two hops."""

from metrics import Catalog
from tests.metrics.small_store import SmallStore

TABLES = (
    "CREATE TABLE countries (code VARCHAR, continent VARCHAR)",
    "INSERT INTO countries VALUES ('DE', 'Europe'), ('FR', 'Europe'), ('US', 'America')",
    "CREATE TABLE customers (customer VARCHAR, country VARCHAR, sector VARCHAR)",
    """INSERT INTO customers VALUES
       ('ada', 'DE', 'tools'), ('bob', 'US', 'food'), ('cyd', NULL, NULL), ('dot', 'XX', 'food')""",
    """CREATE TABLE orders (id INTEGER, customer VARCHAR, payer VARCHAR, status VARCHAR, amount DECIMAL(10, 2),
       pieces INTEGER, is_rush BOOLEAN, ordered DATE, shipped DATE)""",
    """INSERT INTO orders VALUES
       (1, 'ada', 'bob', 'paid', 10.10, 1, true,  '2024-01-01', '2024-01-02'),
       (2, 'ada', 'ada', 'paid', 20.20, 2, false, '2024-01-31', '2024-02-01'),
       (3, 'bob', 'bob', 'open', 5.00,  0, NULL,  '2024-02-01', NULL),
       (4, 'bob', 'bob', 'open', 5.00,  0, NULL,  '2024-02-01', NULL),
       (5, 'eve', 'ada', 'paid', 40.00, 4, false, '2024-03-31', '2024-04-01'),
       (6, NULL,  NULL,  'paid', 80.00, NULL, true, NULL, '2024-04-30'),
       (7, 'cyd', NULL,  NULL,   NULL,  7, false, '2024-04-01', '2024-04-01')""",
    "CREATE TABLE tickets (id INTEGER, customer VARCHAR, minutes INTEGER, opened DATE, note VARCHAR)",
    """INSERT INTO tickets VALUES (1, 'ada', 30, '2024-01-15', 'b'), (2, 'bob', 60, '2024-02-15', 'a'),
       (3, NULL, 90, '2024-05-15', 'c'), (4, 'zoe', NULL, '2024-05-16', NULL)""",
)

COUNTRIES = """
    model: countries
    table: countries
    key: code
    dimensions:
      continent: {}
"""

CUSTOMERS = """
    model: customers
    table: customers
    key: customer
    joins:
      - to: countries
        on: {country: code}
    dimensions:
      country: {}
      sector: {}
    measures:
      customers: {agg: count}
    metrics:
      customers: {kind: simple, measure: customers, unit: customers}
"""

ORDERS = """
    model: orders
    label: Orders
    table: orders
    key: id
    time: ordered
    joins:
      - to: customers
        on: {customer: customer}
      - name: payer
        to: customers
        on: {payer: customer}
    dimensions:
      customer: {}
      status: {}
      amount: {}
      pieces: {}
      is_rush: {}
      ordered: {}
      shipped: {type: time, label: Shipping date}
      size: {sql: "amount > 15 OR pieces > 5"}
      initial: {sql: "upper(left(customer, 1))"}
    measures:
      amount: {agg: sum, sql: amount}
      paid: {agg: sum, sql: amount, where: "status = 'paid' OR status IS NULL"}
      orders: {agg: count}
      with_pieces: {agg: count, sql: pieces}
      buyers: {agg: count_distinct, sql: customer}
      mean: {agg: average, sql: amount}
      middle: {agg: median, sql: pieces}
      first_day: {agg: min, sql: ordered}
      last_day: {agg: max, sql: ordered}
      pieces: {agg: sum, sql: pieces}
    metrics:
      revenue: {kind: simple, measure: amount, label: Revenue, unit: EUR, decimals: 2}
      paid_revenue: {kind: simple, measure: paid, unit: EUR}
      orders: {kind: simple, measure: orders, unit: orders}
      orders_shipped: {kind: simple, measure: orders, time: shipped, unit: orders}
      orders_with_pieces: {kind: simple, measure: with_pieces}
      buyers: {kind: simple, measure: buyers}
      mean_amount: {kind: simple, measure: mean, unit: EUR}
      middle_pieces: {kind: simple, measure: middle}
      first_order: {kind: simple, measure: first_day}
      last_order: {kind: simple, measure: last_day}
      pieces: {kind: simple, measure: pieces}
      price: {kind: ratio, numerator: amount, denominator: pieces, label: Price for each piece, unit: EUR}
      price_squared: {kind: ratio, numerator: price, denominator: mean_amount}
"""

TICKETS = """
    model: tickets
    label: Tickets
    table: tickets
    time: opened
    joins:
      - to: customers
        on: {customer: customer}
    dimensions:
      customer: {}
      opened: {type: time}
    measures:
      tickets: {agg: count}
      minutes: {agg: sum, sql: minutes}
      first_note: {agg: min, sql: note}
    metrics:
      tickets: {kind: simple, measure: tickets, label: Tickets, unit: tickets}
      minutes: {kind: simple, measure: minutes, unit: minutes}
      first_note: {kind: simple, measure: first_note}
      tickets_per_order: {kind: ratio, numerator: tickets, denominator: orders}
      revenue_per_ticket: {kind: ratio, numerator: revenue, denominator: tickets, unit: EUR}
"""

MODELS = (COUNTRIES, CUSTOMERS, ORDERS, TICKETS)


def open_shop() -> tuple[SmallStore, Catalog]:
    """A new shop and its catalogue."""
    store = SmallStore(*TABLES)
    return store, store.catalog(*MODELS)
