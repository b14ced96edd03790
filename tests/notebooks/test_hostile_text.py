"""Text from a stranger: nothing runs, nothing expands, and the message says what was wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebooks import NotebookError, parse_notebook


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "notebook.yaml:1: the text is empty"),
        ("# only a comment\n", "the text is empty"),
        ("just words", "a notebook is a mapping"),
        ("- a\n- b\n", "a notebook is a mapping"),
        ("notebook: a\ntitle: [", "notebook.yaml:2: not YAML"),
        ("notebook: a\ntitle: A\n  bad: x\n", "notebook.yaml:3: not YAML"),
        ("notebook: a\ntitle: A\n---\nnotebook: b\n", "notebook.yaml:3: a second document begins here"),
        ("notebook: &x a\ntitle: *x\n", "notebook.yaml:1: anchors and aliases"),
        ("notebook: a\ntitle: !!python/object/apply:os.system [ls]\n", "notebook.yaml:2: tags (!) are not used"),
        ("notebook: a\ntitle: A\ncells: {a: b}\n", "cells is a list"),
        ("notebook: a\ntitle: A\ncells: 7\n", "cells is a list"),
        ("notebook: a\ntitle: A\n? [x]\n: y\n", "notebook.yaml:3: a key is a word"),
        ("notebook: a\ntitle: A\x00\n", "notebook.yaml:2: the character U+0000 cannot stand in a notebook"),
        ("notebook: a\ntitle: \ud800\n", "the character U+D800"),
        ("notebook: a\ntitle: " + "[" * 5000, "nested deeper than 12"),
        ("notebook: a\ntitle: A\ndescription: " + "x" * 1_000_000, "the limit is 1,000,000"),
        ("notebook: " + "a" * 81 + "\ntitle: A\n", "is not a notebook name"),
        ("notebook: a\ntitle: " + "A" * 301, "title has 301 characters; the limit is 300"),
    ],
)
def test_text_that_is_no_notebook_is_refused(text: str, message: str) -> None:
    with pytest.raises(NotebookError) as caught:
        parse_notebook(text)
    assert message in caught.value.message


def test_expanding_aliases_are_refused_before_they_expand() -> None:
    lines = ["a: &a [x, x]"] + [
        f"{new}: &{new} [*{old}, *{old}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    with pytest.raises(NotebookError, match="anchors and aliases"):
        parse_notebook("\n".join(lines))


def test_more_cells_than_the_limit_are_refused() -> None:
    cells = "".join(f"- {{name: c{index}, kind: text, text: x}}\n" for index in range(1001))
    with pytest.raises(NotebookError, match="has 1,001 cells; the limit is 1,000"):
        parse_notebook(f"notebook: a\ntitle: A\ncells:\n{cells}")


def test_message_stays_short_however_much_is_wrong() -> None:
    keys = "".join(f"key{index}{'x' * 500}: value\n" for index in range(1000))
    with pytest.raises(NotebookError, match="has 100 problems or more") as caught:
        parse_notebook(f"notebook: a\ntitle: A\n{keys}")
    assert len(caught.value.message) < 100 * 500


def test_a_thousand_cells_are_read() -> None:
    cells = "".join(f"- {{name: c{index}, kind: text, text: x}}\n" for index in range(1000))
    assert len(parse_notebook(f"notebook: a\ntitle: A\ncells:\n{cells}").cells) == 1000


def test_byte_order_mark_and_windows_line_ends_are_read() -> None:
    notebook = parse_notebook("\ufeffnotebook: a\r\ntitle: A\r\ndescription: |\r\n  one\r\n  two\r\n")
    assert notebook.description == "one\ntwo"


@settings(deadline=None)
@given(st.text(max_size=200) | st.text(alphabet="abc:-[]{}|>&*!%@`'\"\n ,#?", max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(NotebookError) as caught:
        parse_notebook(text)
    assert caught.value.problems
