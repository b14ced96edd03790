"""The look of the pages: margins, colours, sizes of type. Points throughout."""

import re
from enum import StrEnum
from functools import cache

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle

from charts.fonts import REGULAR, SEMIBOLD, register_fonts
from charts.theme import print_colours
from charts.wide_font import reads_leftwards
from exports.blocks import PageSize

SIZES = {PageSize.A4: A4, PageSize.LETTER: LETTER}
MARGIN = 42.0
MARGIN_TOP = 46.0
MARGIN_BOTTOM = 54.0
GAP = 12.0
PADDING = 12.0
RADIUS = 6.0
HAIRLINE = 0.6

# Han, kana, and their punctuation: lines break between any two, but for what may not begin or end one.
_WITHOUT_SPACES = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0002fa1f]")


class Script(StrEnum):
    """How a text is set."""

    LATIN = "latin"
    LEFTWARDS = "leftwards"
    WITHOUT_SPACES = "without spaces"


_SCRIPTS: dict[Script, dict[str, object]] = {
    Script.LATIN: {},
    Script.LEFTWARDS: {"alignment": TA_RIGHT},
    Script.WITHOUT_SPACES: {"wordWrap": "CJK"},
}


@cache
def colour(name: str) -> Color:
    """A colour of the light theme by its token's name, such as `text2`. Raises KeyError."""
    return HexColor(print_colours()[name])


def style_for(name: str, text: str) -> ParagraphStyle:
    """A paragraph style by name, as the script of a text asks for. Raises KeyError."""
    if text.isascii():
        return style(name)
    if reads_leftwards(text):
        return style(name, Script.LEFTWARDS)
    return style(name, Script.WITHOUT_SPACES) if _WITHOUT_SPACES.search(text) else style(name)


@cache
def style(name: str, script: Script = Script.LATIN) -> ParagraphStyle:
    """A paragraph style by name. Raises KeyError."""
    register_fonts()
    size, leading, font, token, extra = _STYLES[name]
    return ParagraphStyle(
        name,
        fontName=font,
        fontSize=size,
        leading=leading,
        textColor=colour(token),
        bulletFontName=REGULAR,
        bulletFontSize=size,
        bulletColor=colour("text3"),
        # A word longer than the line is cut rather than run off the page.
        splitLongWords=1,
        **extra,
        **_SCRIPTS[script],
    )


_STYLES: dict[str, tuple[float, float, str, str, dict[str, float]]] = {
    "title": (21, 26, SEMIBOLD, "text", {}),
    "subtitle": (11, 15.5, REGULAR, "text2", {"spaceBefore": 3}),
    "meta": (8.5, 12, REGULAR, "text3", {"spaceBefore": 5}),
    "heading1": (14, 18, SEMIBOLD, "text", {"spaceBefore": 14, "spaceAfter": 6}),
    "heading2": (11.5, 15, SEMIBOLD, "text", {"spaceBefore": 10, "spaceAfter": 4}),
    "heading3": (10, 13.5, SEMIBOLD, "text", {"spaceBefore": 8, "spaceAfter": 3}),
    "body": (9.5, 14.2, REGULAR, "text", {"spaceAfter": 6}),
    "bullet": (9.5, 14.2, REGULAR, "text", {"spaceAfter": 2.5, "leftIndent": 13, "bulletIndent": 3}),
    "cardTitle": (10.5, 13.5, SEMIBOLD, "text", {}),
    "cardSubtitle": (8.5, 11.5, REGULAR, "text2", {}),
    "tileLabel": (8.2, 11, REGULAR, "text2", {}),
    "tileNote": (8.2, 11.2, REGULAR, "text2", {}),
    "comparison": (8.2, 11, REGULAR, "text3", {}),
    "problemTitle": (9.5, 13, SEMIBOLD, "bad", {}),
    "contents1": (10, 18, SEMIBOLD, "text", {}),
    "contents2": (9.5, 15, REGULAR, "text2", {"leftIndent": 12}),
    "contents3": (9, 14, REGULAR, "text2", {"leftIndent": 24}),
    "footnote": (8, 11.5, REGULAR, "text2", {"spaceAfter": 3}),
    "footnoteHead": (8.5, 12, SEMIBOLD, "text2", {"spaceAfter": 3}),
}
