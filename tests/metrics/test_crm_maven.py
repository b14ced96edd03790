"""The public CRM data set: four files with real-world flaws, and the numbers a careful analyst gets from them."""

import datetime as dt
from pathlib import Path

import pytest

from metrics import Catalog, Grain, MetricQuery, compile_key_check, load_catalog
from tests.metrics.small_store import SmallStore

DEFINITIONS = Path(__file__).resolve().parent.parent / "data" / "crm_maven"
TABLES = ("accounts", "products", "sales_pipeline", "sales_teams")


@pytest.fixture(scope="module")
def store(shared_data: Path) -> SmallStore:
    """The four files as an import would leave them: dates are dates."""
    folder = shared_data / "crm_maven"
    create = "CREATE TABLE {0} AS SELECT * FROM read_csv('{1}', header = true, dateformat = '%m/%d/%Y')"
    return SmallStore(*(create.format(table, folder / f"{table}.csv") for table in TABLES))


@pytest.fixture(scope="module")
def catalog(store: SmallStore) -> Catalog:
    """The definitions kept beside the tests, checked against the tables."""
    return load_catalog({path.name: path.read_text() for path in DEFINITIONS.glob("*.yaml")}, store.schema())


def test_totals_are_the_published_ones(store: SmallStore, catalog: Catalog) -> None:
    query = MetricQuery(metrics=("revenue_won", "win_rate", "won_deals", "average_deal", "sales_cycle_days"))
    ((revenue, win_rate, won, average, cycle),) = store.ask(catalog, query)
    assert (revenue, won) == (10_005_534, 4_238)
    assert win_rate == pytest.approx(0.6315, abs=5e-5)
    assert average == pytest.approx(2360.91, abs=5e-3)
    assert cycle == pytest.approx(51.8, abs=5e-2)


def test_win_rate_by_regional_office(store: SmallStore, catalog: Catalog) -> None:
    rows = store.ask(catalog, MetricQuery(metrics=("win_rate",), by=("region",)))
    assert [(region, round(float(str(rate)) * 100, 2)) for region, rate in rows] == [
        ("Central", 62.56),
        ("East", 63.02),
        ("West", 63.94),
    ]


def test_win_rate_by_close_quarter_of_2017(store: SmallStore, catalog: Catalog) -> None:
    query = MetricQuery(
        metrics=("win_rate",), grain=Grain.QUARTER, start=dt.date(2017, 1, 1), end=dt.date(2017, 12, 31)
    )
    rows = store.ask(catalog, query)
    assert [(period, round(float(str(rate)) * 100, 2)) for period, rate in rows] == [
        (dt.date(2017, 1, 1), 82.07),
        (dt.date(2017, 4, 1), 61.71),
        (dt.date(2017, 7, 1), 61.41),
        (dt.date(2017, 10, 1), 60.25),
    ]


@pytest.mark.parametrize("dimension", ["region", "product", "agent", "account", "series", "sector", "manager", "stage"])
def test_no_deal_is_lost_by_any_split(store: SmallStore, catalog: Catalog, dimension: str) -> None:
    rows = store.ask(catalog, MetricQuery(metrics=("deals_engaged", "revenue_won"), by=(dimension,)))
    assert sum(int(str(deals)) for _, deals, _ in rows) == 8_800
    assert sum(int(str(revenue or 0)) for _, _, revenue in rows) == 10_005_534


def test_a_product_missing_from_the_price_list_is_counted(store: SmallStore, catalog: Catalog) -> None:
    rows = store.ask(catalog, MetricQuery(metrics=("deals_engaged",), by=("product", "series"), where="series IS NULL"))
    assert rows == [("GTXPro", None, 1_480)]


def test_deals_without_an_account_are_a_member(store: SmallStore, catalog: Catalog) -> None:
    rows = store.ask(catalog, MetricQuery(metrics=("deals_engaged",), where="account IS NULL"))
    assert rows == [(1_425,)]


def test_a_misspelt_sector_is_repaired_by_its_dimension(store: SmallStore, catalog: Catalog) -> None:
    rows = store.ask(catalog, MetricQuery(metrics=("customers",), by=("sector",), order=("-sector",)))
    expected = store.sql(
        "SELECT replace(sector, 'technolgy', 'technology') AS s, count(*) FROM accounts GROUP BY s ORDER BY s DESC"
    )
    assert rows == expected


def test_a_ratio_over_two_models_by_a_shared_dimension(store: SmallStore, catalog: Catalog) -> None:
    rows = store.ask(catalog, MetricQuery(metrics=("revenue_per_employee",), by=("country",)))
    expected = store.sql(
        """
        SELECT office_location, won / employees::DOUBLE FROM
          (SELECT office_location, sum(employees) AS employees FROM accounts GROUP BY 1)
          LEFT JOIN (SELECT office_location, sum(close_value) AS won FROM sales_pipeline JOIN accounts USING (account)
                     WHERE deal_stage = 'Won' GROUP BY 1) USING (office_location) ORDER BY 1
        """
    )
    assert [row for row in rows if row[0] is not None] == expected
    # Deals without an account have revenue but nobody they could be divided by.
    assert [row for row in rows if row[0] is None] == [(None, None)]


@pytest.mark.parametrize("model", ["accounts", "deals", "products", "teams"])
def test_keys_hold_in_the_data(store: SmallStore, catalog: Catalog, model: str) -> None:
    check = compile_key_check(catalog, model)
    assert check is not None
    assert store.run(check) == []
