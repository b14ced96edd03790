"""A tenant as the rest of the product sees it."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from core.clock import Clock, utc_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A customer organisation. `calendar_day` stops its calendar (demo data); `week_start` is 0 for Monday."""

    id: str
    slug: str
    name: str
    zone: str
    currency: str
    accent: str
    fiscal_start_month: int
    week_start: int
    calendar_day: dt.date | None

    def today(self, clock: Clock = utc_now) -> dt.date:
        """The date in the tenant's zone, or the day its calendar is stopped at."""
        return self.calendar_day or clock().astimezone(zoneinfo.ZoneInfo(self.zone)).date()
