"""JSON lines, good and bad."""

import pytest

from tests.connectors.conftest import Stage, Write
from tests.connectors.reading import only, refused, rows, values


def test_the_columns_are_the_keys_of_all_rows(stage: Stage) -> None:
    table = only(stage("a.jsonl", '{"id": 1, "name": "x"}\n{"name": "y", "Won At": "2017-05-03"}\n\n{}\n'))
    assert [column.name for column in table.columns] == ["id", "name", "won_at"]
    assert (table.rows, values(table, "id"), values(table, "name")) == (3, [1, None, None], ["x", "y", None])


def test_nested_values_are_kept_as_json_text(stage: Stage) -> None:
    table = only(stage("a.ndjson", '{"tags": ["a", "ü"], "owner": {"id": 7}}\n'))
    assert rows(table) == [('["a","ü"]', '{"id":7}')]


def test_numbers_and_booleans_keep_their_values(stage: Stage) -> None:
    table = only(stage("a.jsonl", '{"n": 9007199254740993, "f": 0.1, "b": true}\n{"n": -1, "f": 2, "b": false}\n'))
    assert (values(table, "n"), values(table, "b")) == ([9007199254740993, -1], [True, False])
    assert [float(str(value)) for value in values(table, "f")] == [0.1, 2.0]


def test_texts_with_line_ends_and_emoji_survive(stage: Stage) -> None:
    table = only(stage("a.jsonl", '{"t": "two\\nlines 🚀", "id": 1}\n'))
    assert values(table, "t") == ["two\nlines 🚀"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"id": 2', "this is not valid JSON"),
        ("[1, 2]", "this is a list"),
        ('"x"', "this is a text"),
        ("7", "this is a number or null"),
        ('{"id": NaN}', "nan is not a number"),
        ('{"id": ' + "[" * 100_000 + "}", "nested too deeply|not valid JSON"),
        ('{"id": ' + "9" * 5_000 + "}", "not valid JSON"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(write: Write, staging: object, line: str, problem: str) -> None:
    path = write("a.jsonl", f'{{"id": 1}}\n\n{line}\n{{"id": 3}}\n')
    error = refused([path], path.parent.parent / "staging", problem)
    assert (error.data["file"], error.data["line"]) == ("a.jsonl", 3)


def test_half_a_surrogate_pair_is_refused_with_row_and_column(write: Write) -> None:
    path = write("a.jsonl", '{"id": 1, "t": "x"}\n{"id": 2, "t": "\\ud800"}\n')
    error = refused([path], path.parent.parent / "staging", "half a Unicode surrogate pair")
    assert (error.data["row"], error.data["column"]) == (2, "t")


@pytest.mark.parametrize("content", ["\n\n", "{}\n{}\n"])
def test_lines_without_any_key_are_refused(write: Write, content: str) -> None:
    path = write("a.jsonl", content)
    refused([path], path.parent.parent / "staging", "no row with at least one key")
