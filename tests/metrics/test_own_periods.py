"""Periods of a calendar in a table: they begin where the table says, and a day it lacks is never left out."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidError, RefusedError
from metrics import Catalog, CompileContext, DefinitionError, MetricQuery, OwnGrain, compile_query
from metrics.calendar_rows import calendar_rows
from metrics.own_periods import OwnCalendars, read_periods
from metrics.relative import find_range
from tests.metrics.small_store import SmallStore

SEASON = OwnGrain("season")
DAYS = """
    model: seasons
    table: days
    key: day
    calendar: {day: day, grains: {season: season, wage_month: wage_month}}
"""
SALES = """
    model: sales
    table: sales
    time: sold
    dimensions: {region: {}, sold: {type: time}}
    measures: {amount: {agg: sum, sql: amount}, sales: {agg: count}}
    metrics:
      amount: {kind: simple, measure: amount}
      sales: {kind: simple, measure: sales}
      mean: {kind: ratio, numerator: amount, denominator: sales}
      rolling: {kind: cumulative, measure: sales, window: 10 days}
"""
MAKE_DAYS = """
CREATE TABLE days AS SELECT d::DATE AS day,
    CASE WHEN d < DATE '2025-02-11' THEN 'winter' WHEN d < DATE '2025-06-20' THEN 'spring'
         WHEN d < DATE '2025-09-03' THEN 'summer' ELSE 'winter' END AS season,
    strftime(d + INTERVAL 10 DAY, '%Y-%m') AS wage_month
FROM generate_series(TIMESTAMP '2024-12-04', TIMESTAMP '2025-12-31', INTERVAL 1 DAY) AS s(d)
"""
MAKE_SALES = """
CREATE TABLE sales AS SELECT (TIMESTAMP '2024-12-20' + INTERVAL (i * 17) HOUR)::TIMESTAMP AS sold,
    ['a', 'b', NULL][1 + i % 3] AS region, (i % 97)::DECIMAL(9, 2) AS amount FROM range(500) AS r(i)
"""
START, END = dt.date(2025, 1, 5), dt.date(2025, 11, 30)
ZONE = "America/New_York"


class Asked:
    """A store with its catalogue and the calendars read from its table."""

    def __init__(self, *statements: str) -> None:
        self.store = SmallStore(MAKE_DAYS, MAKE_SALES, *statements)
        self.catalog: Catalog = self.store.catalog(DAYS, SALES)
        grains = {}
        for grain, model in self.catalog.grains.items():
            assert model.calendar is not None
            statement = calendar_rows(model, model.calendar, model.calendar.grains[grain]).sql(dialect="duckdb")
            rows = self.store.connection.execute(statement).fetchall()
            grains[grain] = read_periods(grain, model.name, [(day, period) for day, period in rows])
        self.context = CompileContext(zone=ZONE, own=OwnCalendars(grains=grains), today=dt.date(2025, 11, 30))

    def ask(self, query: MetricQuery) -> list[tuple[object, ...]]:
        """The rows of a question."""
        return self.store.ask(self.catalog, query, self.context)


def by_hand(column: str, values: str, keys: str = "") -> str:
    """Each row with the calendar's row of its day; a period is named by the first day of its run."""
    return f"""
    WITH marked AS (SELECT day, {column} AS name, lag({column}) OVER (ORDER BY day) AS before FROM days),
    runs AS (SELECT day, max(CASE WHEN name IS DISTINCT FROM before THEN day END) OVER (ORDER BY day) AS first
             FROM marked),
    local AS (SELECT *, (sold AT TIME ZONE 'UTC' AT TIME ZONE '{ZONE}')::DATE AS day FROM sales)
    SELECT first{keys}, {values} FROM local JOIN runs USING (day)
    WHERE day BETWEEN DATE '{START}' AND DATE '{END}' GROUP BY ALL ORDER BY ALL"""


@pytest.fixture(scope="module")
def asked() -> Asked:
    return Asked()


@pytest.mark.parametrize("grain", ["season", "wage_month"])
def test_rows_fall_in_the_periods_of_the_table(asked: Asked, grain: str) -> None:
    query = MetricQuery(metrics=("amount", "sales", "mean"), grain=OwnGrain(grain), start=START, end=END)
    written = asked.store.sql(by_hand(grain, "sum(amount), count(*), sum(amount)::DOUBLE / count(*)"))
    assert len(written) == {"season": 4, "wage_month": 12}[grain]
    assert asked.ask(query) == written


def test_a_period_begins_on_the_day_of_the_table_and_not_with_a_month(asked: Asked) -> None:
    """An origin of the periods that is ignored would let them begin on the 1st."""
    rows = asked.ask(MetricQuery(metrics=("sales",), grain=OwnGrain("wage_month"), start=START, end=END))
    firsts = [row[0] for row in rows]
    assert firsts[0] == dt.date(2024, 12, 22)
    assert firsts[1:4] == [dt.date(2025, 1, 22), dt.date(2025, 2, 19), dt.date(2025, 3, 22)]


def test_a_name_that_comes_again_is_another_period(asked: Asked) -> None:
    rows = asked.ask(MetricQuery(metrics=("sales",), grain=SEASON, start=START, end=END))
    assert [row[0] for row in rows] == [
        dt.date(2024, 12, 4), dt.date(2025, 2, 11), dt.date(2025, 6, 20), dt.date(2025, 9, 3),
    ]  # fmt: skip


def test_it_is_split_filtered_and_filled(asked: Asked) -> None:
    query = MetricQuery(
        metrics=("sales",), by=("region",), grain=SEASON, start=START, end=END, where="region = 'a'", is_filled=True
    )
    written = asked.store.sql(by_hand("season", "count(*) FILTER (WHERE region = 'a')"))
    assert [(first, count) for first, _, count in asked.ask(query)] == written


def test_the_period_before_has_a_length_of_its_own_and_is_cut_at_the_same_day(asked: Asked) -> None:
    """The 89th day of the running season against the first 75 days of summer, which has no more."""
    query = MetricQuery(
        metrics=("sales",),
        grain=SEASON,
        start=dt.date(2025, 9, 3),
        end=dt.date(2025, 12, 31),
        compare=("prior_period",),
    )
    local = f"(sold AT TIME ZONE 'UTC' AT TIME ZONE '{ZONE}')::DATE"
    written = asked.store.sql(f"""SELECT DATE '2025-09-03',
        count(*) FILTER (WHERE {local} BETWEEN DATE '2025-09-03' AND DATE '2025-11-30'),
        count(*) FILTER (WHERE {local} BETWEEN DATE '2025-06-20' AND DATE '2025-09-02') FROM sales""")
    assert [row[:3] for row in asked.ask(query)] == written


def test_a_rolling_window_ends_with_each_period(asked: Asked) -> None:
    query = MetricQuery(metrics=("rolling",), grain=SEASON, start=dt.date(2025, 2, 11), end=dt.date(2025, 9, 2))
    local = f"(sold AT TIME ZONE 'UTC' AT TIME ZONE '{ZONE}')::DATE"
    (spring,) = asked.store.sql(f"SELECT count(*) FROM sales WHERE {local} BETWEEN '2025-06-10' AND '2025-06-19'")
    (summer,) = asked.store.sql(f"SELECT count(*) FROM sales WHERE {local} BETWEEN '2025-08-24' AND '2025-09-02'")
    assert asked.ask(query) == [(dt.date(2025, 2, 11), *spring), (dt.date(2025, 6, 20), *summer)]


def test_a_range_is_told_in_the_periods_of_the_table(asked: Asked) -> None:
    calendar, today = asked.context.calendar, dt.date(2025, 7, 9)
    assert find_range("this season", today, calendar) == (dt.date(2025, 6, 20), dt.date(2025, 9, 2))
    assert find_range("last 2 seasons", today, calendar) == (dt.date(2024, 12, 4), dt.date(2025, 6, 19))
    assert find_range("wage month to date", today, calendar) == (dt.date(2025, 6, 21), today)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("DELETE FROM days WHERE day = '2025-07-04'", "no season for 2025-07-04, so the rows of that day"),
        ("UPDATE days SET season = NULL WHERE day = '2025-07-04'", "no season for 2025-07-04"),
        ("DELETE FROM days WHERE day > '2025-11-01'", "has the days 2024-12-04 to 2025-11-01, so the season of"),
        ("DELETE FROM days WHERE day < '2025-01-10'", "the season of 2025-01-05 is not known"),
        ("INSERT INTO days VALUES ('2025-07-04', 'spring', '2025-07')", "has the day 2025-07-04 twice"),
        ("DELETE FROM days", "has no day with a season. Load its table first"),
        ("INSERT INTO days VALUES ('9990-07-04', 'spring', '2025-07')", "400 years at most"),
    ],
)
def test_a_question_that_needs_a_day_the_table_cannot_tell_is_refused(change: str, message: str) -> None:
    asked = Asked(change)
    with pytest.raises(RefusedError, match=message):
        asked.ask(MetricQuery(metrics=("sales",), grain=SEASON, start=START, end=dt.date(2025, 12, 15)))


def test_questions_that_do_not_need_the_missing_day_are_answered() -> None:
    asked = Asked("DELETE FROM days WHERE day = '2025-07-04'")
    query = MetricQuery(metrics=("sales",), grain=SEASON, start=START, end=dt.date(2025, 6, 19))
    assert len(asked.ask(query)) == 2
    assert asked.ask(MetricQuery(metrics=("sales",))) == [(500,)]


def test_without_a_first_day_it_is_refused_and_nothing_is_left_out(asked: Asked) -> None:
    with pytest.raises(RefusedError, match="need a first day"):
        asked.ask(MetricQuery(metrics=("sales",), grain=SEASON, end=END))


def test_an_unknown_grain_is_named_with_the_nearest(asked: Asked) -> None:
    query = MetricQuery(metrics=("sales",), grain=OwnGrain("seasn"), start=START, end=END)
    with pytest.raises(InvalidError, match="There is no grain seasn"):
        compile_query(asked.catalog, query, asked.context)


def test_amounts_add_up_to_those_without_periods(asked: Asked) -> None:
    whole = asked.ask(MetricQuery(metrics=("amount",), start=START, end=END))
    parts = asked.ask(MetricQuery(metrics=("amount",), grain=SEASON, start=START, end=END))
    assert sum((row[1] for row in parts if isinstance(row[1], Decimal)), Decimal(0)) == whole[0][0]


@pytest.mark.parametrize(
    ("calendar", "message"),
    [
        ("{day: dai, grains: {season: season}}", "no column dai. Did you mean day"),
        ("{day: season, grains: {season: season}}", "season is VARCHAR; the day of a calendar is a DATE"),
        ("{day: day, grains: {season: saison}}", "no column saison. Did you mean season"),
        ("{day: day, grains: {month: season}}", "grain month of .* is one that there is anyway"),
        ("{day: day, grains: {Full Moon: season}}", "badly named"),
        ("{day: day}", "has no `grains`"),
        ("{grains: {season: season}}", "has no `day`"),
        ("{day: day, grains: {season: season}, weeks: 4}", "does not take `weeks`"),
    ],
)
def test_what_is_wrong_with_a_definition_is_said(calendar: str, message: str) -> None:
    store = SmallStore(MAKE_DAYS)
    with pytest.raises(DefinitionError, match=message):
        store.catalog(f"{{model: seasons, table: days, calendar: {calendar}}}")


def test_two_calendars_cannot_have_a_grain_of_one_name() -> None:
    store = SmallStore(MAKE_DAYS)
    other = DAYS.replace("model: seasons", "model: more")
    with pytest.raises(DefinitionError, match="grain season is already that of model"):
        store.catalog(DAYS, other)
