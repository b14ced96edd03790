"""The pack's recurring revenue over two public data sets, mapped to its tables, against SQL over the files as they are.

The mapping walks from change to change; the SQL by hand holds what every account pays on every day, and looks at the
day before. The two share nothing but the files.
"""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

import demo
from metrics import Catalog, Grain, MetricQuery, load_catalog
from tests.metrics.small_store import SmallStore

PACK = Path(demo.__file__).parent / "brightwater" / "metrics"
FILES = ("mrr_movements.yaml", "subscriptions.yaml")
# What each file calls the columns of a time in which an account pays one price. A trial pays nothing.
PLAYBOOK = """
CREATE VIEW paying AS SELECT subscription_id::VARCHAR AS subscription_id, customer_id::VARCHAR AS account_id,
    start_date, end_date, monthly_amount::DECIMAL(12, 2) AS mrr, 1 AS seats
FROM read_csv('{folder}/mrr_playbook/subscription_periods.csv', header = true)
"""
RAVENSTACK = """
CREATE VIEW paying AS SELECT subscription_id, account_id, start_date, end_date, mrr_amount::DECIMAL(12, 2) AS mrr, seats
FROM read_csv('{folder}/saas_ravenstack/ravenstack_subscriptions.csv', header = true) WHERE mrr_amount > 0
"""
MOVEMENTS = """
CREATE TABLE mrr_movements AS
WITH changes AS (
    SELECT account_id, subscription_id, start_date AS occurred_on, mrr FROM paying
    UNION ALL SELECT account_id, subscription_id, end_date, -mrr FROM paying WHERE end_date IS NOT NULL),
days AS (
    SELECT account_id, occurred_on, min(subscription_id) AS subscription_id, sum(mrr) AS mrr_change
    FROM changes GROUP BY account_id, occurred_on HAVING sum(mrr) <> 0),
held AS (
    SELECT *, sum(mrr_change) OVER account AS mrr, row_number() OVER account AS place
    FROM days WINDOW account AS (PARTITION BY account_id ORDER BY occurred_on))
SELECT row_number() OVER () AS movement_id, subscription_id, occurred_on, mrr_change,
    CASE WHEN place = 1 THEN 'new' WHEN mrr = mrr_change THEN 'reactivation' WHEN mrr = 0 THEN 'churn'
         WHEN mrr_change > 0 THEN 'expansion' ELSE 'contraction' END AS movement, account_id FROM held
"""
SUBSCRIPTIONS = """
CREATE TABLE subscriptions AS SELECT paying.*, '' AS product, '' AS plan, '' AS term, '' AS source,
    CASE WHEN begun.account_id IS NOT NULL THEN 'new' ELSE 'later' END AS movement,
    CASE WHEN ended.account_id IS NOT NULL THEN 'churned' END AS end_reason
FROM paying
LEFT JOIN mrr_movements AS begun
    ON begun.account_id = paying.account_id AND begun.occurred_on = start_date AND begun.movement = 'new'
LEFT JOIN mrr_movements AS ended
    ON ended.account_id = paying.account_id AND ended.occurred_on = end_date AND ended.movement = 'churn'
"""
# What each account pays on each day, and on the day before; a month's figures are made of these.
BY_HAND = """
CREATE TABLE by_hand AS
WITH calendar AS (SELECT unnest(generate_series(DATE '{first}', DATE '{last}', INTERVAL 1 DAY))::DATE AS day),
held AS (
    SELECT account_id, day, coalesce(sum(mrr), 0) AS mrr
    FROM (SELECT DISTINCT account_id FROM paying) CROSS JOIN calendar
    LEFT JOIN paying USING (account_id)
    WHERE start_date <= day AND (end_date IS NULL OR end_date > day) GROUP BY ALL),
everything AS (
    SELECT account_id, day, coalesce(held.mrr, 0) AS mrr FROM (SELECT DISTINCT account_id FROM paying)
    CROSS JOIN calendar LEFT JOIN held USING (account_id, day)),
seen AS (
    SELECT *, lag(mrr, 1, 0) OVER account AS before, coalesce(max(mrr) OVER (account ROWS UNBOUNDED PRECEDING
        EXCLUDE CURRENT ROW), 0) AS most FROM everything WINDOW account AS (PARTITION BY account_id ORDER BY day))
SELECT date_trunc('month', day)::DATE AS month,
    sum(mrr - before) FILTER (mrr > before AND most = 0) AS new_mrr,
    sum(mrr - before) FILTER (mrr > before AND most > 0 AND before = 0) AS reactivation_mrr,
    sum(mrr - before) FILTER (mrr > before AND before > 0) AS expansion_mrr,
    sum(before - mrr) FILTER (mrr < before AND mrr > 0) AS contraction_mrr,
    sum(before - mrr) FILTER (mrr < before AND mrr = 0) AS churned_mrr,
    count(DISTINCT account_id) FILTER (mrr > before AND most = 0) AS new_customers,
    count(DISTINCT account_id) FILTER (mrr < before AND mrr = 0) AS churned_customers,
    coalesce(sum(before) FILTER (day = month_first), 0) AS opening, sum(mrr) FILTER (day = month_last) AS mrr,
    count(*) FILTER (mrr > 0 AND day = month_last) AS customers
FROM (SELECT *, date_trunc('month', day)::DATE AS month_first, last_day(day) AS month_last FROM seen)
GROUP BY 1 ORDER BY 1
"""
AMOUNTS = ("new_mrr", "reactivation_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr")
COUNTS = ("new_customers", "churned_customers", "customers")
RATES = (
    "net_revenue_retention", "gross_revenue_retention", "mrr_churn_rate", "quick_ratio", "arpa", "logo_churn_rate",
    "lifetime_value",
)  # fmt: skip
Month = dict[str, object]


class Book:
    """A data set in the pack's tables, beside what SQL by hand says of each month."""

    def __init__(self, view: str, folder: Path, first: dt.date, last: dt.date) -> None:
        by_hand = BY_HAND.format(first=first, last=last)
        self.store = SmallStore(view.format(folder=folder), MOVEMENTS, SUBSCRIPTIONS, by_hand)
        self.first, self.last = first, last
        texts = {name: (PACK / name).read_text() for name in FILES}
        # What needs accounts or campaigns is broken here, and says so; everything else is as the pack defines it.
        self.catalog: Catalog = load_catalog(texts, self.store.schema(), is_lenient=True)

    def ask(self, *metrics: str) -> list[Month]:
        """The metrics month by month."""
        query = MetricQuery(metrics=metrics, grain=Grain.MONTH, start=self.first, end=self.last, is_filled=True)
        return [dict(zip(("month", *metrics), row, strict=True)) for row in self.store.ask(self.catalog, query)]

    def by_hand(self) -> list[Month]:
        """The same from the files."""
        found = self.store.connection.execute("SELECT * FROM by_hand ORDER BY month")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def playbook(shared_data: Path) -> Book:
    return Book(PLAYBOOK, shared_data, dt.date(2017, 9, 1), dt.date(2020, 2, 29))


@pytest.fixture(scope="module")
def ravenstack(shared_data: Path) -> Book:
    return Book(RAVENSTACK, shared_data, dt.date(2023, 1, 1), dt.date(2024, 12, 31))


@pytest.fixture(params=["playbook", "ravenstack"])
def book(request: pytest.FixtureRequest) -> Book:
    """Both data sets; the files are read once for each."""
    found: Book = request.getfixturevalue(request.param)
    return found


def number(value: object) -> Decimal:
    """Nothing moved is nothing."""
    return Decimal(str(value or 0))


def test_the_movements_of_every_month_equal_sql(book: Book) -> None:
    months, wanted = book.ask(*AMOUNTS), book.by_hand()
    assert len(months) == len(wanted) > 20
    for name in AMOUNTS:
        assert [number(one[name]) for one in months] == [number(one[name]) for one in wanted], name
        assert any(number(one[name]) for one in wanted), name


def test_revenue_and_its_growth_at_the_end_of_every_month_equal_sql(book: Book) -> None:
    months, wanted = book.ask("mrr", "arr", "net_new_mrr"), book.by_hand()
    assert [number(one["mrr"]) for one in months] == [number(one["mrr"]) for one in wanted]
    assert [number(one["arr"]) for one in months] == [12 * number(one["mrr"]) for one in wanted]
    grown = [number(one["mrr"]) - number(one["opening"]) for one in wanted]
    assert [number(one["net_new_mrr"]) for one in months] == grown


def test_customers_of_every_month_equal_sql(book: Book) -> None:
    months, wanted = book.ask(*COUNTS), book.by_hand()
    for name in COUNTS:
        assert [one[name] or 0 for one in months] == [one[name] for one in wanted], name


def rates_by_hand(month: Month) -> Month:
    """The rates of a month as their formulas are written in books; None where nothing can be divided by."""
    new, back, more, less, lost = (float(number(month[name])) for name in AMOUNTS)
    opening, mrr, customers = (float(number(month[name])) for name in ("opening", "mrr", "customers"))
    left = float(number(month["churned_customers"]))
    churn = lost / opening if opening else None
    arpa = mrr / customers if customers else None
    return {
        "net_revenue_retention": (opening + more - less - lost) / opening if opening else None,
        "gross_revenue_retention": (opening - less - lost) / opening if opening else None,
        "mrr_churn_rate": churn,
        "quick_ratio": (new + more + back) / (less + lost) if less + lost else None,
        "arpa": arpa,
        "logo_churn_rate": left / (customers + left) if customers + left else None,
        "lifetime_value": arpa / churn if arpa is not None and churn else None,
    }


@pytest.mark.parametrize("name", RATES)
def test_a_rate_is_that_of_its_formula_over_sql(book: Book, name: str) -> None:
    """Of a month in which anything moved; without one row of a movement nothing is known of it."""
    moved = [any(one[each] for each in AMOUNTS) for one in book.by_hand()]
    months = [one[name] for one, is_told in zip(book.ask(name), moved, strict=True) if is_told]
    wanted = [rates_by_hand(one)[name] for one, is_told in zip(book.by_hand(), moved, strict=True) if is_told]
    assert sum(one is not None for one in wanted) >= 6
    assert months == [None if one is None else pytest.approx(one) for one in wanted]


def test_growth_over_a_year_equals_sql(book: Book) -> None:
    """None, and neither 0 nor endless, where there was nothing a year before."""
    wanted = [float(number(one["mrr"])) for one in book.by_hand()]
    months = [one["arr_growth"] for one in book.ask("arr_growth")]
    growth = [pytest.approx(now / then - 1) if then else None for then, now in zip(wanted, wanted[12:], strict=False)]
    assert sum(one is not None for one in growth) >= 10
    assert months[12:] == growth


def test_what_new_customers_pay_equals_sql(ravenstack: Book) -> None:
    firsts = """
        SELECT month, sum(mrr) / count(*)::DOUBLE, sum(mrr) / sum(seats)::DOUBLE FROM (
            SELECT *, date_trunc('month', start_date)::DATE AS month, min(start_date) OVER account AS first
            FROM paying WHERE end_date IS NULL OR end_date > start_date WINDOW account AS (PARTITION BY account_id))
        WHERE start_date = first GROUP BY 1 ORDER BY 1"""
    wanted = ravenstack.store.sql(firsts)
    months = ravenstack.ask("average_new_mrr", "average_seat_price")
    assert [(one["month"], one["average_new_mrr"], one["average_seat_price"]) for one in months] == [
        (month, pytest.approx(mean), pytest.approx(price)) for month, mean, price in wanted
    ]


def test_a_customer_of_the_playbook_is_told_as_it_is_read_off_the_file(shared_data: Path) -> None:
    """Customer 1: 50 from November 2018, nothing from February, 50 again from April, 75 from June, gone in August."""
    view = PLAYBOOK + " WHERE customer_id = 1"
    book = Book(view, shared_data, dt.date(2018, 11, 1), dt.date(2019, 8, 31))
    told = {(one["month"], name): one[name] for one in book.ask(*AMOUNTS) for name in AMOUNTS if one[name] is not None}
    assert told == {
        (dt.date(2018, 11, 1), "new_mrr"): 50,
        (dt.date(2019, 2, 1), "churned_mrr"): 50,
        (dt.date(2019, 4, 1), "reactivation_mrr"): 50,
        (dt.date(2019, 6, 1), "expansion_mrr"): 25,
        (dt.date(2019, 8, 1), "churned_mrr"): 75,
    }


def test_the_sums_are_those_of_the_files(playbook: Book, ravenstack: Book) -> None:
    """What is paid on the last day, added up straight from the rows of the file."""
    for book in (playbook, ravenstack):
        ((paid,),) = book.store.sql(
            f"SELECT sum(mrr) FROM paying WHERE start_date <= '{book.last}'"
            f" AND (end_date IS NULL OR end_date > '{book.last}')"
        )
        assert number(book.ask("mrr")[-1]["mrr"]) == number(paid)
    assert set(playbook.catalog.broken) >= {"acquisition_cost", "magic_number"}
