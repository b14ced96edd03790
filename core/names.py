"""Nearest names for messages, and identifiers made from free text."""

import difflib
import re
from collections.abc import Iterable

_NOT_WORD = re.compile(r"\W+", re.UNICODE)


def nearest(name: str, known: Iterable[str], *, count: int = 3) -> list[str]:
    """The known names most like `name`, best first; empty when none is close."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=count, cutoff=0.6)
    return [by_folded[folded] for folded in close]


def suggestion(name: str, known: Iterable[str]) -> str:
    """A sentence that helps after an unknown name: the nearest match, or what there is.

    >>> suggestion("win_rat", ["win_rate", "revenue"])
    'Did you mean win_rate?'
    >>> suggestion("x", [])
    'There is none yet.'
    """
    names = sorted(set(known))
    if not names:
        return "There is none yet."
    close = nearest(name, names)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    return f"Known: {shown}."


def identifier(text: str, *, fallback: str = "column") -> str:
    """A lower-case SQL-friendly identifier for free text.

    >>> identifier("Close Value (USD)")
    'close_value_usd'
    >>> identifier("2017 plan")
    '_2017_plan'
    """
    name = _NOT_WORD.sub("_", text.strip()).strip("_").lower()
    if not name:
        return fallback
    return f"_{name}" if name[0].isdigit() else name
