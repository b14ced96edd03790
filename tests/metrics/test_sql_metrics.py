"""`metric()` in SQL: the same number as the metric, or refused with what to do."""

import pytest

from core.errors import AppError
from metrics import Catalog, CompileContext, MetricQuery
from metrics.binding import Binder
from metrics.guard import parse_select
from metrics.sql_metrics import FUNCTION, expand_metrics, has_metrics
from tests.metrics.small_store import Rows, SmallStore

Shop = tuple[SmallStore, Catalog]


def run(shop: Shop, text: str) -> Rows:
    store, catalog = shop
    tree, binder = parse_select(text, list(store.schema()), functions=[FUNCTION]), Binder()
    assert has_metrics(tree)
    expand_metrics(tree, catalog, CompileContext(), binder)
    return store.connection.execute(tree.sql("duckdb"), binder.values).fetchall()


def test_it_is_the_metric_over_the_rows_of_the_select(shop: Shop) -> None:
    store, catalog = shop
    by_hand = store.sql(
        "SELECT customer, sum(amount) / nullif(sum(pieces), 0) FROM orders WHERE id < 6 GROUP BY 1 ORDER BY 1"
    )
    asked = "SELECT customer, metric('price') FROM orders AS o WHERE id < 6 GROUP BY 1 ORDER BY 1"
    assert [(one, None if two is None else float(two)) for one, two in run(shop, asked)] == [
        (one, None if two is None else pytest.approx(float(two))) for one, two in by_hand
    ]
    whole = store.ask(catalog, MetricQuery(metrics=("paid_revenue", "buyers")))
    assert run(shop, "SELECT metric('paid_revenue'), metric('buyers') FROM orders") == whole


def test_it_stands_in_having_in_order_and_in_a_subquery(shop: Shop) -> None:
    asked = (
        "SELECT c.sector, o.n FROM customers AS c JOIN (SELECT customer, metric('orders') AS n FROM orders GROUP BY 1"
        " HAVING metric('orders') > 1 ORDER BY metric('orders')) AS o ON o.customer = c.customer ORDER BY ALL"
    )
    assert run(shop, asked) == [("food", 2), ("tools", 2)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT metric('revenu') FROM orders", "There is no metric revenu.*revenue"),
        ("SELECT metric(customer) FROM orders", "name of one metric in quotes"),
        ("SELECT metric('revenue', 2) FROM orders", "name of one metric in quotes"),
        ("SELECT metric('revenue') FROM tickets", "that reads orders and nothing beside it"),
        ("SELECT metric('revenue') FROM orders JOIN tickets USING (customer)", "a join could count a row twice"),
        ("SELECT metric('revenue') FROM orders, tickets", "a join could count a row twice"),
        ("SELECT metric('revenue') FROM (SELECT * FROM orders) AS o", "that reads orders and"),
        ("SELECT sum(metric('revenue')) FROM orders", "is an aggregate"),
        ("SELECT 1 FROM orders WHERE metric('revenue') > 1", "is an aggregate"),
        ("SELECT metric('revenue_per_ticket') FROM orders", "is counted from Orders, Tickets"),
    ],
)
def test_what_would_count_something_else_is_refused(shop: Shop, text: str, message: str) -> None:
    with pytest.raises(AppError, match=message):
        run(shop, text)
