"""How old something is, in words."""

import datetime as dt


def age_text(moment: dt.datetime, now: dt.datetime) -> str:
    """The time from `moment` to `now` (both aware), in one unit.

    >>> at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    >>> age_text(at, at + dt.timedelta(minutes=12)), age_text(at, at + dt.timedelta(days=3))
    ('12 min', '3 days')
    """
    seconds = max(0, int((now - moment).total_seconds()))
    if seconds < 60:
        return "less than a minute"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 86400} days"
