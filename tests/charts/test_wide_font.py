"""Text over several fonts: its order against a second implementation, its joined forms by hand, its width."""

import pytest
from bidi.algorithm import get_display
from hypothesis import given
from hypothesis import strategies as st

from charts.fonts import REGULAR, SEMIBOLD, fonts_behind, text_width
from charts.wide_font import as_it_stands, reads_leftwards

# The other implementation knows no pairs of brackets, so these are tried by hand.
LINES = st.text(alphabet="abcZ שלוםדבר 0123456789 .,:%-$", min_size=1, max_size=30)


@given(line=LINES)
def test_a_line_stands_as_another_implementation_orders_it(line: str) -> None:
    assert as_it_stands(line) == get_display(line)


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("abc (אב) 12%", "abc (בא) 12%"),
        ("א (ב)", "(ב) א"),
        ("א (a) [ב (ג)]", "[(ג) ב] (a) א"),
        ("«א» b", "b «א»"),
        ("1) a (x)", "1) a (x)"),
    ],
)
def test_brackets_open_towards_what_they_hold(typed: str, stands: str) -> None:
    assert as_it_stands(typed) == stands


def test_arabic_letters_are_joined_and_vowel_points_left_out() -> None:
    # Seen begins, lam and alef are one sign, meem stands alone: the sign that is read first stands at the right.
    assert as_it_stands("سَلام") == "\ufee1\ufefc\ufeb3"
    # In Persian a sign that is not seen parts two letters that would be joined.
    parted, joined = as_it_stands("می\u200cخواهم"), as_it_stands("میخواهم")
    assert parted != joined
    assert "\u200c" not in parted


def test_every_form_that_joining_makes_is_in_a_font() -> None:
    known = [font.face.charToGlyph for font in fonts_behind()]
    line = as_it_stands("السلام عليكم الله پیمان گچ ٹیڑھا ے ۱۲۳ ١٢٣ لآ لأ لإ ئؤء ةىي")
    assert [sign for sign in line if ord(sign) > 127 and not any(ord(sign) in font for font in known)] == []


def test_the_first_letter_decides_where_a_text_begins() -> None:
    assert [reads_leftwards(text) for text in ("2024 עלו", "EMEA עלו", "مرحبا a", "12", "漢字")] == [
        True, False, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("font", [REGULAR, SEMIBOLD])
def test_a_text_over_several_fonts_is_as_wide_as_its_parts(font: str) -> None:
    assert text_width("漢字", 10, font) == 20.0
    parts = ("Deal ", "漢字", " 삼성 ", "שלום")
    assert text_width("".join(parts), 10, font) == pytest.approx(sum(text_width(part, 10, font) for part in parts))
