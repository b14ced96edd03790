"""Reports as data: CSV, Parquet and JSON hold the numbers of the report, typed, and read back the same."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from core.result import Column, ColumnType
from exports import Report, TableBlock, formats, render_report
from tests.exports.samples import COLUMNS, ROWS, make_report

NAMES = ("csv", "json", "parquet")


def one_table(*rows: tuple[object, ...], label: str = "Region") -> Report:
    columns = (
        Column(name="region", label=label, type=ColumnType.TEXT),
        Column(name="won", label="Won", type=ColumnType.NUMBER, unit="USD", is_metric=True),
    )
    return replace(make_report(), blocks=(TableBlock(title="By region", columns=columns, rows=rows),))


def files_of(report: Report, name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(render_report(report, name))) as archive:
        assert archive.testzip() is None
        return {entry: archive.read(entry) for entry in archive.namelist()}


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def regions() -> Report:
    return replace(make_report(), blocks=(TableBlock(title="Regions", columns=COLUMNS, rows=ROWS),))


@pytest.mark.parametrize("name", NAMES)
def test_the_same_report_gives_the_same_bytes(name: str) -> None:
    assert render_report(make_report(), name) == render_report(make_report(), name)
    assert formats()[name].EXTENSION


def test_csv_has_a_file_for_each_part_with_plain_numbers_and_iso_dates() -> None:
    ((name, content),) = files_of(regions(), "csv").items()
    assert name == "regions.csv"
    table = csv_rows(content)
    assert table[0] == ["Region", "Revenue won", "Win rate", "Sales cycle, days", "Last deal"]
    assert table[1] == ["Central", "3346293", "0.6256", "51.84", "2026-10-31"]
    assert table[2][3] == ""
    assert table[3][1] == "-3568647"


def test_parquet_keeps_types_and_undefined_values() -> None:
    (content,) = files_of(regions(), "parquet").values()
    table = pq.read_table(io.BytesIO(content))
    assert [tuple(row.values()) for row in table.to_pylist()] == list(ROWS)
    assert str(table.schema.field("Last deal").type) == "date32[day]"


def test_json_says_columns_rows_and_where_they_are_from() -> None:
    content = json.loads(render_report(regions(), "json"))
    (part,) = content["parts"]
    assert [column["name"] for column in part["columns"]] == [column.name for column in COLUMNS]
    assert part["rows"][0] == ["Central", 3_346_293, 0.6256, 51.84, "2026-10-31"]
    assert content["data"] == make_report().watermark


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_text_that_looks_like_a_formula_is_no_formula_in_csv(text: str) -> None:
    (content,) = files_of(one_table((text, 1), label=text), "csv").values()
    assert csv_rows(content) == [[f"'{text}", "Won"], [f"'{text}", "1"]]


def test_odd_values_are_kept_or_undefined_and_never_zero() -> None:
    long, rtl = "x" * 100_000, "مرحبا 👋"
    report = one_table(("nan", float("nan")), ("inf", float("inf")), (long, Decimal("0.10")), (rtl, None))
    (content,) = files_of(report, "csv").values()
    assert csv_rows(content)[1:] == [["nan", ""], ["inf", ""], [long, "0.10"], [rtl, ""]]
    rows = json.loads(render_report(report, "json"))["parts"][0]["rows"]
    assert rows == [["nan", None], ["inf", None], [long, "0.10"], [rtl, None]]
    (content,) = files_of(report, "parquet").values()
    assert pq.read_table(io.BytesIO(content)).column("Won").null_count == 3


def test_a_table_without_rows_has_its_head() -> None:
    (content,) = files_of(one_table(), "csv").values()
    assert csv_rows(content) == [["Region", "Won"]]
    (content,) = files_of(one_table(), "parquet").values()
    assert pq.read_table(io.BytesIO(content)).num_rows == 0
