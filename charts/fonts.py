"""The fonts of everything printed, embedded, and text made safe for them: Inter with tabular figures, and behind it
Noto for Arabic, Hebrew, Thai and Korean, and Droid Sans Fallback for Chinese and Japanese.

The files are built by `tools/fonts_pdf.py` and `tools/fonts_fallback.py`; `fonts/LICENCES.md` says under what terms.
"""

import threading
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).with_name("fonts")
REGULAR = "InterTabular"
SEMIBOLD = "InterTabular-SemiBold"
ITALIC = "InterTabular-Italic"

_FILES = {
    REGULAR: "InterTabular-Regular.ttf",
    SEMIBOLD: "InterTabular-SemiBold.ttf",
    ITALIC: "InterTabular-Italic.ttf",
}
# Most scripts have one weight more; Han, kana and Hangul have one.
_SCRIPTS = ("Arabic", "Hebrew", "Thai")
_ONE_WEIGHT = ("NotoSansKR_400Regular", "DroidSansFallbackFull")
_ZWNJ = "\u200c"
_MISSING = "\u25a1"
# Labels are asked for again and again; longer texts are not kept.
_SHORT = 200
_lock = threading.Lock()


@cache
def _register() -> frozenset[int]:
    from reportlab.pdfbase import pdfmetrics

    from charts.wide_font import WideFont

    for name, file in _FILES.items():
        behind = _bold_behind if name == SEMIBOLD else fonts_behind
        pdfmetrics.registerFont(WideFont(name, str(FOLDER / file), behind))
    # Paragraphs ask the family for bold and italic; a bold italic word is set in bold.
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=SEMIBOLD, italic=ITALIC, boldItalic=SEMIBOLD)
    return frozenset(pdfmetrics.getFont(REGULAR).face.charToGlyph)


def fonts_behind() -> tuple["TTFont", ...]:
    """The fonts for what Inter lacks, the first that has a character sets it. Read when something is first lacking."""
    with _lock:
        return _behind("Regular")


def _bold_behind() -> tuple["TTFont", ...]:
    with _lock:
        return _behind("Bold")


@cache
def _behind(weight: str) -> tuple["TTFont", ...]:
    return (*(_load(f"NotoSans{script}-{weight}") for script in _SCRIPTS), *map(_load, _ONE_WEIGHT))


@cache
def _load(name: str) -> "TTFont":
    from charts.wide_font import FontBehind

    return FontBehind(name, str(FOLDER / f"{name}.ttf"))


def _is_behind(character: str) -> bool:
    return any(ord(character) in font.face.charToGlyph for font in fonts_behind())


def register_fonts() -> frozenset[int]:
    """Makes the fonts known to ReportLab, once for the process; returns the code points that Inter has."""
    with _lock:
        return _register()


def text_width(text: str, size: float, font: str = REGULAR) -> float:
    """The width of a line of text in points, as `printable` makes it."""
    from reportlab.pdfbase import pdfmetrics

    return float(pdfmetrics.stringWidth(printable(text), font, size))


def printable(text: str) -> str:
    """Text the fonts can set: a box for each run of characters they lack, nothing for invisible ones.

    Line breaks and tabs become spaces.

    >>> printable("Caf\\u00e9 \\U0001f600\\x00")
    'Café □'
    """
    known = register_fonts()
    if text.isascii() and text.isprintable():
        return text
    return _known_printable(text, known) if len(text) <= _SHORT else _printable(text, known)


@lru_cache(maxsize=4096)
def _known_printable(text: str, known: frozenset[int]) -> str:
    return _printable(text, known)


def _printable(text: str, known: frozenset[int]) -> str:
    from charts.wide_font import reads_leftwards_somewhere

    # It parts letters that would be joined, in Persian within words.
    kept = {_ZWNJ} if reads_leftwards_somewhere(text) else set()
    result: list[str] = []
    for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n")):
        if character in "\n\r\t\x0b\x0c\u2028\u2029":
            result.append(" ")
        elif character in kept:
            result.append(character)
        elif unicodedata.category(character) in {"Cc", "Cf", "Cn"} or "\ufe00" <= character <= "\ufe0f":
            continue
        elif ord(character) in known or _is_behind(character):
            result.append(character)
        elif not result or result[-1] != _MISSING:
            result.append(_MISSING)
    return "".join(result)
