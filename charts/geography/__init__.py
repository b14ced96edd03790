"""Countries: their outlines, and who is meant by a name or a code."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict, cast

from charts.spec import X

# The range of the outlines, which `tools/countries.py` builds.
LEFT, RIGHT, BOTTOM, TOP = 0, 1000, -192, 243

Ring = tuple[tuple[int, int], ...]

# Names people write that are not those of the map.
_ALIASES = {
    "america": "US", "britain": "GB", "great britain": "GB", "uk": "GB", "england": "GB", "usa": "US", "us": "US",
    "united states": "US", "united states of america": "US", "czech republic": "CZ", "holland": "NL",
    "the netherlands": "NL", "korea": "KR", "republic of korea": "KR", "korea south": "KR", "korea north": "KP",
    "russian federation": "RU", "turkey": "TR", "turkiye": "TR", "ivory coast": "CI", "cote divoire": "CI",
    "burma": "MM", "swaziland": "SZ", "macedonia": "MK", "viet nam": "VN", "uae": "AE", "emirates": "AE",
    "dr congo": "CD", "drc": "CD", "democratic republic of the congo": "CD", "congo kinshasa": "CD",
    "congo brazzaville": "CG", "republic of the congo": "CG", "brasil": "BR", "espana": "ES", "deutschland": "DE",
    "osterreich": "AT", "schweiz": "CH", "suisse": "CH", "italia": "IT", "polska": "PL", "sverige": "SE",
    "norge": "NO", "danmark": "DK", "suomi": "FI", "hong kong sar": "HK", "taiwan": "TW", "iran": "IR", "syria": "SY",
    "bolivia": "BO", "tanzania": "TZ", "venezuela": "VE", "moldova": "MD", "laos": "LA", "palestine": "PS",
    "east timor": "TL", "cape verde": "CV", "cabo verde": "CV", "macau": "MO", "macao": "MO",
    "people s republic of china": "CN", "pr china": "CN", "mainland china": "CN", "islamic republic of iran": "IR",
}  # fmt: skip


class _Outline(TypedDict):
    """A country in the file."""

    name: str
    three: str
    rings: list[list[int]]


class _Content(TypedDict):
    """The file `countries.json`."""

    source: str
    countries: dict[str, _Outline]
    other: list[list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country by its ISO 3166 code of two letters, and its rings as points of the map."""

    code: str
    name: str
    rings: tuple[Ring, ...]


@cache
def countries() -> Mapping[str, Country]:
    """Every country that has an outline, by code."""
    return {
        code: Country(code=code, name=one["name"], rings=tuple(map(_ring, one["rings"])))
        for code, one in _content()["countries"].items()
    }


@cache
def other_rings() -> tuple[Ring, ...]:
    """Land that belongs to no country of the list."""
    return tuple(map(_ring, _content()["other"]))


def find_country(name: X) -> Country | None:
    """The country of a name, or of a code of two or three letters; None for what is none.

    >>> find_country("Deutschland").name, find_country("usa").code, find_country("Atlantis")
    ('Germany', 'US', None)
    """
    code = _codes().get(_plain(str(name)))
    return None if code is None else countries()[code]


@cache
def _codes() -> Mapping[str, str]:
    found = dict(_ALIASES)
    for code, one in _content()["countries"].items():
        found |= {_plain(key): code for key in (code, one["name"], one["three"]) if key not in {"", "-99"}}
    return {name: code for name, code in found.items() if code in _content()["countries"]}


def _plain(name: str) -> str:
    """Small letters without accents and signs, words a space apart."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(
        one if one.isalnum() else " " for one in letters if not unicodedata.combining(one) and one not in "'\u2019"
    )
    return " ".join(kept.split())


@cache
def _content() -> _Content:
    return cast(_Content, json.loads(Path(__file__).with_name("countries.json").read_text(encoding="utf-8")))


def _ring(flat: list[int]) -> Ring:
    return tuple(zip(flat[::2], flat[1::2], strict=True))
