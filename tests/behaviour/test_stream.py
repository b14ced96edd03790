"""Events in batches and in partitions count as they do in one piece; what is not in order is refused."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.column_file import open_batches
from core.errors import InvalidError
from metrics.behaviour import (
    Exclusion,
    FunnelPart,
    FunnelResult,
    FunnelSpec,
    Order,
    build_event_set,
    compute_funnel,
    count_part,
    merge_parts,
    result_of,
    stream_file,
    stream_funnel,
    whole_entities,
)
from tests.behaviour.logs import counts, spec

NAMES = {"entity": "u", "time": "t", "event": "e"}
rows = st.lists(
    st.tuples(
        st.sampled_from(["k", "l", "m", "n", None]), st.integers(0, 9), st.sampled_from(["a", "b", "c", "x", None]),
        st.sampled_from(["p", "q", None]),
    ),
    max_size=40,
)  # fmt: skip
specs = st.sampled_from(
    [
        spec("a,b,c", 5, breakdown="k", top=1), spec("a,b,z", 5, order=Order.STRICT), spec("a,b,c", 5, order=Order.ANY),
        spec("a,b,c", None, excluded=("x",), exclusion=Exclusion.DROP, breakdown="k"),
        replace(spec("a,b,c", 5), held=("k",)), replace(spec("a,b,c", 5), counts_attempts=True),
        replace(spec("a,b,c", 9), limits=(None, dt.timedelta(seconds=2), None)),
    ]
)  # fmt: skip


def table_of(log: list[tuple[str | None, int, str | None, str | None]]) -> pa.Table:
    """Sorted by entity, those without one last."""
    ordered = sorted(log, key=lambda row: (row[0] is None, row[0] or ""))
    return pa.table(
        {
            "u": pa.array([row[0] for row in ordered], pa.string()),
            "t": pa.array([row[1] for row in ordered], pa.timestamp("s")),
            "e": pa.array([row[2] for row in ordered], pa.string()),
            "k": pa.array([row[3] for row in ordered], pa.string()),
        }
    )


def in_one_piece(table: pa.Table, asked: FunnelSpec) -> FunnelResult:
    return compute_funnel(build_event_set(table, entity="u", time="t", event="e", keep=["k"]), asked)


@settings(max_examples=60, deadline=None)
@given(log=rows, asked=specs, size=st.integers(1, 9))
def test_batches_of_any_size_count_as_the_whole(
    log: list[tuple[str | None, int, str | None, str | None]], asked: FunnelSpec, size: int
) -> None:
    table, asked = table_of(log), replace(asked, has_times=False)
    batches = table.to_batches(max_chunksize=size) or [pa.RecordBatch.from_pylist([], table.schema)]
    assert stream_funnel(batches, asked, **NAMES) == in_one_piece(table, asked)
    for piece in whole_entities(batches, "u"):
        assert piece.num_rows == table.filter(pa.compute.is_in(table["u"], piece["u"].combine_chunks())).num_rows


@settings(max_examples=60, deadline=None)
@given(log=rows, asked=specs)
def test_partitions_by_entity_add_up_and_travel_as_tables(
    log: list[tuple[str | None, int, str | None, str | None]], asked: FunnelSpec
) -> None:
    table, asked = table_of(log), replace(asked, has_times=False)
    parts = [
        count_part(build_event_set(table_of(part), entity="u", time="t", event="e", keep=["k"]), asked)
        for part in ([row for row in log if row[0] in mine] for mine in (("k", "m"), ("l",), ("n", None)))
    ]
    assert result_of(merge_parts(parts), asked) == in_one_piece(table, asked)
    sent = pa.concat_tables(part.to_arrow() for part in parts)
    assert FunnelPart.from_arrow(sent) == merge_parts(parts)


def test_one_entity_may_fill_many_batches() -> None:
    table = pa.table({"u": [1] * 50 + [2] * 50, "t": list(range(100)), "e": ["a", "b"] * 50})
    asked = replace(spec("a,b", None), has_times=False)
    assert counts(stream_funnel(table.to_batches(max_chunksize=7), asked, **NAMES)) == [2, 2]


@pytest.mark.parametrize("entities", [[1, 2, 1, 2], [1, 1, 2, 1], [2, 2, 1, 1], [3, 3, 3, 1], [1, 2, 2, 1]])
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_entities_out_of_order_are_refused(entities: list[int], size: int) -> None:
    table = pa.table({"u": entities, "t": [1, 2, 3, 4], "e": ["a"] * 4})
    with pytest.raises(InvalidError, match="not in the order of 'u'"):
        stream_funnel(table.to_batches(max_chunksize=size), spec("a,b"), **NAMES)


def test_files_are_read_in_batches_and_others_are_refused(tmp_path: Path) -> None:
    for number in range(2):
        part = pa.table({"u": [number, number], "t": [1, 2], "e": ["a", "b"]})
        parquet.write_table(part, tmp_path / f"{number}.parquet")
    assert counts(stream_file(tmp_path, spec("a,b"), **NAMES)) == [2, 2]
    assert [batch.num_rows for batch in open_batches(tmp_path, ["u"], 1)] == [1, 1, 1, 1]
    with pytest.raises(InvalidError, match="no column 'who'"):
        list(open_batches(tmp_path, ["who"], 1))
    (tmp_path / "e.csv").write_text("u,t,e\n")
    with pytest.raises(InvalidError, match="no Parquet file"):
        stream_file(tmp_path / "e.csv", spec("a,b"), **NAMES)
    with pytest.raises(InvalidError, match="no batch"):
        stream_funnel([], spec("a,b"), **NAMES)
