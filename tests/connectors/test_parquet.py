"""Parquet, good and bad."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors import stage_files
from core.result import ColumnType
from tests.connectors.reading import only, refused, rows, values

UTC_NOON = dt.datetime(2017, 5, 3, 12, tzinfo=dt.UTC)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Where a test's Parquet file goes; the brackets are a pattern to some readers."""
    (tmp_path / "files [1]").mkdir()
    return tmp_path / "files [1]" / "a[1]*.parquet"


def test_declared_types_are_kept(source: Path, staging: Path) -> None:
    cells = {
        "Whole": pa.array([1, None], pa.int32()),
        "exact": pa.array([Decimal("1.50"), Decimal("2.25")], pa.decimal128(9, 2)),
        "day": pa.array([dt.date(2017, 5, 3), None]),
        "moment": pa.array([UTC_NOON, None], pa.timestamp("us", "UTC")),
        "text": pa.array(["01", ""]).dictionary_encode(),
        "wide": pa.array([2**63, 1], pa.uint64()),
    }
    pq.write_table(pa.table(cells), source)
    table = only(stage_files([source], staging))
    assert [column.storage for column in table.columns] == [
        "BIGINT", "DECIMAL(9,2)", "DATE", "TIMESTAMPTZ", "VARCHAR", "DECIMAL(38,0)",
    ]  # fmt: skip
    assert rows(table) == [
        (1, Decimal("1.50"), dt.date(2017, 5, 3), UTC_NOON, "01", Decimal(2**63)),
        (None, Decimal("2.25"), None, None, "", Decimal(1)),
    ]


def test_nested_values_are_kept_as_json_text(source: Path, staging: Path) -> None:
    pq.write_table(pa.table({"tags": [["a", "b"], None], "owner": [{"id": 7}, {"id": None}]}), source)
    assert rows(only(stage_files([source], staging))) == [('["a","b"]', '{"id":7}'), (None, '{"id":null}')]


def test_what_is_not_a_number_becomes_null_with_a_warning(source: Path, staging: Path) -> None:
    pq.write_table(pa.table({"v": [1.5, float("nan"), float("inf"), None]}), source)
    table = only(stage_files([source], staging))
    assert (values(table, "v"), table.column("v").nulls) == ([1.5, None, None, None], 3)
    assert "infinite or not a number: 2." in table.column("v").warnings[0]


@pytest.mark.parametrize(("cells", "expected"), [([b"text", None], "text"), ([b"\xff\x00", b"x"], "/wA=")])
def test_bytes_are_text_or_base64(source: Path, staging: Path, cells: list[bytes | None], expected: str) -> None:
    pq.write_table(pa.table({"v": pa.array(cells, pa.binary())}), source)
    table = only(stage_files([source], staging))
    assert (table.column("v").type, values(table, "v")[0]) == (ColumnType.TEXT, expected)


def test_no_rows_give_an_empty_table_with_a_warning(source: Path, staging: Path) -> None:
    pq.write_table(pa.table({"v": pa.array([], pa.int64())}), source)
    table = only(stage_files([source], staging))
    assert (table.rows, table.warnings) == (0, ("The file has columns but no rows; the table is empty.",))


def test_a_truncated_file_is_refused(source: Path, staging: Path) -> None:
    pq.write_table(pa.table({"v": list(range(1_000))}), source)
    source.write_bytes(source.read_bytes()[:-200])
    refused([source], staging, "the Parquet file is cut off: its end is missing")


def test_a_damaged_file_is_refused(source: Path, staging: Path) -> None:
    pq.write_table(pa.table({"v": [f"text {number}" for number in range(5_000)]}), source)
    content = bytearray(source.read_bytes())
    content[100:4_000] = bytes(3_900)
    source.write_bytes(content)
    refused([source], staging, "its data is damaged")


@pytest.mark.parametrize(("content", "problem"), [(b"", "is empty"), (b"a,b\n1,2\n", "this is not a Parquet file")])
def test_what_is_no_parquet_file_is_refused(source: Path, staging: Path, content: bytes, problem: str) -> None:
    source.write_bytes(content)
    refused([source], staging, problem)
