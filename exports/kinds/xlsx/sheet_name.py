"""Names of sheets: short, without forbidden signs, each one once."""

import re

LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# Excel keeps this name for itself.
_RESERVED = "history"


class SheetNames:
    """Gives out the names of one workbook's sheets."""

    def __init__(self) -> None:
        self._taken = {_RESERVED}

    def take(self, wanted: str, fallback: str) -> str:
        """A name close to the one wanted that no other sheet has.

        >>> names = SheetNames()
        >>> names.take("Win rate: by region", "Table"), names.take("win rate  by region", "Table")
        ('Win rate by region', 'win rate by region (2)')
        """
        words = " ".join(_FORBIDDEN.sub(" ", wanted).split()).strip("'")
        base = _shortened(words).strip(" '") or fallback
        name, number = base, 2
        while name.casefold() in self._taken:
            ending = f" ({number})"
            name, number = base[: LONGEST - len(ending)].rstrip() + ending, number + 1
        self._taken.add(name.casefold())
        return name


def _shortened(words: str) -> str:
    """At most as long as a name may be, cut between words where that is possible."""
    if len(words) <= LONGEST:
        return words
    return words[: LONGEST + 1].rpartition(" ")[0] or words[:LONGEST]
