"""Filters on real rows: every type, nulls, dates in a zone, and values that never reach the SQL text."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidError
from metrics import Catalog, CompileContext, MetricQuery, compile_query
from tests.metrics.small_store import TINY, SmallStore

Shop = tuple[SmallStore, Catalog]


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ("status = 'paid'", {1, 2, 5, 6}),
        ("status != 'paid'", {3, 4}),
        ("status != 'paid' OR status IS NULL", {3, 4, 7}),
        ("NOT status = 'paid'", {3, 4}),
        ("customer IN ('ada', \"eve\")", {1, 2, 5}),
        ("customer NOT IN ('ada', 'eve')", {3, 4, 7}),
        ("customer LIKE '%d%'", {1, 2, 7}),
        ("customer NOT LIKE '%d%'", {3, 4, 5}),
        ("pieces > 1", {2, 5, 7}),
        ("pieces = '4'", {5}),
        ("pieces BETWEEN 1 AND 4", {1, 2, 5}),
        ("pieces NOT BETWEEN 1 AND 4", {3, 4, 7}),
        ("pieces IS NOT NULL", {1, 2, 3, 4, 5, 7}),
        ("amount >= 20.20", {2, 5, 6}),
        ("amount < -1.5", set()),
        ("is_rush = TRUE", {1, 6}),
        ("is_rush != TRUE", {2, 5, 7}),
        ("size = TRUE", {2, 5, 6, 7}),
        ("NOT size = TRUE AND status = 'open'", {3, 4}),
        ("initial = 'A'", {1, 2}),
        ("ordered = '2024-02-01'", {3, 4}),
        ("ordered >= '2024-03-31'", {5, 7}),
        ("ordered IN ('2024-01-01', '2024-01-31')", {1, 2}),
        ("ordered BETWEEN '2024-01-31' AND '2024-03-31'", {2, 3, 4, 5}),
        ("payer.sector = 'food' AND customers.sector = 'tools'", {1}),
        ("(status = 'paid' OR status = 'open') AND NOT (pieces = 0 OR is_rush = TRUE)", {2, 5}),
    ],
)
def test_a_filter_keeps_the_rows_it_says(shop: Shop, where: str, ids: set[int]) -> None:
    store, catalog = shop
    store.sql("ALTER TABLE orders ADD COLUMN weight INTEGER")
    # Each row weighs a power of two, so the sum tells exactly which rows were kept.
    store.sql("UPDATE orders SET amount = amount, weight = 1 << id")
    compiled = compile_query(catalog, MetricQuery(metrics=("orders",), where=where))
    kept = compiled.sql.replace("COUNT(*)", 'SUM("orders"."weight")')
    ((total,),) = store.connection.execute(kept, compiled.parameters).fetchall()
    assert {number for number in range(1, 8) if int(total or 0) >> number & 1} == ids


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("pieces = 'many'", "pieces is integer, and 'many' is not a number"),
        ("pieces = '1e5'", "pieces is integer, and '1e5' is not a number"),
        ("amount > TRUE", "amount is number, and TRUE is not a number"),
        ("is_rush = 'yes'", "is_rush is boolean, and 'yes' is not TRUE or FALSE"),
        ("status = TRUE", "status is text, and TRUE is not text in quotes"),
        ("pieces LIKE '1%'", "only text has a LIKE"),
        ("ordered > 5", "ordered is date, and 5 is not a date such as '2017-03-31'"),
        ("ordered > 'soon'", "'soon' is not a date such as"),
        ("ordered > '2024-01-01 10:00'", "is not a date such as"),
        ("ordered = '2023-02-29'", "'2023-02-29' is not a day of the calendar"),
    ],
)
def test_a_value_that_cannot_match_its_dimension_is_refused(shop: Shop, where: str, message: str) -> None:
    _, catalog = shop
    with pytest.raises(InvalidError, match=message):
        compile_query(catalog, MetricQuery(metrics=("orders",), where=where))


def test_a_number_compares_with_text_as_it_is_written() -> None:
    store = SmallStore("CREATE TABLE tiny AS SELECT unnest(['07', '7', '7.0']) AS a, NULL AS b")
    catalog = store.catalog(TINY)
    assert store.ask(catalog, MetricQuery(metrics=("n",), by=("a",), where="a = 7")) == [("7", 1)]
    assert store.ask(catalog, MetricQuery(metrics=("n",), by=("a",), where="a = 7.0")) == [("7.0", 1)]


@pytest.mark.parametrize("column", ["a", "b"])
@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("{0} = '2024-07-01'", 2),
        ("{0} <= '2024-06-30'", 1),
        ("{0} < '2024-07-01 00:30'", 2),
        ("{0} >= '2024-06-30T22:30:00Z'", 1),
        ("{0} BETWEEN '2024-07-01' AND '2024-07-01 00:30'", 1),
    ],
)
def test_a_timestamp_compares_in_the_tenants_zone(column: str, where: str, expected: int) -> None:
    store = SmallStore(
        "CREATE TABLE tiny AS SELECT m AS a, m AT TIME ZONE 'UTC' AS b FROM"
        " (SELECT unnest(['2024-06-30 21:59:00', '2024-06-30 22:00:00', '2024-06-30 23:00:00'])::TIMESTAMP AS m)"
    )
    catalog = store.catalog(TINY)
    query = MetricQuery(metrics=("n",), where=where.format(column))
    assert store.ask(catalog, query, CompileContext(zone="Europe/Berlin")) == [(expected,)]


@pytest.mark.parametrize("value", ["x' OR '1'='1", '"; DROP TABLE orders; --', "$1", "%", "\\", "\u2603\n\t"])
def test_no_value_reaches_the_sql_text(shop: Shop, value: str) -> None:
    store, catalog = shop
    store.connection.execute("INSERT INTO orders (id, customer) VALUES (99, $1)", [value])
    quoted = value.replace("'", "''")
    compiled = compile_query(catalog, MetricQuery(metrics=("orders",), where=f"customer = '{quoted}'"))
    assert compiled.sql == 'SELECT COUNT(*) AS "orders" FROM "orders" AS "orders" WHERE "orders"."customer" = $1'
    assert compiled.parameters == (value,)
    assert store.run(compiled) == [(1,)]


def test_thousands_of_conditions_compile(shop: Shop) -> None:
    store, catalog = shop
    where = " OR ".join(f"id = {number}" for number in range(1, 1500)).replace("id", "pieces")
    assert store.ask(catalog, MetricQuery(metrics=("orders",), where=where)) == [(4,)]


Row = tuple[str | None, int | None]
Truth = bool | None
LEAVES: dict[str, Callable[[Row], Truth]] = {
    "a = 'x'": lambda row: None if row[0] is None else row[0] == "x",
    "a != ''": lambda row: None if row[0] is None else row[0] != "",
    "a IN ('x', 'y')": lambda row: None if row[0] is None else row[0] in {"x", "y"},
    "a IS NULL": lambda row: row[0] is None,
    "b > 0": lambda row: None if row[1] is None else row[1] > 0,
    "b NOT BETWEEN -1 AND 1": lambda row: None if row[1] is None else not -1 <= row[1] <= 1,
    "b IS NOT NULL": lambda row: row[1] is not None,
}
Tree = str | tuple[str, "Tree", "Tree"]
TREES: st.SearchStrategy[Tree] = st.recursive(
    st.sampled_from(sorted(LEAVES)),
    lambda inner: st.tuples(st.sampled_from(["AND", "OR", "NOT"]), inner, inner),
    max_leaves=5,
)
ROWS = st.lists(
    st.tuples(st.sampled_from([None, "x", "y", ""]), st.sampled_from([None, -2, -1, 0, 1, 2])), min_size=1, max_size=6
)


def write(tree: Tree) -> str:
    if isinstance(tree, str):
        return tree
    word, left, right = tree
    return f"NOT ({write(left)})" if word == "NOT" else f"({write(left)}) {word} ({write(right)})"


def judge(tree: Tree, row: Row) -> Truth:
    """Three-valued logic as the SQL standard's truth tables have it."""
    if isinstance(tree, str):
        return LEAVES[tree](row)
    word, left, right = tree[0], judge(tree[1], row), judge(tree[2], row)
    if word == "NOT":
        return None if left is None else not left
    decisive = word == "OR"
    if decisive in (left, right):
        return decisive
    return None if None in (left, right) else not decisive


@given(rows=ROWS, tree=TREES)
@settings(max_examples=60, deadline=None)
def test_filters_agree_with_three_valued_logic_in_python(rows: list[Row], tree: Tree) -> None:
    store = SmallStore("CREATE TABLE tiny (a VARCHAR, b INTEGER)")
    store.connection.executemany("INSERT INTO tiny VALUES ($1, $2)", rows)
    expected = sum(judge(tree, row) is True for row in rows)
    assert store.ask(store.catalog(TINY), MetricQuery(metrics=("n",), where=write(tree))) == [(expected,)]


def test_amounts_are_bound_exactly(shop: Shop) -> None:
    _, catalog = shop
    compiled = compile_query(
        catalog, MetricQuery(metrics=("orders",), where="amount = 20.20 AND ordered = '2024-01-31'")
    )
    assert compiled.parameters == (Decimal("20.20"), dt.date(2024, 1, 31))
