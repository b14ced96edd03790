"""Event tables and files of every kind: nulls, orders, times as they are written, refusals."""

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from core.errors import InvalidError
from metrics.behaviour import EventSet, build_event_set, load_events


def built(times: pa.Array, time_format: str | None = None) -> EventSet:
    table = pa.table({"u": pa.array(["u"] * len(times)), "t": times})
    return build_event_set(table, entity="u", time="t", time_format=time_format)


def test_rows_are_sorted_by_entity_and_time_and_ties_keep_their_order() -> None:
    table = pa.table({"u": [2, 1, 2, 1], "t": [5, 9, 5, 3], "e": ["b", "d", "a", "c"]})
    events = build_event_set(table, entity="u", time="t", event="e")
    assert [events.events[code] for code in events.codes] == ["b", "a", "c", "d"]
    assert events.starts.tolist() == [0, 2, 4]


def test_rows_without_entity_or_time_are_left_out_and_counted() -> None:
    table = pa.table({"u": [1.0, None, float("nan"), 2.0], "t": pa.array([1, 2, 3, None])})
    events = build_event_set(table, entity="u", time="t")
    assert (events.row_count, events.entity_count) == (1, 1)
    assert events.dropped_notes() == ("2 rows without entity were left out.", "1 rows without time were left out.")


def test_a_null_event_stays_as_an_event_without_a_name() -> None:
    events = build_event_set(pa.table({"u": [1, 1], "t": [1, 2], "e": [None, "a"]}), entity="u", time="t", event="e")
    assert events.codes.tolist() == [-1, 0]


@pytest.mark.parametrize("far", [0, 10**12])
def test_whole_numbers_name_entities_in_order_of_appearance_near_and_far(far: int) -> None:
    table = pa.table({"u": [7 + far, -3, None, 7 + far, 5], "t": [1, 2, 3, 4, 5], "e": [20, 10, 10, -10, 20]})
    events = build_event_set(table, entity="u", time="t", event="e")
    assert events.starts.tolist() == [0, 2, 3, 4]
    assert [events.events[code] for code in events.codes] == ["20", "-10", "10", "20"]


def test_dictionary_columns_of_several_chunks_share_their_values() -> None:
    chunks = [pa.array(["a", "b"]).dictionary_encode(), pa.array(["b", "c"]).dictionary_encode()]
    table = pa.table({"u": [1, 1, 1, 1], "t": [1, 2, 3, 4], "e": pa.chunked_array(chunks)})
    events = build_event_set(table, entity="u", time="t", event="e")
    assert [events.events[code] for code in events.codes] == ["a", "b", "b", "c"]


@pytest.mark.parametrize(
    "times",
    [
        pa.array(["2026-01-31T00:00:01"]),
        pa.array(["2026-01-31 00:00:01.000Z"]),
        pa.array([" 2026-01-31T02:00:01+02:00 "]),
        pa.array(["1769817601"]),
        pa.array([1769817601]),
        pa.array([1769817601000]),
        pa.array([1769817601000000]),
        pa.array([1769817601000000000]),
        pa.array([1769817601.0]),
        pa.array([1769817601], pa.timestamp("s")),
        pa.array([1769817601000], pa.timestamp("ms", "Europe/Berlin")),
        pa.array([1769817601000000000], pa.timestamp("ns")),
        pa.array(["2026-01-31T00:00:01"]).dictionary_encode(),
    ],
)
def test_a_moment_is_the_same_however_it_is_written(times: pa.Array) -> None:
    events = built(times)
    assert (events.times.tolist(), events.is_dated) == ([1769817601000000], False)


@pytest.mark.parametrize(
    "days",
    [pa.array(["2026-01-31"]), pa.array([20260131]), pa.array(["20260131"]), pa.array([20484], pa.date32())],
)
def test_a_day_is_the_same_however_it_is_written(days: pa.Array) -> None:
    events = built(days)
    assert (events.times.tolist(), events.is_dated) == ([20484 * 86_400_000_000], True)


def test_days_and_moments_may_be_mixed_in_text() -> None:
    events = built(pa.array(["2026-01-31T00:00:01", "2026-01-30", "2026-01-31T00:00:02Z"]))
    assert [time // 10**6 - 1769731200 for time in events.times.tolist()] == [0, 86401, 86402]


def test_another_way_of_writing_is_given_as_a_pattern() -> None:
    events = built(pa.array(["1/31/2026 00:00"]), time_format="%m/%d/%Y %H:%M")
    assert events.times.tolist() == [1769817600000000]


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        (pa.array(["2026-01-31", "31.1.2026"]), "holds '31.1.2026', which is not a time"),
        (pa.array(["2026-02-30"]), "a day that does not exist"),
        (pa.array([True]), "holds bool, which is not a time"),
        (pa.array([2**62], pa.timestamp("us")), "outside the years 1 to 9999"),
    ],
)
def test_what_is_not_a_time_is_refused_with_its_value(times: pa.Array, reason: str) -> None:
    with pytest.raises(InvalidError, match=reason):
        built(times)


def test_an_unknown_column_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidError, match=r"no column 'user'. Did you mean users\?"):
        build_event_set(pa.table({"users": [1], "t": [1]}), entity="user", time="t")


def test_csv_values_are_taken_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text('\ufeffid;at;what\r\n007;2026-01-01;NA\r\n7;2026-01-01;"a;b"\r\n;2026-01-01;a\r\n')
    events = load_events(path, entity="id", time="at", event="what")
    assert events.entity_count == 2
    assert events.events == ("NA", "a;b")
    assert events.dropped_entities == 1


def test_compressed_csv_and_parquet_hold_the_same(tmp_path: Path) -> None:
    (tmp_path / "e.csv.gz").write_bytes(gzip.compress(b"id,at,what\n1,2026-01-01,a\n1,2026-01-02,b\n"))
    parquet.write_table(
        pa.table({"id": [1, 1], "at": ["2026-01-01", "2026-01-02"], "what": ["a", "b"]}), tmp_path / "e.parquet"
    )
    one, other = (
        load_events(tmp_path / name, entity="id", time="at", event="what", keep=["what"])
        for name in ("e.csv.gz", "e.parquet")
    )
    assert one.times.tolist() == other.times.tolist()
    assert one.events == other.events == ("a", "b")


def test_a_folder_of_parquet_files_is_one_table(tmp_path: Path) -> None:
    for number in range(2):
        parquet.write_table(pa.table({"id": [number], "at": [number]}), tmp_path / f"{number}.parquet")
    assert load_events(tmp_path, entity="id", time="at").entity_count == 2


def test_a_file_with_a_header_alone_has_no_events(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("id,at,what\n")
    assert load_events(path, entity="id", time="at", event="what").row_count == 0


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", None, "There is no file"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\xff\xfe\x00i", "is not UTF-8 text"),
        ("a.parquet", b"nothing of the kind", "cannot be read"),
        ("a.csv", b"id,at\n1,2,3\n", "cannot be read"),
        ("a.csv", b"ids,at\n1,2\n", "no column 'id'. Did you mean ids"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    tmp_path: Path, name: str, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidError, match=reason):
        load_events(tmp_path / name, entity="id", time="at")
