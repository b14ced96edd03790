"""Values stand where the engine's own lexer sees their places, and nowhere else; what is run stays one SELECT."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.errors import InvalidError, RefusedError
from core.secrets import new_key
from tenants.store import StoreLimits
from tenants.store.inlined import inline
from tenants.store.store import Store

HOSTILE = st.text(st.sampled_from("'\"\\$1;-/*\n\0ab%()"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("store")
    made = Store("acme", folder / "store.duckdb", new_key(), staging=folder / "staging", limits=StoreLimits())
    yield made
    made.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT '$1'",
        "SELECT 'it''s $1'",
        'SELECT 1 AS "a$1"',
        "SELECT 1 AS a$1",
        "SELECT 1 -- $1",
        "SELECT 1 /* $1 */",
        "SELECT $$ $1 $$",
        "SELECT $tag$ $1 $tag$",
        "SELECT E'\\' $1'",
        "SELECT 1 AS \u00e4, '\u20ac $1'",
    ],
)
def test_a_place_that_is_none_for_the_engine_is_left_alone(sql: str) -> None:
    assert inline(sql, ["x"]) == sql


def test_places_are_found_behind_letters_of_several_bytes() -> None:
    assert inline("SELECT '\u20ac\u00e4', $2, $1", [1, "\u00e9"]) == "SELECT '\u20ac\u00e4', ('\u00e9'), (1)"


def test_a_negative_number_never_begins_a_comment(store: Store) -> None:
    assert store.query("SELECT 3 -$1 AS value\n", [-4])[0].to_pylist() == [{"value": 7}]


@pytest.mark.parametrize("number", [10, 11])
def test_a_number_of_two_digits_is_one_place(store: Store, number: int) -> None:
    values = [f"value {place}" for place in range(1, 12)]
    assert store.query(f"SELECT ${number} AS value", values)[0].to_pylist() == [{"value": f"value {number}"}]


@settings(max_examples=300, deadline=None)
@given(one=HOSTILE, other=HOSTILE)
@example(one="') ; DROP TABLE t --", other="$2")
@example(one="$2", other="'; SELECT 1; --")
def test_no_value_changes_the_statement_or_another_value(store: Store, one: str, other: str) -> None:
    """A value that looks like a place of another value is text."""
    rows = store.query("SELECT $1 = $2 AS same, length($1) AS one, length($2) AS two, '$1' AS text", [one, other])
    assert rows[0].to_pylist() == [{"same": one == other, "one": len(one), "two": len(other), "text": "$1"}]


@settings(max_examples=200, deadline=None)
@given(text=HOSTILE)
def test_with_values_it_is_one_statement_of_the_same_kind(text: str) -> None:
    statements = duckdb.extract_statements(inline("SELECT $1 AS a WHERE a = $1", [text]))
    assert [one.type for one in statements] == [duckdb.StatementType.SELECT]


@pytest.mark.parametrize("sql", ["SELECT $1, $2, $3", "SELECT $name", "SELECT ?, ?, ?"])
def test_a_place_without_a_value_is_named(store: Store, sql: str) -> None:
    with pytest.raises(InvalidError, match=r"needs a value for \$(3|name|1, \$2, \$3), and 2 were given"):
        store.query(sql, ["a", "b"])


@pytest.mark.parametrize(
    "sql", ["SELECT $1; SELECT 2", "CREATE TABLE t AS SELECT $1 AS a", "DELETE FROM t WHERE a = $1"]
)
def test_only_one_select_is_run(store: Store, sql: str) -> None:
    with pytest.raises(RefusedError, match="one SELECT statement"):
        store.query(sql, ["a"])
