"""The facts of `demo/FACTS.md`: asked again by hand-written SQL, and clear enough to be found."""

import duckdb
import pytest

import demo
from tests.demo.facts import FACTS, ask, read_queries, read_tables

TABLES = read_tables(FACTS.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("tenant", "query"), TABLES)
def test_table_of_the_file_is_what_the_data_say(tenant: str, query: str, request: pytest.FixtureRequest) -> None:
    connection: duckdb.DuckDBPyConnection = request.getfixturevalue(f"{tenant}_sql")
    assert TABLES[tenant, query] == ask(connection, read_queries(tenant)[query])


def test_every_query_has_its_table_in_the_file() -> None:
    asked = {(tenant, query) for tenant in demo.SLUGS for query in read_queries(tenant)}
    assert set(TABLES) == asked


def column(tenant: str, query: str, head: str) -> dict[str, float]:
    """The numbers of one column of a table of the file, by the first column."""
    head_row, *rows = TABLES[tenant, query]
    place = head_row.index(head)
    return {row[0]: float(row[place].replace(",", "")) for row in rows}


def test_win_rate_falls_in_emea_alone() -> None:
    before, after = (column("brightwater", "emea_fall", f"win rate Q{quarter}, %") for quarter in (2, 3))
    fall = {region: before[region] - after[region] for region in before}
    assert fall["EMEA"] > 8
    assert all(abs(fall[region]) < 4 for region in fall if region != "EMEA")


def test_win_rate_of_emea_in_q3_is_its_lowest() -> None:
    rates = column("brightwater", "win_rate_by_region", "EMEA")
    others = [rate for quarter, rate in rates.items() if quarter < "2026-07"]
    assert rates["2026-07"] < min(others) - 4


def test_a_fraction_of_the_events_arrives_on_the_bad_tracking_day() -> None:
    assert column("brightwater", "bad_tracking_day", "share, %")["2026-10-13"] < 15


def test_only_one_working_day_has_so_few_events(brightwater_sql: duckdb.DuckDBPyConnection) -> None:
    query = """
        WITH days AS (
            SELECT CAST(occurred_at AT TIME ZONE 'UTC' AS DATE) AS day, count(*) AS events
            FROM events GROUP BY 1
        )
        SELECT CAST(day AS VARCHAR) FROM days AS here
        WHERE isodow(day) < 6 AND day >= DATE '2025-06-01' AND events < 0.15 * (
            SELECT median(events) FROM days WHERE day BETWEEN here.day - 28 AND here.day + 28 AND isodow(day) < 6
        )
    """
    assert brightwater_sql.execute(query).fetchall() == [("2026-10-13",)]


def test_new_customers_pay_more_after_the_price_rise() -> None:
    for head in ("average new MRR", "average seat price", "Core Starter seat", "Core Growth seat"):
        paid = column("brightwater", "price_rise", head)
        assert paid["60 days after"] > 1.09 * paid["60 days before"], head


def test_half_of_the_offers_customers_leave_early_and_hardly_any_others() -> None:
    share = column("brightwater", "early_churn", "share, %")
    assert share.pop("started in June 2026 through a partner") > 45
    assert max(share.values()) < 5


def test_slipping_rep_pushes_four_times_as_much_as_the_others() -> None:
    share = column("brightwater", "slipping_rep", "share, %")
    assert share["Gareth Pryce"] > 3.5 * share["all other reps"]
    names, shares = zip(*column("brightwater", "slipping_rank", "share, %").items(), strict=True)
    assert names[0] == "Gareth Pryce"
    assert shares[0] > 2 * shares[1]


def test_bookings_are_a_little_ahead_of_the_quarter_before() -> None:
    here, before, _ = column("brightwater", "quarter_to_date", "bookings").values()
    assert 1.0 < here / before < 1.1


def test_brightwater_is_a_company_of_thirty_to_forty_million_a_year() -> None:
    monthly = column("brightwater", "mrr_by_month", "MRR")
    assert 30e6 < 12 * monthly["2026-10-31"] < 40e6


def test_deals_are_won_faster_than_they_are_lost() -> None:
    days = column("brightwater", "cycle", "mean days")
    assert 60 <= days["won"] <= 90
    assert days["lost"] > days["won"] + 4


def test_usage_fades_before_a_customer_leaves() -> None:
    [head, row] = TABLES["brightwater", "usage_before_churn"]
    early, late = (float(row[place].replace(",", "")) for place in (1, 2))
    assert late < 0.5 * early, head


def test_return_rate_of_the_south_jumps_with_the_batch() -> None:
    south = column("harbour", "bad_batch", "return rate South, %")
    others = column("harbour", "bad_batch", "all other regions, %")
    assert south["2026-07"] > 2 * south["2026-04"]
    assert max(others.values()) < 2.5


def test_largest_customer_is_a_twelfth_of_revenue_and_then_gone() -> None:
    share = column("harbour", "lost_customer", "share of all, %")
    assert share["2026-01"] > 8
    assert share["2026-04"] == 0
