"""The tenant's logo: a mark in its colour and its name as outlines, as one SVG that follows the theme.

An SVG shown as a picture cannot use the page's fonts; the name is therefore drawn from `wordmark.json`, outlines of
Inter at weight 650. A name with a character outside Latin is set as text in the reader's own font.
"""

import base64
import colorsys
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.ui.template import render

WORDMARK = Path(__file__).resolve().parent / "wordmark.json"
MARK_PX = 26
HEIGHT_PX = 28
GAP_PX = 10
NAME_PX = 15.6
LETTER_PX = 16.5
CAP_HEIGHT_EM = 0.727
TRACKING_EM = -0.012
UNITS_PER_EM = 1000
MIN_CONTRAST = 4.5
NEUTRAL_COLOUR = "#0e6b5c"
_SQUARE_PX = 40
_WIDEST_PX = 190


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word to draw: `paths` are offsets and outlines in font units, empty where an outline is missing."""

    text: str
    x: float
    baseline: float
    size: float
    width: float
    paths: tuple[tuple[int, str], ...]

    @property
    def scale(self) -> float:
        """Pixels per font unit."""
        return self.size / UNITS_PER_EM


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as high as the logo: its bytes as an address, and its width in pixels."""

    address: str
    width: int


def readable_colour(colour: str) -> str:
    """The colour, darkened until white words on it reach a contrast of 4.5 (WCAG 2.2, 1.4.3).

    Raises ValueError for anything but `#rrggbb`.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"{colour!r} is not a colour; write it as #rrggbb")
    hue, lightness, saturation = colorsys.rgb_to_hls(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))
    while True:
        channels = [round(255 * part) for part in colorsys.hls_to_rgb(hue, max(lightness, 0.0), saturation)]
        if 1.05 / (_luminance(channels) + 0.05) >= MIN_CONTRAST:
            return "#" + "".join(f"{part:02x}" for part in channels)
        lightness -= 0.01


def _luminance(channels: list[int]) -> float:
    """Relative luminance of sRGB (WCAG 2.2, definition)."""
    parts = [channel / 255 for channel in channels]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@cache
def _outlines() -> dict[str, tuple[int, str]]:
    return {sign: (width, path) for sign, (width, path) in json.loads(WORDMARK.read_text(encoding="utf-8")).items()}


def _word(text: str, *, x: float, baseline: float, size: float) -> Word:
    outlines = _outlines()
    if any(sign not in outlines for sign in text):
        # A character of an unknown font is at most about one em wide.
        return Word(text=text, x=x, baseline=baseline, size=size, width=size * len(text), paths=())
    paths: list[tuple[int, str]] = []
    at = 0.0
    for sign in text:
        width, path = outlines[sign]
        paths.append((round(at), path))
        at += width + TRACKING_EM * UNITS_PER_EM
    return Word(text=text, x=x, baseline=baseline, size=size, width=at * size / UNITS_PER_EM, paths=tuple(paths))


def _baseline(size: float) -> float:
    """Where capitals of this size stand in the middle of the height."""
    return round((HEIGHT_PX + CAP_HEIGHT_EM * size) / 2, 2)


def _letter(name: str) -> Word:
    letter = next((sign.upper() for sign in name if sign.isalnum()), "P")
    width = _word(letter, x=0, baseline=0, size=LETTER_PX).width
    return _word(letter, x=(MARK_PX - width) / 2, baseline=_baseline(LETTER_PX), size=LETTER_PX)


def tenant_mark(name: str, *, colour: str = NEUTRAL_COLOUR) -> str:
    """An SVG of the mark alone: the first letter of the name on the tenant's colour."""
    values = {"name": name, "width": MARK_PX, "colour": readable_colour(colour), "letter": _letter(name)}
    return str(render("logo.svg", **values, wordmark=None, picture=None))


def tenant_logo(name: str, *, colour: str = NEUTRAL_COLOUR, picture: bytes | None = None) -> str:
    """An SVG of the mark and the name side by side, 28 pixels high; the name's colour follows light and dark.

    A `picture` of the tenant's own, a PNG, stands in for the mark; one that is wide has the name in it already.
    """
    mark = None if picture is None else _picture(picture)
    mark_px = MARK_PX if mark is None else mark.width
    wordmark = _word(name, x=mark_px + GAP_PX, baseline=_baseline(NAME_PX), size=NAME_PX)
    is_named = mark is None or mark.width <= _SQUARE_PX
    width = round(mark_px + GAP_PX + wordmark.width + 2) if is_named else mark_px
    values = {"name": name, "width": width, "colour": readable_colour(colour), "letter": _letter(name)}
    return str(render("logo.svg", **values, wordmark=wordmark if is_named else None, picture=mark))


def _picture(content: bytes) -> Picture:
    """A PNG as high as the logo. Its width and height stand in its first chunk (PNG specification, 11.2.2)."""
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    data = base64.b64encode(content).decode()
    return Picture(address=f"data:image/png;base64,{data}", width=min(round(HEIGHT_PX * width / height), _WIDEST_PX))
