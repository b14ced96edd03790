"""The definitions and notebooks of the demo tenants load, and the metrics equal SQL written by hand."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import demo
from metrics import Catalog, CompileContext, Grain, MetricQuery, compile_query, load_catalog
from notebooks import ChartCell, MetricCell, Notebook, TableCell, parse_notebook

FROM, TO = dt.date(2026, 10, 1), dt.date(2026, 11, 20)
_QUERIES = Path(__file__).with_name("metrics.sql").read_text(encoding="utf-8").split("-- metric: ")[1:]

_PACK = Path(__file__).with_name("pack.sql").read_text(encoding="utf-8").rstrip().removesuffix(";").split(";\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question to the metrics layer and the SQL that answers it, from a head such as `harbour revenue by category`.

    A last word `monthly` asks for all months of 2026.
    """

    tenant: str
    metric: str
    by: tuple[str, ...]
    is_monthly: bool
    sql: str

    @classmethod
    def read(cls, text: str) -> "Question":
        """The question of one part of the file."""
        head, _, sql = text.partition("\n")
        words = head.split()
        by = (words[3],) if "by" in words else ()
        return cls(tenant=words[0], metric=words[1], by=by, is_monthly=words[-1] == "monthly", sql=sql)

    def query(self) -> MetricQuery:
        """The question as the metrics layer takes it."""
        start = dt.date(2026, 1, 1) if self.is_monthly else FROM
        grain = Grain.MONTH if self.is_monthly else None
        return MetricQuery(metrics=(self.metric,), by=self.by, grain=grain, start=start, end=TO)


QUESTIONS = [Question.read(text) for text in _QUERIES]


def schema(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Table to column to type."""
    found: dict[str, dict[str, str]] = {}
    query = "SELECT table_name, column_name, data_type FROM information_schema.columns"
    for table, column, type_name in connection.execute(query).fetchall():
        found.setdefault(table, {})[column] = type_name
    return found


@pytest.fixture(scope="module")
def catalogs(
    brightwater: demo.DemoTenant,
    harbour: demo.DemoTenant,
    brightwater_tables: duckdb.DuckDBPyConnection,
    harbour_tables: duckdb.DuckDBPyConnection,
) -> dict[str, Catalog]:
    """The definitions of both tenants, checked against their tables."""
    return {
        "brightwater": load_catalog(brightwater.definitions, schema(brightwater_tables)),
        "harbour": load_catalog(harbour.definitions, schema(harbour_tables)),
    }


def answer(
    catalog: Catalog, connection: duckdb.DuckDBPyConnection, query: MetricQuery, zone: str
) -> list[tuple[object, ...]]:
    """The rows of a question; numbers as floats, days as text."""
    compiled = compile_query(catalog, query, CompileContext(zone=zone, today=demo.TODAY))
    return [plain(row) for row in connection.execute(compiled.sql, compiled.parameters).fetchall()]


def plain(row: tuple[object, ...]) -> tuple[object, ...]:
    """A row whose numbers are floats and whose days are text."""
    return tuple(
        float(value) if isinstance(value, int | Decimal) else str(value) if isinstance(value, dt.date) else value
        for value in row
    )


@pytest.mark.parametrize(
    "question", QUESTIONS, ids=lambda question: f"{question.tenant}-{question.metric}-{'-'.join(question.by)}"
)
def test_metric_equals_hand_written_sql(
    question: Question, catalogs: dict[str, Catalog], request: pytest.FixtureRequest
) -> None:
    connection: duckdb.DuckDBPyConnection = request.getfixturevalue(f"{question.tenant}_sql")
    tenant: demo.DemoTenant = request.getfixturevalue(question.tenant)
    found = answer(catalogs[question.tenant], connection, question.query(), tenant.zone)
    expected = [plain(row) for row in connection.execute(question.sql).fetchall()]
    assert len(found) == len(expected) > 0
    for got, wanted in zip(found, expected, strict=True):
        assert got[:-1] == wanted[:-1]
        assert got[-1] == pytest.approx(wanted[-1], rel=1e-9)


def test_every_metric_of_the_revenue_pack_equals_hand_written_sql(
    catalogs: dict[str, Catalog], brightwater_sql: duckdb.DuckDBPyConnection, brightwater: demo.DemoTenant
) -> None:
    expected: dict[str, float] = {}
    for text in _PACK:
        result = brightwater_sql.execute(text)
        names = [column[0] for column in result.description]
        (row,) = result.fetchall()
        expected |= dict(zip(names, (float(value) for value in row), strict=True))
    catalog = catalogs["brightwater"]
    assert expected.keys() == catalog.metrics.keys()
    assert len(expected) >= 60
    found = {}
    for name in expected:
        [[value]] = answer(catalog, brightwater_sql, MetricQuery(metrics=(name,), start=FROM, end=TO), brightwater.zone)
        found[name] = 0.0 if value is None else value
    assert found == pytest.approx(expected, rel=1e-9)


def test_at_least_ten_metrics_are_compared() -> None:
    assert len({(question.tenant, question.metric) for question in QUESTIONS}) >= 20


@pytest.mark.parametrize("tenant", demo.SLUGS)
def test_every_metric_has_an_answer_this_year(
    tenant: str, catalogs: dict[str, Catalog], request: pytest.FixtureRequest
) -> None:
    connection: duckdb.DuckDBPyConnection = request.getfixturevalue(f"{tenant}_sql")
    built: demo.DemoTenant = request.getfixturevalue(tenant)
    for metric in catalogs[tenant].metrics:
        query = MetricQuery(metrics=(metric,), start=dt.date(2026, 1, 1), end=dt.date(2026, 12, 31))
        [[value]] = answer(catalogs[tenant], connection, query, built.zone)
        assert isinstance(value, float), metric
        assert value != 0, metric


@pytest.mark.parametrize("tenant", demo.SLUGS)
def test_every_metric_has_a_label_a_unit_and_a_description(tenant: str, catalogs: dict[str, Catalog]) -> None:
    for metric in catalogs[tenant].metrics.values():
        assert metric.label, metric.name
        assert metric.description.endswith("."), metric.name
        assert metric.owner is not None, metric.name


@pytest.mark.parametrize("tenant", demo.SLUGS)
def test_home_is_four_tiles_a_trend_and_a_breakdown(tenant: str, request: pytest.FixtureRequest) -> None:
    built: demo.DemoTenant = request.getfixturevalue(tenant)
    home = parse_notebook(built.notebooks["home"])
    assert [type(cell) for cell in home.cells] == [MetricCell] * 4 + [ChartCell] * 2
    assert home.name == "home"


@pytest.mark.parametrize("tenant", demo.SLUGS)
@pytest.mark.parametrize("name", ["home", "weekly-sales-review"])
def test_cells_of_the_notebooks_can_be_asked(
    tenant: str, name: str, catalogs: dict[str, Catalog], request: pytest.FixtureRequest
) -> None:
    built: demo.DemoTenant = request.getfixturevalue(tenant)
    connection: duckdb.DuckDBPyConnection = request.getfixturevalue(f"{tenant}_sql")
    notebook = parse_notebook(built.notebooks[name])
    queries = asked(notebook)
    assert len(queries) >= 6
    for query in queries:
        assert answer(catalogs[tenant], connection, query, built.zone), query


def asked(notebook: Notebook) -> list[MetricQuery]:
    """What the cells of a notebook ask for, over the quarter to date."""
    questions = []
    for cell in notebook.cells:
        if isinstance(cell, MetricCell):
            by = () if cell.explain is None else (cell.explain,)
            questions.append(MetricQuery(metrics=(cell.metric,), by=by, start=FROM, end=TO))
        elif isinstance(cell, ChartCell):
            questions.append(MetricQuery(metrics=cell.metrics, by=cell.by, grain=cell.grain, start=FROM, end=TO))
        elif isinstance(cell, TableCell):
            questions.append(
                MetricQuery(metrics=cell.metrics, by=cell.by, start=FROM, end=TO, order=cell.order, limit=cell.limit)
            )
    return questions
