"""A pipeline by stage on 100 past dates over 1 M changes, in one pass, against SQL by hand, one query for each date."""

import datetime as dt
import time
from statistics import median
from textwrap import dedent

import duckdb

from benchmarks.outcome import Bar, Outcome
from metrics import CompileContext, Grain, MetricQuery, compile_query, load_catalog

KIND = "as_of"
_ROWS = 1_000_000
_DEALS = 250_000
_DATES = 100
_ROUNDS = 5
_FIRST = dt.date(2026, 1, 1)
_MAKE = """
CREATE TABLE changes AS
SELECT
    i AS id,
    CAST(hash(i) % {deals} AS INTEGER) AS deal,
    DATE '2025-06-01' + CAST(i * 330 // {rows} AS INTEGER) AS changed,
    ['new', 'qualified', 'proposal', 'contract', 'won', 'lost'][1 + CAST(hash(i, 1) % 6 AS INTEGER)] AS stage,
    CAST(hash(i, 2) % 9000000 / 100 AS DECIMAL(12, 2)) AS amount
FROM range({rows}) AS rows(i)
"""
_MODEL = """
model: changes
table: changes
key: id
time: changed
dimensions: {deal: {}, stage: {}, changed: {type: time}}
measures: {amount: {agg: sum, sql: amount}}
metrics:
  open_pipeline: {kind: snapshot, measure: amount, entity: deal}
"""
_BY_HAND = """
SELECT stage, sum(amount) FROM (
    SELECT max_by(stage, (changed, id)) AS stage, max_by(amount, (changed, id)) AS amount
    FROM changes WHERE changed < ? GROUP BY deal
) WHERE stage NOT IN ('won', 'lost') GROUP BY stage ORDER BY stage
"""
Rows = list[tuple[object, ...]]


def run(rows: int = _ROWS, deals: int = _DEALS) -> Outcome:
    """The two in turn, over one table; each round asks another fifth of the dates by hand, and counts it five times."""
    samples: dict[str, list[float]] = {"one pass": [], "date by date": []}
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as connection:
        connection.execute(_MAKE.format(rows=rows, deals=deals))
        for part in range(_ROUNDS):
            began = time.perf_counter()
            ours = _one_pass(connection)
            middle = time.perf_counter()
            days = [_FIRST + dt.timedelta(days=number) for number in range(part, _DATES, _ROUNDS)]
            theirs = _date_by_date(connection, days)
            samples["one pass"].append(middle - began)
            samples["date by date"].append((time.perf_counter() - middle) * _ROUNDS)
            if [row for row in ours if row[0] in days] != theirs:
                raise AssertionError(f"{ours[:5]}\n{theirs[:5]}")
    ratio = median(samples["one pass"]) / median(samples["date by date"])
    return Outcome(samples=samples, bars=(Bar(name="as_of", ratio=ratio, most=0.1),))


def _one_pass(connection: duckdb.DuckDBPyConnection) -> Rows:
    types = {"id": "BIGINT", "deal": "INTEGER", "changed": "DATE", "stage": "VARCHAR", "amount": "DECIMAL(12,2)"}
    catalog = load_catalog({"changes.yaml": dedent(_MODEL)}, {"changes": types})
    query = MetricQuery(
        metrics=("open_pipeline",), by=("stage",), grain=Grain.DAY, start=_FIRST,
        end=_FIRST + dt.timedelta(days=_DATES - 1), where="stage NOT IN ('won', 'lost')",
    )  # fmt: skip
    compiled = compile_query(catalog, query, CompileContext())
    return connection.execute(compiled.sql, compiled.parameters).fetchall()


def _date_by_date(connection: duckdb.DuckDBPyConnection, days: list[dt.date]) -> Rows:
    rows: Rows = []
    for day in days:
        found = connection.execute(_BY_HAND, [day + dt.timedelta(days=1)]).fetchall()
        rows += [(day, *row) for row in found]
    return rows
