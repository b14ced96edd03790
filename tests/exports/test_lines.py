"""Breaking cell texts into lines."""

from hypothesis import given
from hypothesis import strategies as st

from charts.fonts import printable, text_width
from exports.kinds.pdf.lines import break_lines, fit


def test_words_fill_lines_in_order() -> None:
    lines = break_lines("Liability cap, and a second reason", 80, 8, 5)
    assert " ".join(lines) == "Liability cap, and a second reason"
    assert len(lines) == 2


def test_a_word_wider_than_the_line_is_cut_into_pieces() -> None:
    lines = break_lines("x" * 40, 50, 8, 10)
    assert "".join(lines) == "x" * 40


def test_what_does_not_fit_is_marked() -> None:
    lines = break_lines("one two three four five six seven", 30, 8, 2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")


def test_a_line_that_fits_is_left_alone() -> None:
    assert fit("short", 100, 8) == "short"


@given(text=st.text(max_size=300), width=st.floats(20, 300), most=st.integers(1, 5))
def test_no_line_is_too_wide_and_there_are_never_too_many(text: str, width: float, most: int) -> None:
    lines = break_lines(printable(text), width, 8, most)
    assert 1 <= len(lines) <= most
    assert all(text_width(line, 8) <= width + 1e-6 for line in lines)
