"""Schedules and deliveries in words and badges, the same wherever they are shown."""

import datetime as dt
import zoneinfo

from app.ui.badge import Badge
from app.ui.tone import Tone
from services.deliveries.spec import Delivery, DeliveryState, Schedule

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
CRON_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 0, "7": 0}
_STATES = {
    DeliveryState.WAITING: Badge(text="Waiting", icon="hourglass_empty"),
    DeliveryState.RENDERED: Badge(text="Tried again", tone=Tone.WARN, icon="schedule"),
    DeliveryState.SENDING: Badge(text="Sending", tone=Tone.INFO, icon="outgoing_mail"),
    DeliveryState.SENT: Badge(text="Sent", tone=Tone.GOOD, icon="check_circle"),
    DeliveryState.FAILED: Badge(text="Failed", tone=Tone.BAD, icon="error"),
    DeliveryState.BOUNCED: Badge(text="Came back", tone=Tone.BAD, icon="undo"),
    DeliveryState.SKIPPED: Badge(text="Not sent", icon="block"),
}


def state_badge(delivery: Delivery) -> Badge:
    """The state of a delivery in a word."""
    return _STATES[delivery.state]


def moment_text(moment: dt.datetime, zone: str) -> str:
    """A time in a zone, such as "Mon 30 Nov, 08:00"."""
    return f"{moment.astimezone(zoneinfo.ZoneInfo(zone)):%a %-d %b, %H:%M}"


def next_text(schedule: Schedule) -> str:
    """The next time of a schedule, in its zone."""
    return moment_text(schedule.next_at, schedule.plan.zone) if schedule.plan.is_active else "\u2014"


def when_text(cron: str) -> str:
    """A cron time in words where it is one of a time of day and days of the week; otherwise as it is.

    >>> when_text("0 8 * * mon"), when_text("30 17 * * *"), when_text("0 7 * * mon-fri"), when_text("0 8 1 * *")
    ('Mondays at 08:00', 'every day at 17:30', 'working days at 07:00', 'on day 1 of the month at 08:00')
    """
    minute, hour, day, month, weekday = cron.lower().split()
    if not (minute.isdigit() and hour.isdigit() and month == "*"):
        return cron
    at = f"at {int(hour):02}:{int(minute):02}"
    if day == "*" and weekday == "*":
        return f"every day {at}"
    if day.isdigit() and weekday == "*":
        return f"on day {int(day)} of the month {at}"
    if day == "*" and weekday in {"mon-fri", "1-5"}:
        return f"working days {at}"
    days = [_NAMES.get(one, int(one) if one.isdigit() else -1) for one in weekday.split(",")]
    if day != "*" or not all(0 <= one < len(_DAYS) for one in days):
        return cron
    return f"{', '.join(f'{_DAYS[one]}s' for one in days)} {at}"
