"""The condition of a schedule: whether what a reader would get is worth sending to them."""

import re
from dataclasses import dataclass
from decimal import Decimal

from core.errors import InvalidError
from core.names import suggestion

HAS_ROWS = "has rows"
CHANGED = "changed"
_COMPARISON = re.compile(r"(?P<cell>[a-z][a-z0-9_]*)\s+(?P<word>over|under)\s+(?P<limit>-?[0-9]+(\.[0-9]+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a condition looks at: the rows of cells that have rows, the figures of metric cells, a hash of all values.

    `previous_hash` is that of what the reader was sent last; None where nothing was.
    """

    row_counts: dict[str, int]
    figures: dict[str, int | float | Decimal | None]
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
    value, limit = content.figures.get(found["cell"]), Decimal(found["limit"])
    if value is None:
        return f"{found['cell']} has no value."
    is_met = Decimal(str(value)) > limit if found["word"] == "over" else Decimal(str(value)) < limit
    return "" if is_met else f"{found['cell']} is not {found['word']} {found['limit']}."


def _parse(text: str) -> re.Match[str]:
    found = _COMPARISON.fullmatch(text)
    if found is None:
        raise InvalidError(
            f"{text!r} is not a condition: write has rows, changed, CELL over NUMBER or CELL under NUMBER."
        )
    return found
