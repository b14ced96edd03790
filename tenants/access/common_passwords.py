"""Passwords that are tried first: a list of 40,101 known ones, and what is made of them by adding digits.

The list is kept as the first four bytes of each one's SHA-256 (tools/common_passwords.py), 160 kB. Of passwords that
are not in it, one in a hundred thousand is taken to be.
"""

import hashlib
import re
import sys
from array import array
from bisect import bisect_left
from functools import cache
from itertools import pairwise
from pathlib import Path

_FILE = Path(__file__).with_name("common_passwords.bin")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LOOKALIKES = str.maketrans("@4310$5!7", "aaeiossit")
_FEWEST_CHARACTERS = 5


def is_common(password: str, *, known: tuple[str, ...] = ()) -> bool:
    """Whether a guesser finds it soon: a known password, or one with digits and signs around it, or a repetition.

    `known` are words that belong to the person, such as the name in the address.

    >>> is_common("Password2026!"), is_common("abababababab"), is_common("correct horse battery staple")
    (True, True, False)
    """
    folded = password.casefold()
    if len(set(folded)) < _FEWEST_CHARACTERS or _is_run(folded):
        return True
    core = _AROUND.sub("", folded)
    words = {folded, core, core.translate(_LOOKALIKES), _unit(folded)}
    return not core or any(_is_listed(word) for word in words) or core in {word.casefold() for word in known}


def _unit(text: str) -> str:
    """What a text repeats, or the text itself.

    >>> _unit("dragondragon"), _unit("dragon")
    ('dragon', 'dragon')
    """
    return text[: (text + text).index(text, 1)]


def _is_run(text: str) -> bool:
    """Whether every character follows the one before, up or down, such as 123456789012 and fedcba."""
    steps = {(ord(after) - ord(before)) % 10 for before, after in pairwise(text)}
    return steps in ({1}, {9})


def _is_listed(word: str) -> bool:
    prefix = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
    prefixes = _prefixes()
    place = bisect_left(prefixes, prefix)
    return place < len(prefixes) and prefixes[place] == prefix


@cache
def _prefixes() -> "array[int]":
    found = array("I", _FILE.read_bytes())
    if sys.byteorder == "little":
        found.byteswap()
    return found
