"""What a sync changes in a store, against a plain model of the same rows kept in Python."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import ConflictError, RefusedError
from core.ids import new_id
from core.secrets import new_key
from tenants.store import ChangeMode, ChangeOutcome, LoadTable, StoreLimits, TableChange
from tenants.store.store import Store

BEGIN = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def store(tmp_path: Path, hands: Hands) -> Iterator[Store]:
    limits = StoreLimits(memory_mb=128, timeout_s=60.0)
    opened = Store(
        "acme", tmp_path / "store.duckdb", new_key(), staging=tmp_path / "staging", limits=limits, clock=hands
    )
    yield opened
    opened.close()


Apply = Callable[..., ChangeOutcome]


@pytest.fixture
def apply(store: Store) -> Apply:
    """Stages rows as Parquet and applies them as a change of the table `deals`."""

    def change(rows: pa.Table | None, mode: ChangeMode, **more: object) -> ChangeOutcome:
        paths = {}
        for name, table in {"rows": rows, "gone": more.pop("gone", None), "present": more.pop("present", None)}.items():
            if table is not None:
                path = store.staging / f"{name}{new_id()}.parquet"
                pq.write_table(table, path)
                paths[name] = (path,)
        facts = {"source": "s1", "stream": "deals", "table": "deals", "run": "r1", "key": ("id",), **paths, **more}
        return store.apply(TableChange(mode=mode, **facts))  # type: ignore[arg-type]

    return change


def rows_of(store: Store, columns: str = "id, stage", **options: object) -> list[tuple[object, ...]]:
    table, _ = store.query(f"SELECT {columns} FROM deals ORDER BY ALL", **options)  # type: ignore[arg-type]
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def test_an_upsert_counts_new_and_changed_rows_and_leaves_equal_ones_alone(store: Store, apply: Apply) -> None:
    first = apply(pa.table({"id": [1, 2], "stage": ["open", None]}), ChangeMode.UPSERT, cursor={"at": 1})
    again = apply(pa.table({"id": [1, 2, 3], "stage": ["won", None, "open"]}), ChangeMode.UPSERT, cursor={"at": 2})
    assert (first.added, first.updated, first.deleted) == (2, 0, 0)
    assert (again.rows_in, again.added, again.updated, again.deleted) == (3, 1, 1, 0)
    assert rows_of(store) == [(1, "won"), (2, None), (3, "open")]
    assert store.history_rows() == {"deals": 1}
    assert [state.cursor for state in store.streams()] == [{"at": 2}]


@pytest.mark.parametrize("key", [("id",), ()], ids=["by key", "without a key"])
@pytest.mark.parametrize("seed", range(5))
def test_every_past_state_can_be_read_again(
    store: Store, apply: Apply, hands: Hands, key: tuple[str, ...], seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 -- cases must be repeatable, not secret.
    states: list[tuple[dt.datetime, Counter[tuple[object, ...]]]] = []
    for _ in range(6):
        hands.now += dt.timedelta(hours=dice.randint(1, 50))
        ids = dice.sample(range(30), 15) if key else [dice.randrange(6) for _ in range(15)]
        rows = [(number, dice.choice(["open", "won", None])) for number in ids]
        table = pa.table({"id": [row[0] for row in rows], "stage": pa.array([row[1] for row in rows], pa.string())})
        apply(table, ChangeMode.SNAPSHOT, key=key)
        states.append((hands.now, Counter(rows)))
    assert Counter(rows_of(store)) == states[-1][1]
    for moment, rows_then in states:
        assert Counter(rows_of(store, as_of=moment)) == rows_then
        assert Counter(rows_of(store, as_of=moment + dt.timedelta(minutes=59))) == rows_then


def test_a_date_before_the_history_and_a_table_without_one_are_refused(store: Store, apply: Apply) -> None:
    apply(pa.table({"id": [1], "stage": ["open"]}), ChangeMode.UPSERT)
    pq.write_table(pa.table({"id": [1]}), store.staging / "plain.parquet")
    store.load([LoadTable(name="plain", parquet=store.staging / "plain.parquet")])
    with pytest.raises(RefusedError, match="begins at 2026-03-01 08:00:00 UTC"):
        rows_of(store, as_of=BEGIN - dt.timedelta(seconds=1))
    with pytest.raises(RefusedError, match="plain keeps no history"):
        store.query("WITH q AS (SELECT * FROM plain) SELECT * FROM q", as_of=BEGIN)


def test_rows_are_deleted_by_tombstone_and_by_the_keys_that_are_left(store: Store, apply: Apply) -> None:
    apply(pa.table({"id": [1, 2, 3, 4], "stage": ["a", "b", "c", "d"]}), ChangeMode.UPSERT)
    assert apply(None, ChangeMode.UPSERT, gone=pa.table({"id": [2, 99]})).deleted == 1
    assert apply(None, ChangeMode.UPSERT, present=pa.table({"id": ["1", "4"]})).deleted == 1
    assert rows_of(store) == [(1, "a"), (4, "d")]
    assert apply(None, ChangeMode.UPSERT, present=pa.table({"id": pa.array([], pa.int64())})).deleted == 2
    assert store.history_rows() == {"deals": 4}


def test_appended_rows_of_a_known_key_are_not_added_again(store: Store, apply: Apply) -> None:
    apply(pa.table({"id": [1, 2], "stage": ["a", "b"]}), ChangeMode.APPEND)
    again = apply(pa.table({"id": [2, 3], "stage": ["changed", "c"]}), ChangeMode.APPEND)
    assert (again.added, again.updated) == (1, 0)
    assert rows_of(store) == [(1, "a"), (2, "b"), (3, "c")]


def test_columns_that_come_widen_and_go_lose_no_value(store: Store, apply: Apply) -> None:
    apply(pa.table({"id": [1, 2], "stage": ["a", "b"], "amount": pa.array([1, 2], pa.int32())}), ChangeMode.UPSERT)
    grown = pa.table({"id": [2, 3], "amount": [Decimal("2.50"), Decimal(3)], "owner": ["Ann", None]})
    told = apply(grown, ChangeMode.UPSERT).drift
    assert told == (
        "deals.amount is widened from INTEGER to DECIMAL(12,2).",
        "deals.owner is new (VARCHAR).",
        "deals.stage does not come any more; its values are kept.",
    )
    assert rows_of(store, "id, stage, amount, owner") == [
        (1, "a", Decimal(1), None),
        (2, "b", Decimal("2.5"), "Ann"),
        (3, None, Decimal(3), None),
    ]


def test_a_narrower_type_is_told_and_the_column_stays(store: Store, apply: Apply) -> None:
    apply(pa.table({"id": [1], "amount": [1.5]}), ChangeMode.UPSERT)
    assert apply(pa.table({"id": [2], "amount": [7]}), ChangeMode.UPSERT).drift == (
        "deals.amount came as BIGINT; it stays DOUBLE.",
    )
    assert rows_of(store, "id, amount") == [(1, 1.5), (2, 7.0)]


@pytest.mark.parametrize(
    ("first", "bad", "good"),
    [
        (pa.array([1]), ["12", "1.5", "many", "9" * 30, ""], [12]),
        (pa.array([Decimal("1.25")]), ["3.50", "3.509", "x"], [Decimal("3.50")]),
        (pa.array([dt.date(2026, 1, 1)]), ["1969-12-31", "2026-01-31 10:00", "soon"], [dt.date(1969, 12, 31)]),
        (pa.array([True]), [7, 0], [False]),
    ],
    ids=["integer", "decimal", "date", "boolean"],
)
def test_a_value_that_does_not_fit_is_set_aside_with_its_row_and_reason(
    store: Store, apply: Apply, first: pa.Array, bad: list[object], good: list[object]
) -> None:
    apply(pa.table({"id": [0], "v": first}), ChangeMode.UPSERT)
    done = apply(pa.table({"id": list(range(1, len(bad) + 1)), "v": bad}), ChangeMode.UPSERT)
    kept = [value for (number, value) in rows_of(store, "id, v") if number != 0]
    assert kept == good
    assert done.rows_in == len(bad) == done.quarantined + len(good)
    aside = store.quarantine("s1", run="r1")
    assert len(aside) == done.quarantined
    assert all("of the column v is no" in row.reason and '"id":' in row.row for row in aside)


def test_a_row_that_is_set_aside_does_not_delete_what_it_was_before(store: Store, apply: Apply) -> None:
    apply(pa.table({"id": [1, 2], "v": [10, 20]}), ChangeMode.SNAPSHOT)
    done = apply(pa.table({"id": [1, 2], "v": ["11", "oops"]}), ChangeMode.SNAPSHOT)
    assert (done.updated, done.deleted, done.quarantined) == (1, 0, 1)
    assert rows_of(store, "id, v") == [(1, 11), (2, 20)]


def test_rows_without_a_key_and_all_but_the_last_of_one_key_are_set_aside(store: Store, apply: Apply) -> None:
    rows = pa.table({"id": [1, None, 1, 2, 2], "stage": ["old", "lost", "new", "same", "same"]})
    done = apply(rows, ChangeMode.SNAPSHOT)
    assert rows_of(store) == [(1, "new"), (2, "same")]
    assert (done.added, done.quarantined) == (2, 2)
    assert {row.reason.partition("(")[0] for row in store.quarantine("s1")} == {
        "its key is empty ",
        "another row of the same key ",
    }


def test_text_numbers_and_dates_at_their_edges_come_back_as_they_were(store: Store, apply: Apply) -> None:
    text = ["", "\x00", "a\x00b", "😀", "' OR 1=1 --"]
    rows = pa.table(
        {
            "id": [2**53 + 1, -(2**63), 2**63 - 1, 0, 5],
            "t": text,
            "d": [dt.date(1, 1, 1), dt.date(1969, 12, 31), dt.date(9999, 12, 31), None, dt.date(2026, 2, 28)],
        }
    )
    apply(rows, ChangeMode.UPSERT)
    table, _ = store.query("SELECT id, t, d FROM deals")
    found = {row["id"]: (row["t"], row["d"]) for row in table.to_pylist()}
    assert found == {row["id"]: (row["t"], row["d"]) for row in rows.to_pylist()}


def test_a_clock_that_is_moved_back_keeps_the_order_of_versions(store: Store, apply: Apply, hands: Hands) -> None:
    apply(pa.table({"id": [1], "stage": ["a"]}), ChangeMode.UPSERT)
    hands.now = BEGIN - dt.timedelta(days=1)
    apply(pa.table({"id": [1], "stage": ["b"]}), ChangeMode.UPSERT)
    assert rows_of(store, as_of=BEGIN) == [(1, "a")]
    assert rows_of(store, as_of=BEGIN + dt.timedelta(microseconds=1)) == [(1, "b")]


def test_a_table_has_one_filler(store: Store, apply: Apply) -> None:
    apply(pa.table({"id": [1], "stage": ["a"]}), ChangeMode.UPSERT)
    pq.write_table(pa.table({"id": [1]}), store.staging / "deals.parquet")
    with pytest.raises(ConflictError, match="deals is filled by a source"):
        store.load([LoadTable(name="deals", parquet=store.staging / "deals.parquet")])
    with pytest.raises(ConflictError, match="deals is filled by a source"):
        apply(pa.table({"id": [1]}), ChangeMode.UPSERT, source="s2")
    store.load([LoadTable(name="plain", parquet=store.staging / "deals.parquet")])
    with pytest.raises(ConflictError, match="plain was imported before"):
        apply(pa.table({"id": [1]}), ChangeMode.UPSERT, table="plain")
    assert rows_of(store) == [(1, "a")]
