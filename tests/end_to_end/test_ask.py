"""Ask, driven in a browser: what it shows equals SQL written by hand, and its address holds every choice."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest
from playwright.sync_api import Browser, Page, expect

from core.numbers import compact, full
from demo import build
from tests.end_to_end.acts import cells, choose, open_behind, settle
from tests.end_to_end.conftest import Server, sign_in

pytestmark = pytest.mark.browser

ANALYST = "analyst@brightwater.example"
QUARTER = "BETWEEN DATE '2026-10-01' AND DATE '2026-11-20'"
YEAR_BEFORE = "BETWEEN DATE '2025-10-01' AND DATE '2025-11-20'"


@pytest.fixture(scope="module")
def deals() -> Iterator[duckdb.DuckDBPyConnection]:
    """The demo's deals in a plain DuckDB."""
    connection = duckdb.connect()
    connection.register("arrived", build("brightwater").tables["deals"])
    connection.execute("CREATE TABLE deals AS SELECT * FROM arrived")
    yield connection
    connection.close()


def rows_of(page: Page) -> list[list[str]]:
    """The cells of the table of figures, without its head and without regard to spaces."""
    _, *rows = cells(page, ".st-key-card_ask_table table")
    return [["".join(text.split()) for text in row] for row in rows]


def money(value: object) -> str:
    """An amount as a table shows it."""
    return "".join(full(value, "USD", decimals=0).split()) if value is not None else "\u2014"  # type: ignore[arg-type]


def test_a_question_chosen_on_the_page_is_in_its_address_and_equals_sql(
    browser: Browser, server: Server, deals: duckdb.DuckDBPyConnection
) -> None:
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/ask")
        expect(page.locator("h1.pl-answer")).to_contain_text("Bookings")
        split = page.get_by_role("combobox", name="Split by")
        open_behind(page, page.get_by_role("button", name="Split by"), split)
        choose(page, split, "Region")
        page.wait_for_url("**by=region**")
        page.keyboard.press("Escape")
        for box, option in (("Periods", "No periods"), ("Range", "Quarter to date")):
            choose(page, page.get_by_role("combobox", name=box), option)
            expect(page.get_by_role("combobox", name=box)).to_have_value(option)
        page.wait_for_url("**range=quarter+to+date**")
        expect(page.locator(".st-key-card_ask_table caption")).to_contain_text("region, close date from 1 Oct 2026")
        found = rows_of(page)
        chosen = parse_qs(urlsplit(page.url).query)
    assert chosen == {
        "metric": ["bookings"], "by": ["region"], "range": ["quarter to date"], "compare": ["prior_year"],
    }  # fmt: skip
    written = deals.execute(
        f"""SELECT region, sum(amount) FILTER (close_date {QUARTER}), sum(amount) FILTER (close_date {YEAR_BEFORE})
        FROM deals WHERE is_won GROUP BY region ORDER BY region"""
    ).fetchall()
    assert [row[:3] for row in found] == [
        [name.replace(" ", ""), money(now), money(then)] for name, now, then in written
    ]
    assert [row[3] for row in found] == [money(now - then) for _, now, then in written]


def test_a_filter_totals_and_the_answer_equal_sql(
    browser: Browser, server: Server, deals: duckdb.DuckDBPyConnection
) -> None:
    with sign_in(browser, server, ANALYST) as page:
        page.goto(
            f"{server.address}/ask?metric=bookings&metric=win_rate&by=segment&range=quarter+to+date&totals=yes"
            "&f.region=EMEA&f.region=APAC"
        )
        found = rows_of(page)
        expect(page.get_by_role("button", name="Filter (1)")).to_be_visible()
        answer = page.locator("h1.pl-answer").inner_text()
    written = deals.execute(
        f"""SELECT segment, sum(amount) FILTER (is_won), avg(is_won::INT) FROM deals
        WHERE is_closed AND close_date {QUARTER} AND region IN ('EMEA', 'APAC')
        GROUP BY GROUPING SETS ((segment), ()) ORDER BY segment NULLS LAST"""
    ).fetchall()
    assert [row[:2] for row in found] == [[name or "All", money(amount)] for name, amount, _ in written]
    assert [row[2] for row in found] == ["".join(full(rate, "ratio").split()) for *_, rate in written]
    assert "".join(str(compact(written[-1][1], "USD")).split()) in "".join(answer.split())


def test_a_row_opens_the_rows_behind_it(browser: Browser, server: Server, deals: duckdb.DuckDBPyConnection) -> None:
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/ask?metric=bookings&by=region&range=quarter+to+date")
        page.locator(".st-key-card_ask_table").get_by_role("button", name="EMEA").click()
        dialog = page.get_by_role("dialog")
        (count,) = deals.execute(
            f"SELECT count(*) FROM deals WHERE is_won AND region = 'EMEA' AND close_date {QUARTER}"
        ).fetchone() or (0,)
        expect(dialog).to_contain_text(f"{count:,} rows of Deals for Bookings")
        with page.expect_download() as download:
            dialog.get_by_role("button", name="CSV", exact=True).click()
        lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == count + 1


def test_why_it_moved_is_told_and_a_question_is_saved_to_a_notebook(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/ask?metric=bookings&by=region&range=quarter+to+date&compare=prior_year")
        why = page.locator(".st-key-card_ask_why")
        expect(why).to_contain_text("Why it moved, by")
        expect(why).to_contain_text("Bookings rose by $2.04\u202fM")
        settle(page)
        bars = why.locator(".pl-part-value").all_inner_texts()
        assert (bars[0], bars[-1]) == ("$3.66\u202fM", "$5.71\u202fM")
        notebook = page.get_by_role("textbox", name="Notebook")
        open_behind(page, page.get_by_role("button", name="Save to notebook"), notebook)
        notebook.fill("Regions")
        notebook.press("Enter")
        settle(page)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Cell bookings of Regions")).to_be_visible()
        page.goto(f"{server.address}/notebooks?id=regions")
        expect(page.locator(".js-plotly-plot")).to_have_count(1)


def test_an_unknown_name_is_answered_with_the_nearest(browser: Browser, server: Server) -> None:
    with sign_in(browser, server, ANALYST) as page:
        page.goto(f"{server.address}/ask?metric=bokings")
        expect(page.get_by_text("There is no metric bokings. Did you mean bookings")).to_be_visible()
        page.goto(f"{server.address}/ask?metric=bookings&grain=moon")
        expect(page.get_by_text("There is no grain moon")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_ask_fits_a_phone(browser: Browser, server: Server, theme: str) -> None:
    with sign_in(browser, server, ANALYST, width=390, theme=theme) as page:
        page.goto(f"{server.address}/ask?metric=win_rate&by=segment&range=quarter+to+date&compare=prior_period")
        rows_of(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
