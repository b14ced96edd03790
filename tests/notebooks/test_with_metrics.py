"""The metrics layer and the hand-written SQL give a notebook the same numbers."""

from core.result import Result, Watermark
from metrics import Catalog, MetricQuery, compile_query, load_catalog
from notebooks import (
    ChartOutput,
    MetricFacts,
    Output,
    PageAnswer,
    PageQuestion,
    SqlQuestion,
    TableOutput,
    TileOutput,
    headline,
    parse_notebook,
    run_notebook,
)
from tests.notebooks.deals import SCOPE, DealsAsk

MODEL = """
model: deals
table: deals
key: id
time: closed_on
dimensions:
  region: {column: region}
  owner: {column: owner}
  closed_on: {type: date, column: closed_on}
measures:
  won_amount: {agg: sum, sql: amount, where: won}
  won: {agg: count, where: won}
  closed: {agg: count}
metrics:
  bookings: {kind: simple, measure: won_amount, label: Bookings, unit: USD}
  won_deals: {kind: simple, measure: won, label: Won deals, unit: deals}
  closed_deals: {kind: simple, measure: closed, label: Closed deals, unit: deals}
  win_rate: {kind: ratio, numerator: won_deals, denominator: closed_deals, label: Win rate, unit: ratio}
"""
NOTEBOOK = """
notebook: weekly-sales-review
title: Weekly sales review
cells:
  - {name: intro, kind: text, text: "What moved, and why."}
  - {name: bookings, kind: metric, metric: bookings, period: quarter, explain: region}
  - {name: won, kind: metric, metric: won_deals, period: year}
  - {name: win_rate, kind: metric, metric: win_rate, period: quarter, explain: region}
  - {name: emea, kind: metric, metric: bookings, period: month, where: "region = 'EMEA'"}
  - {name: trend, kind: chart, chart: line, metrics: [bookings], grain: month, last: 12}
  - {name: lines, kind: chart, chart: area, metrics: [won_deals], by: [region], grain: week, last: 13}
  - {name: bars, kind: chart, chart: bar, metrics: [win_rate], by: [region], period: quarter}
  - {name: deals, kind: table, metrics: [bookings, won_deals], by: [owner], period: year, order: [-bookings], limit: 2}
"""


class MetricsAsk:
    """Answers through the metrics layer from the same rows."""

    def __init__(self) -> None:
        self.source = DealsAsk()
        self.source.connection.execute("ALTER TABLE deals ADD COLUMN id INTEGER")
        self.source.connection.execute("UPDATE deals SET id = rowid")
        columns = {"id": "INTEGER", "region": "VARCHAR", "owner": "VARCHAR", "closed_on": "DATE"}
        columns |= {"amount": "DECIMAL(12,2)", "won": "BOOLEAN"}
        self.catalog: Catalog = load_catalog({"deals.yaml": MODEL}, {"deals": columns})

    def metric(self, name: str) -> MetricFacts:
        return self.source.metric(name)

    def select(self, question: SqlQuestion) -> Result:
        return self.source.select(question)

    def page(self, question: PageQuestion) -> PageAnswer:
        return self.source.page(question)

    def members(self, dimension: str) -> tuple[str, ...]:
        return self.source.members(dimension)

    def ask(self, query: MetricQuery) -> Result:
        compiled = compile_query(self.catalog, query)
        table = self.source.connection.execute(compiled.sql, compiled.parameters).to_arrow_table()
        return Result(
            columns=compiled.columns,
            table=table,
            watermark=Watermark(version=3, loaded_at=None),
            sql=compiled.sql,
            sentence=compiled.sentence,
        )


def figures(output: Output | None) -> object:
    """The numbers and words of an output, without the metadata of its result."""
    if isinstance(output, ChartOutput):
        return output.chart
    return output.result.rows() if isinstance(output, TableOutput) else output


def test_notebook_has_the_same_numbers_from_both() -> None:
    notebook = parse_notebook(NOTEBOOK)
    compiled = run_notebook(notebook, MetricsAsk(), SCOPE)
    written = run_notebook(notebook, DealsAsk(), SCOPE)
    assert [run.problem for run in compiled] == [None] * 9
    for one, other in zip(compiled, written, strict=True):
        assert figures(one.output) == figures(other.output), one.cell.name


def test_answer_comes_from_the_compiled_numbers() -> None:
    runs = run_notebook(parse_notebook(NOTEBOOK), MetricsAsk(), SCOPE)
    answer = headline([run.output for run in runs if isinstance(run.output, TileOutput)])
    assert answer.strong == "Q4 bookings stand at $380, 26.7% ahead of Q3 on the same day."
    assert answer.cause == "EMEA accounts for most of the lead."


def test_unknown_dimension_in_a_cell_names_the_nearest() -> None:
    text = NOTEBOOK.replace("metrics: [win_rate], by: [region]", "metrics: [win_rate], by: [regoin]")
    runs = run_notebook(parse_notebook(text), MetricsAsk(), SCOPE)
    (problem,) = [run.problem for run in runs if run.problem]
    assert "region" in problem.message
