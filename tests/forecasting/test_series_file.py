"""Series out of files: what is read, and what is refused with its row and column."""

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from core.errors import InvalidError
from forecasting import TimeStyle, load_series


def written(folder: Path, text: str) -> Path:
    path = folder / "series.csv"
    path.write_text(text)
    return path


def test_rows_in_any_order_become_series_by_time(tmp_path: Path) -> None:
    path = written(tmp_path, "shop,day,sold\nB,2026-01-02,4\nA,2026-01-02,2\nA,2026-01-01,1.5\nB,2026-01-01,\n")
    b, a = load_series(path, time="day", value="sold", id_column="shop")
    assert (b.id, a.id) == ("B", "A")
    assert [a.time_text(place) for place in range(a.size)] == ["2026-01-01", "2026-01-02"]
    assert a.values.tolist() == [1.5, 2.0]
    assert np.isnan(b.values[0])
    assert b.values[1] == 4
    assert a.rows.tolist() == [4, 3]


def test_points_of_the_same_time_stay_in_the_order_they_came(tmp_path: Path) -> None:
    (one,) = load_series(written(tmp_path, "t,y\n1,5\n2,6\n1,7\n"), time="t", value="y")
    assert (one.times.tolist(), one.values.tolist(), one.rows.tolist()) == ([1, 1, 2], [5, 7, 6], [2, 4, 3])


@pytest.mark.parametrize(
    ("texts", "style", "last"),
    [
        (("1", "2"), TimeStyle.NUMBER, 2),
        (("1999", "2000"), TimeStyle.NUMBER, 2000),
        (("20251231", "20260101"), TimeStyle.DAY, "2026-01-01"),
        (("2025-12", "2026-01"), TimeStyle.MONTH, "2026-01"),
        (("2026-01-30", "2026-01-31"), TimeStyle.DAY, "2026-01-31"),
        (("2026-01-31 09:00:00", "2026-01-31 10:00:00"), TimeStyle.MOMENT, "2026-01-31T10:00:00"),
        (("2026-01-31T09:00:00+02:00", "2026-01-31T08:00:00Z"), TimeStyle.MOMENT, "2026-01-31T08:00:00"),
    ],
)
def test_each_way_to_write_times_is_read(
    tmp_path: Path, texts: tuple[str, str], style: TimeStyle, last: str | int
) -> None:
    (one,) = load_series(written(tmp_path, f"t,y\n{texts[0]},1\n{texts[1]},2\n"), time="t", value="y")
    assert one.style is style
    assert one.time_text(1) == last
    assert one.values.tolist() == [1, 2]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    path = tmp_path / "series.parquet"
    days = [dt.date(2026, 1, 2), dt.date(2026, 1, 1)]
    parquet.write_table(pa.table({"day": days, "n": [2, 1], "id": [7, 7]}), path)
    (one,) = load_series(path, time="day", value="n", id_column="id")
    assert (one.id, one.values.tolist(), one.rows.tolist()) == ("7", [1, 2], [2, 1])
    assert one.time_text(0) == "2026-01-01"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,t,y\na,1,1\na,2,abc\n", r"'abc' in line 3, column 'y' is not a number"),
        ('id,t,y\na,1,"1,000"\n', r"'1,000' in line 2, column 'y' is not a number"),
        ("id,t,y\na,1,1\na,2,inf\n", r"The value in line 3, column 'y' is infinite"),
        ("id,t,y\na,1,1\na,,2\n", r"There is no time in line 3, column 't'"),
        ("id,t,y\na,1,1\n,2,2\n", r"There is no id in line 3, column 'id'"),
        ("id,t,y\na,2026-01-31,1\na,2026-02-30,2\n", r"'2026-02-30' in line 3, column 't' is not a time that exists"),
        ("id,t,y\na,2026-01,1\na,2026-02-01,2\n", r"'2026-02-01' in line 3, column 't' is not written like '2026-01'"),
        ("id,t,y\na,yesterday,1\n", r"'yesterday' in line 2, column 't' is not a time"),
        ("id,t,y\n", r"has no rows"),
        ("id,t,z\na,1,1\n", r"There is no column 'y'"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        load_series(written(tmp_path, text), time="t", value="y", id_column="id")


def test_nan_and_empty_values_are_missing_values(tmp_path: Path) -> None:
    (one,) = load_series(written(tmp_path, "t,y\n1,NaN\n2,\n3,3\n"), time="t", value="y")
    assert np.isnan(one.values).tolist() == [True, True, False]


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="There is no file"):
        load_series(tmp_path / "none.csv", time="t", value="y")
