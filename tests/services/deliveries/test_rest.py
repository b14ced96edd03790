"""Quiet hours and holidays: what moves, what is left out, and what a change of clocks does to it."""

import datetime as dt
import zoneinfo
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidError
from services.deliveries.deliver import deliver_now
from services.deliveries.moments import moments_after
from services.deliveries.rest import OnHoliday, Rest, check_rest, next_rested, quiet_until, rested_moments
from services.deliveries.schedules import require_schedule, skip_next
from services.deliveries.worker import deliver_due
from tests.services.deliveries.conftest import World

BERLIN = "Europe/Berlin"
NIGHT = Rest(quiet="20:00-07:00")


def due(cron: str, rest: Rest, start: str, count: int, zone: str = BERLIN) -> list[str]:
    """The first times from a day on, as a clock on the wall there shows them."""
    first = dt.datetime.fromisoformat(start).replace(tzinfo=zoneinfo.ZoneInfo(zone))
    found = islice(rested_moments(cron, zone, rest, first.astimezone(dt.UTC)), count)
    return [f"{moment.astimezone(first.tzinfo):%a %Y-%m-%d %H:%M}" for moment in found]


def test_a_holiday_is_left_out() -> None:
    # Easter 2027 is 28 March; Good Friday and Easter Monday are holidays of Germany.
    found = due("0 8 * * mon-fri", Rest(holidays="DE"), "2027-03-25", 3)
    assert found == ["Thu 2027-03-25 08:00", "Tue 2027-03-30 08:00", "Wed 2027-03-31 08:00"]


def test_a_holiday_moves_to_the_next_working_day_and_meets_its_own_time_once() -> None:
    rest = Rest(holidays="DE", on_holiday=OnHoliday.SHIFT)
    assert due("0 8 * * fri", rest, "2027-03-24", 2) == ["Tue 2027-03-30 08:00", "Fri 2027-04-02 08:00"]
    found = due("0 8 * * *", rest, "2027-03-26", 4)
    # Friday's and Monday's report are Tuesday's; Saturday and Sunday are no holidays, and a daily report keeps them.
    assert found == ["Sat 2027-03-27 08:00", "Sun 2027-03-28 08:00", "Tue 2027-03-30 08:00", "Wed 2027-03-31 08:00"]


def test_what_moved_over_the_moment_that_is_asked_about_is_not_lost() -> None:
    rest = Rest(holidays="DE", on_holiday=OnHoliday.SHIFT)
    assert due("0 8 * * fri", rest, "2027-03-29", 1) == ["Tue 2027-03-30 08:00"]


def test_parts_of_a_country_have_their_own_days() -> None:
    # Epiphany is a holiday in Bavaria and not in Berlin.
    assert due("0 8 * * *", Rest(holidays="DE-BY"), "2027-01-06", 1) == ["Thu 2027-01-07 08:00"]
    assert due("0 8 * * *", Rest(holidays="DE-BE"), "2027-01-06", 1) == ["Wed 2027-01-06 08:00"]


def test_quiet_hours_move_to_their_end_over_midnight_too() -> None:
    assert due("0 22 * * sun", NIGHT, "2026-11-28", 1) == ["Mon 2026-11-30 07:00"]
    assert due("30 6 * * mon", NIGHT, "2026-11-28", 1) == ["Mon 2026-11-30 07:00"]
    assert due("0 7 * * mon", NIGHT, "2026-11-28", 1) == ["Mon 2026-11-30 07:00"]
    assert due("0 13 * * mon", Rest(quiet="12:00-14:00"), "2026-11-28", 1) == ["Mon 2026-11-30 14:00"]
    # Of all half-hours of a night one is left.
    assert due("*/30 * * * *", NIGHT, "2026-11-28T19:30", 3) == [
        "Sun 2026-11-29 07:00", "Sun 2026-11-29 07:30", "Sun 2026-11-29 08:00",
    ]  # fmt: skip


def test_quiet_hours_may_end_on_a_holiday() -> None:
    rest = Rest(quiet="20:00-07:00", holidays="DE", on_holiday=OnHoliday.SHIFT)
    # Thursday at ten in the evening is Good Friday at seven, and so Tuesday at seven.
    assert due("0 22 * * thu", rest, "2027-03-24", 1) == ["Tue 2027-03-30 07:00"]


@pytest.mark.parametrize(
    ("quiet", "start", "expected"),
    [
        # In spring 02:00 to 03:00 does not exist: what ends in it ends right after the jump.
        ("22:00-02:30", "2027-03-27T23:00", "03:30+02:00"),
        ("02:15-05:00", "2027-03-28T01:59", None),
        # In autumn 02:00 to 03:00 comes twice: an end that has passed comes again.
        ("22:00-02:30", "2027-10-30T23:00", "02:30+02:00"),
        ("22:00-02:30", "2027-10-31T02:15:00+01:00", "02:30+01:00"),
    ],
)
def test_quiet_hours_end_when_the_clocks_change(quiet: str, start: str, expected: str | None) -> None:
    at = dt.datetime.fromisoformat(start)
    at = at if at.tzinfo else at.replace(tzinfo=zoneinfo.ZoneInfo(BERLIN))
    end = quiet_until(Rest(quiet=quiet), BERLIN, at)
    said = None if end is None else end.astimezone(zoneinfo.ZoneInfo(BERLIN)).isoformat()[11:16] + "+"
    offset = None if end is None else end.astimezone(zoneinfo.ZoneInfo(BERLIN)).isoformat()[-5:]
    assert (None if said is None else f"{said}{offset}") == expected


@given(
    first=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    hours=st.integers(1, 23),
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    zone=st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "UTC"]),
    minutes=st.integers(0, 700 * 24 * 60),
)
def test_a_daily_report_comes_once_a_day_and_never_in_quiet_hours(
    first: dt.time, hours: int, minute: int, hour: int, zone: str, minutes: int
) -> None:
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
    end = (dt.datetime.combine(start.date(), first) + dt.timedelta(hours=hours)).time()
    rest = Rest(quiet=f"{first:%H:%M}-{end:%H:%M}")
    cron = f"{minute} {hour} * * *"
    found = list(islice(rested_moments(cron, zone, rest, start), 20))
    assert found == sorted(set(found))
    assert [moment for moment in found if quiet_until(rest, zone, moment) is not None] == []
    # Each plain time has gone out at most a night later, and nothing has gone out without one.
    plain = list(islice(moments_after(cron, zone, start - dt.timedelta(days=2)), 22))
    for moment in found:
        assert any(dt.timedelta(0) <= moment - one <= dt.timedelta(hours=hours + 2) for one in plain)


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        (Rest(quiet="8-9"), "are no quiet hours: write from and to, such as 20:00-07:00"),
        (Rest(quiet="07:00-07:00"), "are no quiet hours"),
        (Rest(quiet="24:00-07:00"), "are no quiet hours"),
        (Rest(holidays="XX"), "There are no holidays of 'XX'"),
        (Rest(holidays="DE-XX"), "DE has no part 'XX'"),
    ],
)
def test_what_cannot_be_is_refused(rest: Rest, message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        check_rest(rest)


def test_a_time_that_is_a_holiday_every_year_never_comes() -> None:
    with pytest.raises(InvalidError, match="all holidays of DE"):
        next_rested("0 8 25 dec *", BERLIN, Rest(holidays="DE"), dt.datetime(2026, 11, 1, tzinfo=dt.UTC))


def test_what_is_late_waits_for_the_end_of_the_quiet_hours_and_what_a_person_sends_does_not(world: World) -> None:
    world.schedule("role:manager", rest=Rest(quiet="20:00-07:00"))
    world.clock.now = dt.datetime(2026, 11, 30, 22, 0, tzinfo=dt.UTC)
    deliver_due(world.platform)
    assert world.mail.messages == []
    assert len(deliver_now(world.platform, world.admin, "weekly")) == len(world.mail.messages) == 2
    world.clock.now = dt.datetime(2026, 12, 1, 5, 59, tzinfo=dt.UTC)
    deliver_due(world.platform)
    assert len(world.mail.messages) == 2
    world.clock.now = dt.datetime(2026, 12, 1, 6, 0, tzinfo=dt.UTC)
    deliver_due(world.platform)
    assert len(world.mail.messages) == 4


def test_a_schedule_keeps_its_rest_and_its_next_time_knows_it(world: World) -> None:
    rest = Rest(holidays="DE", on_holiday=OnHoliday.SHIFT)
    made = world.schedule("role:manager", cron="0 8 25 dec *", rest=rest)
    assert made.plan.rest == require_schedule(world.platform, world.admin, "weekly").plan.rest == rest
    # Christmas 2026 is a Friday, the 26th a holiday too; the times are those of Berlin.
    assert made.next_at == dt.datetime(2026, 12, 28, 7, 0, tzinfo=dt.UTC)
    assert skip_next(world.platform, world.admin, "weekly").next_at == dt.datetime(2027, 12, 27, 7, 0, tzinfo=dt.UTC)
    with pytest.raises(InvalidError, match="no holidays of 'XX'"):
        world.schedule("role:manager", name="other", rest=Rest(holidays="XX"))
