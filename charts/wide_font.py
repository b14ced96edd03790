"""A font with others behind it, and text that reads from right to left.

ReportLab asks a font how wide a text is and cuts it into the font's subsets; both are answered here over several fonts,
so that paragraphs, tables and charts need to know nothing of it. Text is kept in the order in which it is read; the
order in which it stands (Unicode's UAX 9) and the joined forms of Arabic letters are made when it is measured or drawn.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from reportlab.pdfbase.ttfonts import SUBSETN, TTFont

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_BRACKETS = {"(": ")", "[": "]", "{": "}", "<": ">", "«": "»", "‹": "›"}
# Brackets that nobody types: one pair for each that a line has.
_TWINS = tuple(zip(*[iter("⦃⦄⦅⦆⦇⦈⦉⦊⦋⦌⦑⦒⦓⦔⦕⦖⦗⦘⟦⟧⟨⟩⟪⟫⟬⟭⟮⟯❨❩❪❫❬❭❮❯❰❱❲❳❴❵")] * 2, strict=True))
_CODE = re.compile(r"<([0-9A-F]{2})> <([0-9A-F]{4,6})>")
# The number of a subset of a font behind this one begins at a multiple of it.
_STEP = 1 << 16


class FontBehind(TTFont):  # type: ignore[misc]
    """A font for what another lacks. Who copies or searches finds the letters typed, not their joined forms."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802
        """Writes the subsets that were used, each with the text its codes stand for (ISO 32000-2, 9.10.3)."""
        subsets = self.state[doc].subsets
        super().addObjects(doc)
        for number in range(len(subsets)):
            name = b"".join((SUBSETN(number), b"+", self.face.name, self.face.subfontNameX)).decode("pdfdoc")
            said = doc.idToObject[f"toUnicodeCMap:{name}"]
            said.content = _CODE.sub(lambda found: f"<{found[1]}> <{_typed(int(found[2], 16))}>", said.content)


def _typed(code: int) -> str:
    """The letters of a form as UTF-16 in hexadecimal digits."""
    is_form = 0xFB50 <= code <= 0xFDFF or 0xFE70 <= code <= 0xFEFF
    letters = unicodedata.normalize("NFKC", chr(code)) if is_form else chr(code)
    return letters.encode("utf-16-be").hex().upper()


class WideFont(TTFont):  # type: ignore[misc]
    """A TrueType font; `behind` gives the fonts to ask for what it lacks, when something is first lacking."""

    def __init__(self, name: str, filename: str, behind: Callable[[], Sequence[TTFont]]) -> None:
        super().__init__(name, filename)
        self._behind = behind

    # The names and arguments are ReportLab's.
    def stringWidth(self, text: str | bytes, size: float, encoding: str = "utf8") -> float:  # noqa: N802
        """The width in points, over all the fonts the text needs."""
        words = text.decode(encoding) if isinstance(text, bytes) else text
        if self._has(words):
            return float(super().stringWidth(words, size, encoding))
        own = super().stringWidth
        return float(
            sum(
                own(part, size, encoding) if place == 0 else self._behind()[place - 1].stringWidth(part, size)
                for place, part in self._parts(words)
            )
        )

    def splitString(self, text: str | bytes, doc: Any, encoding: str = "utf-8") -> list[tuple[int, bytes]]:  # noqa: N802
        """The text as codes of subsets, in the order in which it stands on the line."""
        words = text.decode(encoding) if isinstance(text, bytes) else text
        if self._has(words):
            return list(super().splitString(words, doc, encoding))
        split: list[tuple[int, bytes]] = []
        for place, part in self._parts(words):
            found = super().splitString(part, doc) if place == 0 else self._behind()[place - 1].splitString(part, doc)
            split += [(place * _STEP + subset, codes) for subset, codes in found]
        return split

    def getSubsetInternalName(self, subset: int, doc: Any) -> str:  # noqa: N802
        """The name of a subset within the document."""
        place, number = divmod(subset, _STEP)
        if place == 0:
            return str(super().getSubsetInternalName(number, doc))
        return str(self._behind()[place - 1].getSubsetInternalName(number, doc))

    def _has(self, text: str) -> bool:
        """Whether this font alone sets a text; it has no letters that read from right to left."""
        known = self.face.charToGlyph
        return text.isascii() or all(ord(character) in known for character in text)

    def _parts(self, text: str) -> Iterator[tuple[int, str]]:
        """The text as it stands on the line, in pieces of one font each, 0 for this one."""
        for place, group in groupby(as_it_stands(text), self._place):
            yield place, "".join(group)

    def _place(self, character: str) -> int:
        code = ord(character)
        if code in self.face.charToGlyph:
            return 0
        return next((place for place, font in enumerate(self._behind(), 1) if code in font.face.charToGlyph), 0)


@lru_cache(maxsize=4096)
def as_it_stands(text: str) -> str:
    """A line from left to right, as it stands on paper; Arabic letters joined, vowel points left out.

    >>> as_it_stands("EMEA (\u05d0\u05d1)") == "EMEA (\u05d1\u05d0)"
    True
    """
    if not reads_leftwards_somewhere(text):
        return text
    # Needed by few reports.
    from arabic_reshaper import reshape

    # Half a pair of UTF-16 is no character, and the library takes none.
    shown = _in_order(reshape(text.encode("utf-8", "replace").decode()))
    return "".join(one for one in shown if unicodedata.category(one) != "Cf" and not _is_point(one))


def _in_order(text: str) -> str:
    """The characters from left to right, and the brackets among what reads leftwards turned round (UAX 9, L4).

    The library orders, and leaves brackets as they are. So each pair goes through it as a pair of brackets of its own.
    """
    from bidi import get_display

    pairs = list(zip(_pairs_of(text), (twin for twin in _TWINS if twin[0] not in text), strict=False))
    standing = list(text)
    for (first, last), twin in pairs:
        standing[first], standing[last] = twin
    shown = str(get_display("".join(standing)))
    for (first, last), (opening, closing) in pairs:
        is_turned = shown.index(closing) < shown.index(opening)
        left, right = (closing, opening) if is_turned else (opening, closing)
        shown = shown.replace(left, text[first]).replace(right, text[last])
    return shown


def _pairs_of(text: str) -> list[tuple[int, int]]:
    """Where brackets open and close."""
    pairs: list[tuple[int, int]] = []
    opened: list[int] = []
    for place, character in enumerate(text):
        if character in _BRACKETS:
            opened.append(place)
        elif opened and _BRACKETS[text[opened[-1]]] == character:
            pairs.append((opened.pop(), place))
    return pairs


def reads_leftwards_somewhere(text: str) -> bool:
    """Whether there is a letter that reads from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def reads_leftwards(text: str) -> bool:
    """Whether a text as a whole reads from right to left: its first letter of a direction does (UAX 9, P2)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def _is_point(character: str) -> bool:
    # Their place above and below letters is in tables that ReportLab does not read.
    return unicodedata.category(character) == "Mn" and reads_leftwards_somewhere(character)
