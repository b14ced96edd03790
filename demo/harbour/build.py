"""All tables of Harbour Supply."""

import pyarrow as pa

from demo.harbour.goods import make_goods, products_table
from demo.harbour.orders import lines_table, make_lines, make_orders, orders_table
from demo.harbour.people import customers_table, make_customers, reps_table
from demo.harbour.returns import returns_table
from demo.harbour.targets import targets_table


def build_tables() -> dict[str, pa.Table]:
    """The tables by name."""
    customers, goods = make_customers(), make_goods()
    orders = make_orders(customers)
    lines = make_lines(orders, customers, goods)
    return {
        "reps": reps_table(),
        "customers": customers_table(customers),
        "products": products_table(goods),
        "orders": orders_table(orders, customers),
        "order_lines": lines_table(lines, orders),
        "returns": returns_table(lines, orders, customers, goods),
        "targets": targets_table(),
    }
