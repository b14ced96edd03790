"""The outcome that is learned: two values, of which one is the event."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InvalidError

_EVENTS = {"1", "1.0", "true", "yes", "y", "t", "won", "churned", "converted"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Target:
    """Which rows have an outcome, whether each of them is the event, and what the event is called."""

    rows: npt.NDArray[np.int64]
    is_event: npt.NDArray[np.bool_]
    event: str


def read_target(table: pa.Table, name: str) -> Target:
    """The outcome of each row that has one. Raises InvalidError unless there are two values."""
    column = table.column(name).cast(pa.string())
    column = pc.utf8_trim_whitespace(column)
    known = pc.and_(pc.is_valid(column), pc.not_equal(column, ""))
    rows = np.flatnonzero(np.asarray(pc.fill_null(known, False).to_numpy(), np.bool_))
    values = np.array(column.take(pa.array(rows)).to_pylist(), dtype=np.str_)
    classes, counts = np.unique(values, return_counts=True)
    if classes.size != 2:
        raise InvalidError(_refusal(name, classes.tolist()))
    if counts.min() < 5:
        rare = str(classes[int(np.argmin(counts))])
        raise InvalidError(
            f"Only {counts.min()} rows of the target {name!r} are {rare!r}. A score needs at least 5 of each outcome; "
            "wait for more, or choose a more frequent one."
        )
    named = [one for one in classes.tolist() if one.lower() in _EVENTS]
    event = named[0] if len(named) == 1 else str(classes[1])
    return Target(rows=rows, is_event=values == event, event=event)


def _refusal(name: str, classes: list[str]) -> str:
    if not classes:
        return f"No row has a value in the target {name!r}. Choose a column with the outcome of each row."
    if len(classes) == 1:
        return (
            f"The target {name!r} is {classes[0]!r} in every row. There is nothing to learn without a second outcome."
        )
    shown = ", ".join(repr(one) for one in classes[:4])
    return f"The target {name!r} has {len(classes):,} values ({shown}, ...). A score needs two, such as yes and no."
