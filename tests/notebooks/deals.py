"""A table of deals small enough to count by hand, and an `Ask` over it made of hand-written SQL.

Today is 20 November 2026, day 51 of the fourth quarter; day 51 of the third is 20 August.

to 20 Nov: EMEA won 100 + 50 of 3, AMER won 200 of 2, APAC won 30 of 1: bookings 380, 4 won of 6
to 20 Aug: EMEA won 80 + 20 of 2, AMER won 150 + 50 of 3: bookings 300, 4 won of 5
months: Feb 10, Mar to Jun nothing, Jul 230, Aug 570, Sep 70, Oct 300, Nov 80; a deal in December is not due yet
"""

import datetime as dt
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from charts import Chart, ChartKind
from core.errors import InvalidError
from core.names import suggestion
from core.result import Column, ColumnType, Result, Watermark
from metrics import AnyGrain, Grain, MetricQuery
from notebooks import MetricFacts, PageAnswer, PageQuestion, Scope, SqlQuestion

TODAY = dt.date(2026, 11, 20)
SCOPE = Scope(today=TODAY)

Deal = tuple[str | None, str, str, float, bool]

DEALS: list[Deal] = [
    ("AMER", "Bo", "2026-02-14", 10, True),
    ("EMEA", "Ana", "2026-07-03", 80, True),
    ("AMER", "Bo", "2026-07-20", 150, True),
    ("AMER", "Cy", "2026-08-01", 50, True),
    ("AMER", "Cy", "2026-08-05", 40, False),
    ("EMEA", "Ana", "2026-08-20", 20, True),
    ("EMEA", "Ana", "2026-08-21", 500, True),
    ("AMER", "Bo", "2026-09-03", 70, True),
    ("EMEA", "Ana", "2026-10-05", 100, True),
    ("AMER", "Bo", "2026-10-12", 200, True),
    ("EMEA", "Ana", "2026-10-20", 60, False),
    ("AMER", "Cy", "2026-11-02", 90, False),
    ("EMEA", "Ana", "2026-11-10", 50, True),
    ("APAC", "Di", "2026-11-15", 30, True),
    ("EMEA", "Ana", "2026-12-01", 1000, True),
]

BOOKINGS = MetricFacts(name="bookings", label="Bookings", unit="USD", is_additive=True)
WON = MetricFacts(name="won_deals", label="Won deals", unit="deals", is_additive=True)
CLOSED = MetricFacts(name="closed_deals", label="Closed deals", unit="deals", is_additive=True)
WIN_RATE = MetricFacts(
    name="win_rate", label="Win rate", unit="ratio", numerator="won_deals", denominator="closed_deals"
)
OWNERS = MetricFacts(name="owners", label="Active owners", unit="owners")

_SQL = {
    "bookings": "sum(amount) FILTER (won)",
    "won_deals": "count(*) FILTER (won)",
    "closed_deals": "count(*)",
    "win_rate": "count(*) FILTER (won) / nullif(count(*), 0)",
    "owners": "count(DISTINCT owner)",
}


class DealsAsk:
    """Answers by SQL written here, independent of the metrics layer; keeps what it was asked."""

    def __init__(self, deals: Sequence[Deal] | None = None, **facts: MetricFacts) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(
            "CREATE TABLE deals (region TEXT, owner TEXT, closed_on DATE, amount DECIMAL(12, 2), won BOOLEAN)"
        )
        rows = DEALS if deals is None else deals
        if rows:
            self.connection.executemany("INSERT INTO deals VALUES (?, ?, ?, ?, ?)", rows)
        self.facts = {one.name: one for one in (BOOKINGS, WON, CLOSED, WIN_RATE, OWNERS)} | facts
        self.queries: list[MetricQuery] = []
        self.selects: list[SqlQuestion] = []
        self.week_start = 0

    def metric(self, name: str) -> MetricFacts:
        if name not in self.facts:
            raise InvalidError(f"there is no metric {name}. {suggestion(name, self.facts)}")
        return self.facts[name]

    def page(self, question: PageQuestion) -> PageAnswer:
        table = pa.table({"step": ["Signed up"], "count": [3]})
        columns = tuple(Column(name=one, label=one, type=ColumnType.TEXT) for one in table.column_names)
        mark = Watermark(version=3, loaded_at=None)
        chart = Chart(kind=ChartKind.BAR, title=question.title, description="A funnel.")
        return PageAnswer(chart=chart, result=Result(columns=columns, table=table, watermark=mark, sql="SELECT 1"))

    def members(self, dimension: str) -> tuple[str, ...]:
        rows = self.connection.execute(f"SELECT DISTINCT {dimension} FROM deals ORDER BY 1").fetchall()
        return tuple(row[0] for row in rows)

    def select(self, question: SqlQuestion) -> Result:
        self.selects.append(question)
        text = question.text
        for name, values in question.values.items():
            text = text.replace(name, ", ".join(f"'{value}'" for value in values))
        cursor = self.connection.cursor()
        for name, result in question.tables.items():
            cursor.register(name, result.table)
        table = cursor.execute(text).to_arrow_table()
        columns = tuple(Column(name=one, label=one, type=ColumnType.TEXT) for one in table.column_names)
        return Result(columns=columns, table=table, watermark=Watermark(version=3, loaded_at=None), sql=text)

    def ask(self, query: MetricQuery) -> Result:
        self.queries.append(query)
        for dimension in query.by:
            if dimension not in ("region", "owner"):
                raise InvalidError(f"there is no dimension {dimension}. {suggestion(dimension, ['region', 'owner'])}")
        keys = ([f"{self._period(query.grain)} AS period"] if query.grain else []) + list(query.by)
        values = [f"{_SQL[name]} AS {name}" for name in query.metrics]
        conditions = ["true", *([f"({query.where})"] if query.where else [])]
        conditions += [f"closed_on >= DATE '{query.start}'"] if query.start else []
        conditions += [f"closed_on <= DATE '{query.end}'"] if query.end else []
        sql = f"SELECT {', '.join(keys + values)} FROM deals WHERE {' AND '.join(conditions)}"
        sql += " GROUP BY ALL" if keys else ""
        order = [f"{name.removeprefix('-')} {'DESC' if name.startswith('-') else 'ASC'}" for name in query.order]
        sql += f" ORDER BY {', '.join(order) or 'ALL'}"
        sql += f" LIMIT {query.limit}" if query.limit is not None else ""
        table = self.connection.cursor().execute(sql).to_arrow_table()
        return Result(
            columns=tuple(self._column(name) for name in table.column_names),
            table=table,
            watermark=Watermark(version=3, loaded_at=None),
            sql=sql,
            sentence=f"{' and '.join(query.metrics)} of deals",
        )

    def _period(self, grain: AnyGrain) -> str:
        shift = self.week_start if grain is Grain.WEEK else 0
        return f"date_trunc('{grain}', closed_on - {shift})::DATE + {shift}"

    def _column(self, name: str) -> Column:
        if name == "period":
            return Column(name=name, label="Period", type=ColumnType.DATE)
        if name in self.facts:
            return Column(
                name=name,
                label=self.facts[name].label,
                type=ColumnType.NUMBER,
                unit=self.facts[name].unit,
                is_metric=True,
            )
        return Column(name=name, label=name.capitalize(), type=ColumnType.TEXT)
