"""The fonts of everything printed: Inter with tabular figures, embedded, and text made safe for it.

The files are built by `tools/fonts_pdf.py` and licensed under the SIL Open Font License (`fonts/OFL.txt`).
"""

import threading
import unicodedata
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("fonts")
REGULAR = "InterTabular"
SEMIBOLD = "InterTabular-SemiBold"
ITALIC = "InterTabular-Italic"

_FILES = {
    REGULAR: "InterTabular-Regular.ttf",
    SEMIBOLD: "InterTabular-SemiBold.ttf",
    ITALIC: "InterTabular-Italic.ttf",
}
_MISSING = "\u25a1"
_lock = threading.Lock()


@cache
def _register() -> frozenset[int]:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, FOLDER / file))
    # Paragraphs ask the family for bold and italic; a bold italic word is set in bold.
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=SEMIBOLD, italic=ITALIC, boldItalic=SEMIBOLD)
    return frozenset(pdfmetrics.getFont(REGULAR).face.charToGlyph)


def register_fonts() -> frozenset[int]:
    """Makes the fonts known to ReportLab, once for the process; returns the code points they have."""
    with _lock:
        return _register()


def text_width(text: str, size: float, font: str = REGULAR) -> float:
    """The width of a line of text in points."""
    from reportlab.pdfbase import pdfmetrics

    register_fonts()
    return float(pdfmetrics.stringWidth(text, font, size))


def printable(text: str) -> str:
    """Text the fonts can set: a box for each run of characters they lack, nothing for invisible ones.

    Line breaks and tabs become spaces.

    >>> printable("Caf\\u00e9 \\U0001f600\\x00")
    'Café □'
    """
    known = register_fonts()
    if text.isascii() and text.isprintable():
        return text
    result: list[str] = []
    for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n")):
        if character in "\n\r\t\x0b\x0c\u2028\u2029":
            result.append(" ")
        elif unicodedata.category(character) in {"Cc", "Cf", "Cn"} or "\ufe00" <= character <= "\ufe0f":
            continue
        elif ord(character) in known:
            result.append(character)
        elif not result or result[-1] != _MISSING:
            result.append(_MISSING)
    return "".join(result)
