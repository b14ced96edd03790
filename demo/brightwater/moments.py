"""Moments of a day in the working hours of a region."""

import numpy as np

from demo.brightwater.plan import REGION_HOURS
from demo.days import moments
from demo.stream import Floats, Ints

# A session that begins this long before the end of the working day still ends on the same date.
SPARE_HOURS = 0.9


def regional_moments(days: Ints, share: Floats, regions: Ints, *, spare_hours: float = 0.0) -> Ints:
    """Microseconds (UTC) of a working moment on each day in each region; `spare_hours` are kept free at the end."""
    found = np.zeros(len(days), dtype=np.int64)
    for region, (zone, opens, closes) in enumerate(REGION_HOURS):
        here = regions == region
        found[here] = moments(days[here], share[here], zone=zone, opens=opens, closes=closes - spare_hours)
    return found
