"""The bundled fonts: tabular figures, the signs numbers need, small, TrueType, licensed."""

import re

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase.pdfmetrics import getFont

from charts.fonts import FOLDER, ITALIC, REGULAR, SEMIBOLD, fonts_behind, printable, register_fonts, text_width

FILES = sorted(FOLDER.glob("Inter*.ttf"))


def test_there_are_three_styles_and_the_licence_of_every_font() -> None:
    assert [file.stem for file in FILES] == ["InterTabular-Italic", "InterTabular-Regular", "InterTabular-SemiBold"]
    assert "SIL Open Font License" in (FOLDER / "OFL.txt").read_text(encoding="utf-8")
    said = (FOLDER / "LICENCES.md").read_text(encoding="utf-8")
    patterns = re.findall(r"`([\w*-]+\.ttf)`", said)
    assert all(any(file.match(pattern) for pattern in patterns) for file in FOLDER.glob("*.ttf"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_font_is_small_truetype_with_tabular_figures(file: object) -> None:
    font = TTFont(file)
    glyphs, widths = font.getBestCmap(), font["hmtx"]
    assert "glyf" in font
    assert len({widths[glyphs[ord(sign)]][0] for sign in "0123456789+\u2212"}) == 1
    assert font["name"].getDebugName(16) == "Inter Tabular"
    assert {ord(sign) for sign in "\u2212\u202f\u2026\u2192\u2191\u2193€£ĄžßЖΩ—·×≥"} <= set(glyphs)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_font_file_stays_under_150_kilobytes(file: object) -> None:
    assert FOLDER.joinpath(str(file)).stat().st_size < 150_000


def test_the_narrow_space_before_a_unit_is_narrower_than_a_space() -> None:
    assert 0 < text_width("\u202f", 10) < text_width(" ", 10)


@pytest.mark.parametrize("font", [REGULAR, SEMIBOLD, ITALIC])
def test_numbers_of_equal_length_are_equally_wide(font: str) -> None:
    assert text_width("1,111,111", 9, font) == text_width("8,888,888", 9, font)


def test_unknown_characters_become_one_box_and_invisible_ones_vanish() -> None:
    assert printable("a\u200b\u6f22\u5b57b\U0001f600\U00012000\ufe0f\x07") == "a\u6f22\u5b57b□"


def test_line_breaks_become_spaces() -> None:
    assert printable("one\r\ntwo\tthree") == "one two three"


def test_an_accent_typed_as_two_signs_is_joined() -> None:
    assert printable("Cafe\u0301") == "Café"


@given(text=st.text())
def test_any_text_becomes_one_line_the_font_can_set(text: str) -> None:
    register_fonts()
    fonts = [font.face.charToGlyph for font in (getFont(REGULAR), *fonts_behind())]
    # A sign that parts letters is not set.
    signs = {ord(sign) for sign in printable(text)} - {0x200C}
    assert [sign for sign in signs if not any(sign in font for font in fonts)] == []
