"""Where a read of a table stands, as JSON: the window of changes it is in, and the last row behind which it continues.

A window ends at the newest change there was when it was opened (`until`). The next read begins at the end of the first
window of this one, less the lag: whatever became visible while this one went on lies behind that.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any, cast

from core.errors import InvalidError

Encoded = list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """`start` is the first moment to read, `until` the last, `after` the last row's moment and key."""

    start: Encoded | None = None
    until: Encoded | None = None
    after: list[Encoded] | None = None
    base: Encoded | None = None
    is_done: bool = False

    def open_window(self, until: Encoded | None) -> "Position":
        """The same place in a window that ends at `until`."""
        return replace(self, until=until, base=self.base or until)

    def end(self) -> "Position":
        """Where the next read begins, before its lag is taken off."""
        return Position(base=self.base or self.start, is_done=True)

    def as_cursor(self) -> dict[str, object]:
        """As JSON."""
        return asdict(self)


def position_of(cursor: Mapping[str, object] | None, lag_s: int) -> Position:
    """Where to begin: where an unfinished read stood, or at the end of a finished one less the lag."""
    if cursor is None:
        return Position()
    found = Position(**cast(dict[str, object], dict(cursor)))  # type: ignore[arg-type]
    if not found.is_done:
        return found
    return Position(start=None if found.base is None else step_back(found.base, lag_s))


def encode(value: object) -> Encoded:
    """A value of a column that rows are ordered by, so that it comes back the same."""
    if isinstance(value, bool) or value is None:
        raise InvalidError(f"Rows cannot be ordered by a column that holds {value!r}. Choose another cursor or key.")
    for name, (kind, write, _) in _KINDS.items():
        if isinstance(value, kind):
            return [name, write(value)]
    return ["text", str(value)]


def decode(encoded: Encoded) -> object:
    """What `encode` was given."""
    name, text = encoded
    return _KINDS[name][2](text)


def step_back(encoded: Encoded, seconds: int) -> Encoded:
    """A moment so many seconds earlier; what is no moment stays as it is."""
    name, text = encoded
    if not seconds:
        return encoded
    back = dt.timedelta(seconds=seconds)
    if name == "moment":
        return [name, (dt.datetime.fromisoformat(text) - back).isoformat()]
    if name == "day":
        return [name, (dt.date.fromisoformat(text) - dt.timedelta(days=-(-seconds // 86_400))).isoformat()]
    if name == "text":
        return [name, _earlier(text, back)]
    raise InvalidError("A lag needs a cursor column that holds dates or times.")


def _earlier(text: str, back: dt.timedelta) -> str:
    """Databases without a type for time keep it as text, in one of several shapes."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise InvalidError("A lag needs a cursor column that holds dates or times as 2026-01-31 10:00:00.") from None
    earlier = (moment - back).isoformat(sep="T" if "T" in text else " ")
    if len(text) == len("2026-01-31"):
        return earlier[: len(text)]
    return earlier.replace("+00:00", "Z") if text.endswith("Z") else earlier


_KINDS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], object]]] = {
    "moment": (dt.datetime, lambda value: value.isoformat(), dt.datetime.fromisoformat),
    "day": (dt.date, lambda value: value.isoformat(), dt.date.fromisoformat),
    "whole": (int, str, int),
    "decimal": (Decimal, str, Decimal),
    "number": (float, repr, float),
    "text": (str, str, str),
}
