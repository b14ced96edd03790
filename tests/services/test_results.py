"""Answers kept for whoever asks the same: never of other data, of another tenant, or of other values."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import InvalidError
from core.secrets import new_key
from services.results import Answer, ResultCache
from tenants.store import LoadTable, StoreLimits
from tenants.store.store import Store

COUNT = "SELECT count(*) AS n FROM deals"
MIB = 1024 * 1024


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    limits = StoreLimits(memory_mb=256, threads=2, timeout_s=30.0, max_rows=100_000)
    opened = Store("acme", tmp_path / "store.duckdb", new_key(), staging=tmp_path, limits=limits)
    load(opened, 3)
    yield opened
    opened.close()


def load(store: Store, rows: int) -> None:
    file = store.staging / f"deals_{rows}.parquet"
    pq.write_table(pa.table({"id": list(range(rows))}), file)
    store.load([LoadTable(name="deals", parquet=file)])


def count(answer: Answer) -> object:
    return answer.table.column(0)[0].as_py()


def test_the_same_question_is_answered_from_memory(store: Store) -> None:
    cache = ResultCache(MIB)
    first = cache.query(store, "t", COUNT, ())
    assert count(first) == 3
    assert cache.query(store, "t", COUNT, ()) is first


def test_new_data_are_a_new_question(store: Store) -> None:
    cache = ResultCache(MIB)
    old = cache.query(store, "t", COUNT, ())
    load(store, 5)
    new = cache.query(store, "t", COUNT, ())
    assert (count(old), count(new)) == (3, 5)
    assert new.watermark.version == old.watermark.version + 1
    assert new.watermark == store.watermark()


def test_another_tenant_never_gets_it(store: Store) -> None:
    cache = ResultCache(MIB)
    assert cache.query(store, "one", COUNT, ()) is not cache.query(store, "two", COUNT, ())


@pytest.mark.parametrize("values", [(1, True), (1, Decimal(1)), (1, 1.0), ("1", 1)])
def test_values_that_are_equal_and_not_the_same_are_apart(store: Store, values: tuple[object, object]) -> None:
    cache = ResultCache(MIB)
    types = [cache.query(store, "t", "SELECT typeof($1) AS t", (value,)).table.column(0)[0].as_py() for value in values]
    assert types[0] != types[1]


def test_what_was_asked_longest_ago_makes_room(store: Store) -> None:
    one = ResultCache(MIB).query(store, "t", "SELECT 1 AS n", ()).table.nbytes
    cache = ResultCache(2 * (one + len("SELECT 1 AS n") + len("[]")))
    answers = {number: cache.query(store, "t", f"SELECT {number} AS n", ()) for number in (1, 2)}
    cache.query(store, "t", "SELECT 1 AS n", ())
    cache.query(store, "t", "SELECT 3 AS n", ())
    assert cache.query(store, "t", "SELECT 1 AS n", ()) is answers[1]
    assert cache.query(store, "t", "SELECT 2 AS n", ()) is not answers[2]


def test_a_busy_tenant_makes_room_for_its_own_answers(store: Store) -> None:
    one = ResultCache(MIB).query(store, "quiet", "SELECT 1 AS n", ()).table.nbytes
    cache = ResultCache(3 * (one + len("SELECT 1 AS n") + len("[]")))
    kept = cache.query(store, "quiet", "SELECT 1 AS n", ())
    for number in range(2, 8):
        cache.query(store, "busy", f"SELECT {number} AS n", ())
    assert cache.query(store, "quiet", "SELECT 1 AS n", ()) is kept


def test_without_room_nothing_is_kept(store: Store) -> None:
    cache = ResultCache(0)
    assert cache.query(store, "t", COUNT, ()) is not cache.query(store, "t", COUNT, ())


def test_a_failure_is_not_kept(store: Store) -> None:
    cache = ResultCache(MIB)
    for _ in range(2):
        with pytest.raises(InvalidError):
            cache.query(store, "t", "SELECT CAST('x' AS INTEGER) AS n", ())
    assert count(cache.query(store, "t", COUNT, ())) == 3


def test_those_who_ask_at_once_wait_for_one_query(store: Store) -> None:
    cache = ResultCache(MIB)
    start = threading.Barrier(8)

    def ask() -> Answer:
        start.wait()
        return cache.query(store, "t", "SELECT sum(i) AS n FROM range(3_000_000) r(i)", ())

    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = [one.result() for one in [pool.submit(ask) for _ in range(8)]]
    assert len({id(answer) for answer in answers}) == 1
