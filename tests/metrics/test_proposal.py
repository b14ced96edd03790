"""First metrics for tables nobody has described: what they compute is what a careful analyst would have written."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors import stage_files
from core.result import ColumnType
from metrics import MetricQuery, load_catalog
from metrics.proposal import SketchColumn, SketchJoin, SketchTable, propose
from tests.metrics.small_store import SmallStore


def sketch(name: str, *columns: SketchColumn, rows: int = 100, key: tuple[str, ...] = ()) -> SketchTable:
    return SketchTable(name=name, rows=rows, columns=columns, key=key)


def column(
    name: str, kind: ColumnType, distinct: int = 10, nulls: int = 0, values: tuple[str, ...] = ()
) -> SketchColumn:
    return SketchColumn(name=name, type=kind, nulls=nulls, distinct=distinct, values=values)


def proposed(table: SketchTable) -> dict[str, Any]:
    [text] = propose([table], (), currency="EUR").values()
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def test_numbers_that_are_names_are_not_added_up() -> None:
    names = ("customer_id", "year_established", "zip_code", "phone", "order_no", "month")
    columns = [column(name, ColumnType.INTEGER) for name in names]
    model = proposed(sketch("orders", *columns, column("seats", ColumnType.INTEGER)))
    assert set(model["measures"]) == {"rows", "seats_sum"}


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("unit_price", "average"),
        ("discount_percent", "average"),
        ("age", "average"),
        ("total_price", "sum"),
        ("amount", "sum"),
        ("quantity", "sum"),
        ("revenue_share_amount", "sum"),
    ],
)
def test_a_level_is_averaged_and_an_amount_is_added_up(name: str, way: str) -> None:
    model = proposed(sketch("orders", column(name, ColumnType.NUMBER)))
    assert model["measures"][f"{name}_{way}"] == {"agg": way, "sql": name}


def test_time_is_when_it_happened_unless_that_is_mostly_empty() -> None:
    created, closed = column("created_at", ColumnType.DATETIME), column("close_date", ColumnType.DATE, nulls=20)
    assert proposed(sketch("deals", created, closed))["time"] == "close_date"
    empty = column("close_date", ColumnType.DATE, nulls=90)
    assert proposed(sketch("deals", created, empty))["time"] == "created_at"


def test_a_column_with_a_value_for_nearly_every_row_is_no_dimension() -> None:
    model = proposed(
        sketch("deals", column("note", ColumnType.TEXT, distinct=98), column("stage", ColumnType.TEXT, distinct=4))
    )
    assert set(model["dimensions"]) == {"stage"}


def test_yes_and_no_become_a_rate_and_churn_is_better_when_it_falls() -> None:
    model = proposed(sketch("customers", column("churn", ColumnType.TEXT, distinct=2, values=("No", "Yes"))))
    metric = model["metrics"]["customers_churn_rate"]
    assert metric["better"] == "down"
    assert model["measures"]["churn_rate_hits"] == {"agg": "count", "where": "churn = 'Yes'"}


def test_odd_names_are_quoted_where_they_are_used() -> None:
    model = proposed(sketch("t", column("amount (eur)", ColumnType.NUMBER)))
    assert model["measures"]["amount (eur)_sum"] == {"agg": "sum", "sql": '"amount (eur)"'}


def test_an_empty_table_proposes_nothing() -> None:
    assert propose([sketch("t", column("a", ColumnType.TEXT), rows=0)], (), currency="EUR") == {}


@pytest.mark.parametrize("folder", ["crm_maven", "northwind", "saas_ravenstack", "crm_sparklesquad", "mrr_playbook"])
def test_what_is_proposed_for_real_files_loads_without_a_problem(
    shared_data: Path, tmp_path: Path, folder: str
) -> None:
    files = sorted(path for path in (shared_data / folder).glob("*") if path.suffix in {".csv", ".xlsx"})
    staged = stage_files(files, tmp_path)
    tables = [
        SketchTable(
            name=table.name,
            rows=table.rows,
            key=table.key,
            columns=tuple(
                SketchColumn(name=one.name, type=one.type, nulls=one.nulls, distinct=one.distinct)
                for one in table.columns
            ),
        )
        for table in staged.tables
    ]
    joins = [
        SketchJoin(
            from_table=join.from_table,
            from_column=join.from_column,
            to_table=join.to_table,
            to_column=join.to_column,
        )
        for join in staged.joins
    ]
    drafts = propose(tables, joins, currency="USD")
    schema = {table.name: {one.name: one.storage for one in table.columns} for table in staged.tables}
    catalog = load_catalog(drafts, schema)
    assert len(catalog.models) == len([table for table in tables if table.rows])
    store = SmallStore(
        *(f"CREATE TABLE \"{table.name}\" AS SELECT * FROM read_parquet('{table.path}')" for table in staged.tables)
    )
    for table in tables:
        if table.rows:
            # Counted by hand: every row, whatever the draft joins it to.
            [(count,)] = store.ask(catalog, MetricQuery(metrics=(f"{table.name}_count",)))
            assert count == table.rows
