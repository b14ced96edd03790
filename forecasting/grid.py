"""Puts a series on a grid of equal periods: finds its frequency, fills gaps, refuses what has no one reading."""

from dataclasses import dataclass

import numpy as np

from core.errors import RefusedError
from forecasting.frequency import Frequency
from forecasting.series import Floats, Integers, Series, TimeStyle, write_time

FEWEST = 4
_MOST_MISSING = 0.5
_DAY_US = 86_400_000_000
_HOUR_US = 3_600_000_000
_MONTHS = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.YEAR: 12}
_UNITS = {Frequency.HOUR: _HOUR_US, Frequency.DAY: _DAY_US, Frequency.WEEK: 7 * _DAY_US}
# The most days between two points that still count as a frequency.
_UP_TO_DAYS = (
    (0.5, Frequency.HOUR),
    (4, Frequency.DAY),
    (20, Frequency.WEEK),
    (60, Frequency.MONTH),
    (200, Frequency.QUARTER),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Regular:
    """One finite value for each period. `notes` say what was done to get there."""

    series: Series
    values: Floats
    season: int
    frequency: Frequency | None
    last: int
    step: int
    notes: tuple[str, ...]

    def time_text(self, ahead: int) -> str | int:
        """The time of a period after the last value, 1 for the next one."""
        style = self.series.style
        if self.frequency is None or style is TimeStyle.NUMBER:
            return self.last + ahead * self.step
        if self.frequency in _UNITS:
            return write_time(self.last + ahead * _UNITS[self.frequency], style)
        moment = np.datetime64(self.last, "us")
        month = moment.astype("datetime64[M]")
        begins = month + ahead * _MONTHS[self.frequency]
        offset = moment - month.astype("datetime64[us]")
        is_end = (moment.astype("datetime64[D]") + 1).astype("datetime64[M]") != month
        last_day = (begins + 1).astype("datetime64[D]") - 1
        there = begins.astype("datetime64[us]") + offset
        if is_end or there.astype("datetime64[M]") != begins:
            there = last_day.astype("datetime64[us]") + offset % np.timedelta64(_DAY_US, "us")
        return write_time(int(there.astype(np.int64)), style)


def regularise(series: Series, frequency: Frequency | None) -> Regular:
    """The series on its grid. Raises RefusedError."""
    known = np.flatnonzero(~np.isnan(series.values))
    if known.size < FEWEST:
        raise RefusedError(
            f"The series {series.id!r} has {known.size} values; at least {FEWEST} are needed for a forecast."
        )
    times, values, rows = series.times[known], series.values[known], series.rows[known]
    _refuse_copies(series, times, rows)
    used = frequency
    if series.style is not TimeStyle.NUMBER:
        used = frequency or find_frequency(times)
    step = int(np.diff(times).min()) if series.style is TimeStyle.NUMBER else 1
    places = times // step if series.style is TimeStyle.NUMBER else _places(times, used or Frequency.DAY)
    _refuse_mixture(series, places, rows)
    grid = np.arange(places[0], places[-1] + 1)
    missing = grid.size - places.size
    if missing > _MOST_MISSING * grid.size:
        raise RefusedError(
            f"The series {series.id!r} has values for {places.size:,} of {grid.size:,} periods. Give its frequency "
            "with --freq, or sum it into longer periods."
        )
    notes = []
    if missing:
        notes.append(f"{series.id}: {missing:,} missing periods were filled along straight lines.")
    if known.size and known[-1] < series.size - 1:
        notes.append(f"{series.id}: the last values are missing, so the forecast begins after the last known one.")
    return Regular(
        series=series,
        values=np.interp(grid, places, values),
        season=used.season_length if used else 1,
        frequency=used,
        last=int(times[-1]),
        step=step,
        notes=tuple(notes),
    )


def find_frequency(times: Integers) -> Frequency:
    """The frequency by the usual distance of two times."""
    days = float(np.median(np.diff(times))) / _DAY_US
    return next((found for most, found in _UP_TO_DAYS if days <= most), Frequency.YEAR)


def _places(times: Integers, frequency: Frequency) -> Integers:
    """Each time's period as a number that counts up by one."""
    if frequency is Frequency.WEEK:
        return np.asarray(np.floor_divide(times - times[0], _UNITS[frequency]), np.int64)
    if frequency in _UNITS:
        return np.asarray(np.floor_divide(times, _UNITS[frequency]), np.int64)
    months: Integers = times.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(np.floor_divide(months, _MONTHS[frequency]), np.int64)


def _refuse_copies(series: Series, times: Integers, rows: Integers) -> None:
    copies = np.flatnonzero(np.diff(times) == 0)
    if copies.size:
        place = int(copies[0])
        raise RefusedError(
            f"The series {series.id!r} has two values for {write_time(int(times[place]), series.style)}, in rows "
            f"{rows[place]} and {rows[place + 1]}. Keep one, or sum them first."
        )


def _refuse_mixture(series: Series, places: Integers, rows: Integers) -> None:
    """Two values in a period, or a spacing that changes for good, mean that two frequencies were mixed."""
    steps = np.diff(places)
    half = steps.size // 2
    same = np.flatnonzero(steps == 0)
    is_changed = half >= 3 and np.median(steps[:half]) != np.median(steps[half:])
    if same.size or is_changed:
        row = rows[int(same[0]) + 1] if same.size else rows[half]
        raise RefusedError(
            f"The series {series.id!r} mixes frequencies or is finer than hourly: the spacing changes near row {row}. "
            "Give one value for each period, or name a longer period with --freq."
        )
