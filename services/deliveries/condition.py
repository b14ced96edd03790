"""The condition of a schedule: whether what a reader would get is worth sending to them."""

import re
from dataclasses import dataclass
from decimal import Decimal

from core.errors import InvalidError
from core.names import suggestion

HAS_ROWS = "has rows"
CHANGED = "changed"
_MOVES = {"rises": 1, "falls": -1}
_COMPARISON = re.compile(
    r"(?P<cell>[a-z][a-z0-9_]*)\s+(?P<word>over|under|rises|falls)\s+(?P<limit>-?[0-9]+(\.[0-9]+)?)(?P<share>%?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a condition looks at: the rows of cells that have rows, the figures of metric cells and their changes as
    shares, a hash of all values.

    `previous_hash` is that of what the reader was sent last; None where nothing was.
    """

    row_counts: dict[str, int]
    figures: dict[str, int | float | Decimal | None]
    changes: dict[str, float | None]
    values_hash: str
    previous_hash: str | None = None


def check_condition(text: str, figures: set[str]) -> None:
    """Raises InvalidError for a condition that cannot be read or names no metric cell of `figures`."""
    if text in {"", HAS_ROWS, CHANGED}:
        return
    cell = _parse(text)["cell"]
    if cell not in figures:
        raise InvalidError(f"The notebook has no metric cell {cell!r}. {suggestion(cell, figures)}")


def unmet_reason(text: str, content: Content) -> str:
    """Why the condition is not met; empty where it is."""
    if not text:
        return ""
    if text == HAS_ROWS:
        return "" if any(content.row_counts.values()) else "There are no rows."
    if text == CHANGED:
        return "" if content.values_hash != content.previous_hash else "Nothing changed since the last delivery."
    found = _parse(text)
    cell, word, limit = found["cell"], found["word"], Decimal(found["limit"])
    if word in _MOVES:
        change = content.changes.get(cell)
        if change is None:
            return f"{cell} has nothing to be compared with."
        is_met = Decimal(str(change)) * _MOVES[word] * 100 > limit
        return "" if is_met else f"{cell} {word} by no more than {found['limit']}%."
    value = content.figures.get(cell)
    if value is None:
        return f"{cell} has no value."
    is_met = Decimal(str(value)) > limit if word == "over" else Decimal(str(value)) < limit
    return "" if is_met else f"{cell} is not {word} {found['limit']}."


def _parse(text: str) -> re.Match[str]:
    found = _COMPARISON.fullmatch(text)
    if found is None or bool(found["share"]) != (found["word"] in _MOVES):
        raise InvalidError(
            f"{text!r} is not a condition: write has rows, changed, CELL over NUMBER, CELL under NUMBER, "
            "CELL rises PERCENT% or CELL falls PERCENT%."
        )
    return found
