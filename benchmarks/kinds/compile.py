"""Compiling 1,000 questions of mixed kinds, and finding them compiled, against sqlglot reading and printing the SQL."""

import datetime as dt
import time
from dataclasses import replace
from itertools import cycle, islice, product
from statistics import median

import sqlglot

from benchmarks.outcome import Bar, Outcome
from metrics import Catalog, CompileContext, Grain, MetricQuery, compile_once, compile_query, load_catalog

KIND = "compile"
_ROUNDS = 5
_COUNT = 1000
_MODEL = """
model: deals
table: deals
key: id
time: closed
dimensions: {stage: {type: text}, region: {type: text}, closed: {type: date}, ended: {type: date}}
measures:
  amount: {agg: sum, sql: amount, where: "stage = 'won'"}
  deals: {agg: count}
  owners: {agg: count_distinct, sql: owner}
metrics:
  revenue: {kind: simple, measure: amount}
  win_rate: {kind: ratio, numerator: amount, denominator: deals}
  net: {kind: derived, formula: amount - 2 * deals}
  share: {kind: share, of: amount}
  place: {kind: rank, of: amount}
  so_far: {kind: cumulative, measure: amount, to_date: year}
  owners_90: {kind: cumulative, measure: owners, window: 90 days}
  open: {kind: snapshot, measure: deals, until: ended}
"""


def run() -> Outcome:
    """Compiling and parsing in turn, A B A B."""
    catalog = load_catalog({"deals.yaml": _MODEL})
    context = CompileContext(zone="Europe/Berlin", today=dt.date(2026, 11, 20))
    questions = _questions(catalog)
    texts = [compile_query(catalog, question, context).sql for question in questions]
    samples: dict[str, list[float]] = {"compile": [], "again": [], "sqlglot": []}
    for question in questions:
        compile_once(catalog, question, context)
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        for question in questions:
            compile_query(catalog, question, context)
        compiled = time.perf_counter()
        for question in questions:
            compile_once(catalog, question, context)
        middle = time.perf_counter()
        for text in texts:
            sqlglot.parse_one(text, dialect="duckdb").sql(dialect="duckdb")
        samples["compile"].append(compiled - began)
        samples["again"].append(middle - compiled)
        samples["sqlglot"].append(time.perf_counter() - middle)
    first, again = (median(samples[name]) / median(samples["sqlglot"]) for name in ("compile", "again"))
    bars = Bar(name="compile", ratio=first, most=1.5), Bar(name="compile again", ratio=again, most=0.1)
    return Outcome(samples=samples, bars=bars)


def _questions(catalog: Catalog) -> list[MetricQuery]:
    by_month = MetricQuery(metrics=(), grain=Grain.MONTH, start=dt.date(2026, 1, 1), end=dt.date(2026, 9, 30))
    shapes = (
        replace(by_month, by=("region",)),
        replace(by_month, where="region = 'West' AND stage IN ('won', 'lost')"),
        replace(by_month, by=("region", "stage"), has_totals=True),
        replace(by_month, compare=("prior_year",)),
    )
    every = list(product(catalog.metrics, shapes))
    return [replace(shape, metrics=(name,)) for name, shape in islice(cycle(every), _COUNT)]
