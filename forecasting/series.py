"""A series as it was observed: values in order of time, gaps and copies not yet judged.

Times are microseconds since 1970 (UTC), or plain numbers where the file counts 1, 2, 3.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class TimeStyle(StrEnum):
    """How the times of a file are written."""

    NUMBER = "number"
    MONTH = "month"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """The points of one id by time, those of the same time in the order they came; a missing value is not a number.

    `rows` is where each point stands in the file: the line of a text file, the row of a Parquet file, from 1.
    """

    id: str
    times: Integers
    values: Floats
    rows: Integers
    style: TimeStyle

    @property
    def size(self) -> int:
        """How many points there are, the missing ones included."""
        return self.values.size

    def time_text(self, place: int) -> str | int:
        """The time of a point as the file would write it."""
        return write_time(int(self.times[place]), self.style)


def write_time(time: int, style: TimeStyle) -> str | int:
    """A time as text, or the number where the file counts.

    >>> write_time(1_769_817_600_000_000, TimeStyle.DAY), write_time(7, TimeStyle.NUMBER)
    ('2026-01-31', 7)
    """
    if style is TimeStyle.NUMBER:
        return time
    moment = np.datetime64(time, "us")
    if style is TimeStyle.MOMENT:
        return str(moment.astype("datetime64[us]" if time % 1_000_000 else "datetime64[s]"))
    return str(moment.astype("datetime64[M]" if style is TimeStyle.MONTH else "datetime64[D]"))
