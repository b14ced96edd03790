"""A SELECT set out in lines says the same, and a message points at its word."""

import duckdb
import pytest

from core.errors import InvalidError
from notebooks import find_place, format_sql

TABLE = "CREATE TABLE t AS SELECT i AS a, i % 3 AS b, 'x' || i AS c FROM range(20) r(i)"


@pytest.mark.parametrize(
    "text",
    [
        "select a, b from t where b=1 order by a desc limit 3",
        "with x as (select b, sum(a) as s from t group by b) select * from x where s>10 order by 1",
        "SELECT c, -- the name\n CASE WHEN b = 0 THEN 'none' ELSE c END AS d FROM t ORDER BY a",
        "select b, count(*) filter (where a > 4) as n from t group by all having n > 1 order by b",
    ],
)
def test_the_rows_are_the_same_and_setting_out_twice_changes_nothing(text: str) -> None:
    pretty = format_sql(text)
    with duckdb.connect() as connection:
        connection.execute(TABLE)
        assert connection.execute(pretty).fetchall() == connection.execute(text).fetchall()
    assert format_sql(pretty) == pretty
    assert pretty.count("\n") > 3


def test_references_stay_as_they_are() -> None:
    names = ["region", "deals.owner", "region", *(f"v{number}" for number in range(12))]
    pretty = format_sql("select " + ", ".join(f"{{{{{name}}}}}" for name in names) + " from t")
    assert [line.strip(" ,") for line in pretty.splitlines()[1:-1]] == [f"{{{{ {name} }}}}" for name in names]


@pytest.mark.parametrize("text", ["select from where", "", "drop table t", "select (", "(" * 3000])
def test_what_is_no_select_is_left_as_it_is(text: str) -> None:
    with pytest.raises(InvalidError, match=r"as you wrote it|mend it first"):
        format_sql(text)


@pytest.mark.parametrize(
    ("text", "message", "expected"),
    [
        ("SELECT a\nFROM dels d", "there is no table 'dels' in the store", (2, "FROM ", "dels", " d")),
        ("SELECT reigon FROM t", 'Referenced column "reigon" not found', (1, "SELECT ", "reigon", " FROM t")),
        (
            "SELECT d.x FROM deals d",
            'Table "d" does not have a column named "x"',
            (1, "SELECT d.", "x", " FROM deals d"),
        ),
        ("SELECT Pg_Sleep(1)", "the function pg_sleep is not allowed", (1, "SELECT ", "Pg_Sleep", "(1)")),
        ("SELECT a, ab FROM t", "There is no column 'b'", None),
        ("SELECT a FROM t", "The answer took too long.", None),
        ("SELECT a FROM t", "'(' is \"*\" wrong", None),
    ],
)
def test_a_message_points_at_its_word(text: str, message: str, expected: tuple[int, str, str, str] | None) -> None:
    place = find_place(text, message)
    assert expected == (None if place is None else (place.line, place.before, place.word, place.after))
