"""Every option of `plumbline query` on the demo, against SQL written by hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo import build
from tests.end_to_end.conftest import answer_of, plumbline

ROWS = "rows"


@pytest.fixture(scope="module")
def deals() -> Iterator[duckdb.DuckDBPyConnection]:
    """The demo's deals in a plain DuckDB; today is 20 November 2026."""
    connection = duckdb.connect()
    connection.register("arrived", build("brightwater").tables["deals"])
    connection.execute("CREATE TABLE deals AS SELECT * FROM arrived")
    yield connection
    connection.close()


def asked(data: Path, *options: str) -> dict[str, Any]:
    """The answer to a question about bookings."""
    return answer_of("query", "--tenant", "brightwater", "--metric", "bookings", *options, data=data)


def written(deals: duckdb.DuckDBPyConnection, sql: str) -> list[list[Any]]:
    """The rows of SQL as JSON has them."""
    return [
        [value.isoformat() if hasattr(value, "isoformat") else float(value) if value is not None and not
         isinstance(value, str | bool) else value for value in row]
        for row in deals.execute(sql).fetchall()
    ]  # fmt: skip


def close(found: list[list[Any]], expected: list[list[Any]]) -> bool:
    """Whether rows are equal, floating-point numbers nearly."""
    return len(found) == len(expected) and all(
        left == pytest.approx(right) if isinstance(right, float) else left == right
        for one, other in zip(found, expected, strict=True)
        for left, right in zip(one, other, strict=True)
    )


def test_a_range_and_a_comparison_are_cut_at_today(demo_data: Path, deals: duckdb.DuckDBPyConnection) -> None:
    answer = asked(demo_data, "--range", "this quarter", "--compare", "prior_year", "--compare", "prior_period")
    (row,) = answer[ROWS]
    expected = written(
        deals,
        """SELECT
        sum(amount) FILTER (close_date BETWEEN '2026-10-01' AND '2026-11-20'),
        sum(amount) FILTER (close_date BETWEEN '2025-10-01' AND '2025-11-20'),
        sum(amount) FILTER (close_date BETWEEN '2026-07-01' AND '2026-08-20') FROM deals WHERE is_won""",
    )[0]
    now, year, quarter = expected
    assert row == pytest.approx(
        [now, year, now - year, (now - year) / year, quarter, now - quarter, (now - quarter) / quarter]
    )
    assert [column["name"] for column in answer["columns"]][:4] == [
        "bookings", "bookings_prior_year", "bookings_prior_year_change", "bookings_prior_year_percent",
    ]  # fmt: skip


def test_totals_are_those_of_all_rows(demo_data: Path, deals: duckdb.DuckDBPyConnection) -> None:
    answer = asked(demo_data, "--by", "region", "--by", "segment", "--range", "last quarter", "--totals")
    expected = written(
        deals,
        """SELECT region, segment, GROUPING(region) + GROUPING(segment) AS t, sum(amount)
        FILTER (is_won) FROM deals WHERE close_date BETWEEN '2026-07-01' AND '2026-09-30'
        GROUP BY ROLLUP (region, segment) ORDER BY region NULLS LAST, segment NULLS LAST, t""",
    )
    assert close(answer[ROWS], expected)


def test_empty_periods_are_filled(demo_data: Path, deals: duckdb.DuckDBPyConnection) -> None:
    options = ("--where", "deal = 'no such deal'", "--grain", "month", "--from", "2026-01-01", "--to", "2026-03-31")
    assert asked(demo_data, *options)[ROWS] == []
    filled = asked(demo_data, *options, "--fill")[ROWS]
    assert filled == [["2026-01-01", None], ["2026-02-01", None], ["2026-03-01", None]]
    rows = asked(demo_data, "--grain", "day", "--range", "last month", "--fill")[ROWS]
    expected = written(
        deals,
        """SELECT d::DATE, sum(amount) FROM generate_series(DATE '2026-10-01', DATE '2026-10-31',
        INTERVAL 1 DAY) g(d) LEFT JOIN deals ON close_date = d::DATE AND is_won GROUP BY 1 ORDER BY 1""",
    )
    assert close(rows, expected)


def test_the_largest_members_stay_and_the_others_are_one(demo_data: Path, deals: duckdb.DuckDBPyConnection) -> None:
    rows = asked(demo_data, "--by", "source", "--range", "last 4 quarters", "--top", "2", "--order", "other")[ROWS]
    in_range = "is_won AND close_date BETWEEN '2025-10-01' AND '2026-09-30'"
    top = written(deals, f"SELECT source, sum(amount) FROM deals WHERE {in_range} GROUP BY 1 ORDER BY 2 DESC LIMIT 2")
    ((whole,),) = written(deals, f"SELECT sum(amount) FROM deals WHERE {in_range}")
    expected = [[name, False, amount] for name, amount in sorted(top)]
    assert close(rows, [*expected, ["Other", True, whole - sum(amount for _, amount in top)]])


def test_rows_are_kept_by_their_values(demo_data: Path, deals: duckdb.DuckDBPyConnection) -> None:
    rows = asked(demo_data, "--by", "region", "--range", "last year", "--having", "bookings > 5000000")[ROWS]
    expected = written(
        deals,
        """SELECT region, sum(amount) FROM deals
        WHERE is_won AND close_date BETWEEN '2025-01-01' AND '2025-12-31' GROUP BY 1
        HAVING sum(amount) > 5000000 ORDER BY 1""",
    )
    assert close(rows, expected)
    assert 0 < len(rows) < 4


def test_grains_are_those_of_the_fiscal_and_the_retail_calendar(
    demo_data: Path, deals: duckdb.DuckDBPyConnection
) -> None:
    rows = asked(demo_data, "--grain", "fiscal_year", "--from", "2025-01-01", "--to", "2026-06-30")[ROWS]
    expected = written(
        deals,
        """SELECT date_trunc('year', close_date)::DATE, sum(amount) FROM deals
        WHERE is_won AND close_date BETWEEN '2025-01-01' AND '2026-06-30' GROUP BY 1 ORDER BY 1""",
    )
    assert close(rows, expected)
    weeks = asked(demo_data, "--grain", "retail_month", "--from", "2025-12-29", "--to", "2026-03-29")[ROWS]
    assert [row[0] for row in weeks] == ["2025-12-29", "2026-01-26", "2026-02-23"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--compare", "prior_yeer", "--range", "this month"), "Did you mean prior_year"),
        (("--range", "next month"), "is not a range"),
        (("--having", "revenue > 1"), "no column revenue to filter by"),
        (("--top", "3"), "needs a dimension"),
        (("--totals",), "Totals need a dimension"),
        (("--fill", "--grain", "month"), "need a first day"),
        (("--grain", "moon"), "There is no grain moon"),
    ],
)
def test_what_an_option_cannot_mean_is_told(demo_data: Path, options: tuple[str, ...], message: str) -> None:
    done = plumbline("query", "--tenant", "brightwater", "--metric", "bookings", *options, data=demo_data)
    assert done.returncode == 1
    assert message in " ".join(done.stderr.split())
