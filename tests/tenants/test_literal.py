"""Values that go to the engine as literals come back as they went."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidError
from core.secrets import new_key
from tenants.store import StoreLimits
from tenants.store.literal import render_literal
from tenants.store.store import Store

EARLIEST = dt.datetime(1, 1, 2)  # noqa: DTZ001
VALUES = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.dates(),
    st.datetimes(min_value=EARLIEST),
    st.datetimes(min_value=EARLIEST, timezones=st.just(dt.UTC)),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("store")
    made = Store("acme", folder / "store.duckdb", new_key(), staging=folder / "staging", limits=StoreLimits())
    yield made
    made.close()


@settings(max_examples=400, deadline=None)
@given(value=VALUES)
def test_a_value_comes_back_with_its_type(store: Store, value: object) -> None:
    found = store.query("SELECT $1 AS value", [value])[0].to_pylist()[0]["value"]
    assert found == value
    assert isinstance(found, type(value))


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.sampled_from("'\"\\$;-/*\n\0ab%()")))
def test_no_text_leaves_its_quotes(store: Store, text: str) -> None:
    rows = store.query("SELECT length($1) AS size, $1 = $2 AS same, $3 AS after", [text, text, 7])[0].to_pylist()
    assert rows == [{"size": len(text), "same": True, "after": 7}]


def test_what_is_no_number_is_none_and_null_stays_null(store: Store) -> None:
    rows = store.query("SELECT isnan($1) AS a, isnan($2) AS b, $3 IS NULL AS c", [float("nan"), Decimal("NaN"), None])
    assert rows[0].to_pylist() == [{"a": True, "b": True, "c": True}]


def test_a_value_of_another_type_is_refused() -> None:
    with pytest.raises(InvalidError, match="cannot hold a value of the type object"):
        render_literal(object())


def test_lists_keep_their_types_and_may_be_empty(store: Store) -> None:
    """The periods of a question are lists of days and moments."""
    days, moments = [dt.date(2024, 2, 29), None], [dt.datetime(2024, 3, 31, 1, tzinfo=dt.UTC)]
    sql = "SELECT CAST($1 AS DATE[]) AS d, CAST($2 AS TIMESTAMPTZ[]) AS m, len(CAST($3 AS DATE[])) AS n, $4 AS t"
    (row,) = store.query(sql, [days, moments, [], ["it's"]])[0].to_pylist()
    assert row["d"] == days
    assert [one.astimezone(dt.UTC) for one in row["m"]] == moments
    assert (row["n"], row["t"]) == (0, ["it's"])
