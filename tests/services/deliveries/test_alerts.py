"""Alerts: what holds is told once, to each reader of their own rows, after a sync and at its times."""

import datetime as dt
from collections import Counter

import pyarrow as pa
import pytest
from sqlalchemy import select

from core.errors import ConflictError, ForbiddenError, InvalidError, RefusedError
from metrics.period import PeriodKind
from services.alerts.alerts import (
    acknowledge_alert,
    add_alert,
    check_now,
    list_addressed,
    list_alerts,
    pause_alert,
    remove_alert,
    require_alert,
    snooze_alert,
)
from services.alerts.rule import Reading, parse_rule
from services.alerts.spec import Alert, AlertPlan
from services.deliveries.deliver import resend
from services.deliveries.history import DeliveryFilter, list_deliveries
from services.deliveries.spec import DeliveryState
from services.deliveries.worker import deliver_due
from services.guests.rules import GuestRules, change_rules
from services.imports import load_tables
from services.notebooks import save_notebooks
from tenants.access import Principal
from tenants.alert_schema import AlertFiringRow
from tests.mail_server import html_of
from tests.services.deliveries.conftest import World, orders


@pytest.fixture
def ada(world: World) -> Principal:
    """An analyst, who sees everything and may tell others."""
    return world.add("ada", "analyst")


def watch(world: World, owner: Principal, rule: str, **more: object) -> Alert:
    fields: dict[str, object] = {"name": "watch", "metric": "value", "period": PeriodKind.YEAR, **more}
    return add_alert(world.platform, owner, AlertPlan(rule=rule, **fields))  # type: ignore[arg-type]


def load(world: World, **amounts: int) -> None:
    """A sync that brings these orders, and what is due then."""
    load_tables(world.platform, world.admin, {"orders": orders(amounts)})
    world.clock.move(minutes=1)
    deliver_due(world.platform)


def subjects(world: World, name: str = "ada") -> list[str]:
    return [str(message["Subject"]) for message in world.mail.to(f"{name}@acme.example")]


def test_what_holds_is_told_once_until_it_has_ended_and_holds_again(world: World, ada: Principal) -> None:
    watch(world, ada, "over 3000")
    deliver_due(world.platform)
    assert subjects(world) == ["Value is over $3,000"]
    html = html_of(world.mail.to("ada@acme.example")[0])
    assert "Value: $3,210, over $3,000 (2026)." in html
    load(world, EMEA=5000)
    assert len(subjects(world)) == 1
    load(world, EMEA=10)
    (alert,) = list_alerts(world.platform, ada)
    assert alert.open == ()
    load(world, EMEA=3001)
    assert len(subjects(world)) == 2


def test_members_of_a_dimension_are_watched_one_by_one(world: World, ada: Principal) -> None:
    watch(world, ada, "under 500", dimension="region")
    deliver_due(world.platform)
    assert subjects(world) == ["Value is under $500 (AMER, EMEA)"]
    load(world, AMER=200, APAC=100, EMEA=700)
    assert subjects(world)[1:] == ["Value is under $500 (APAC)"]
    with world.platform.session() as session:
        rows = session.scalars(select(AlertFiringRow).order_by(AlertFiringRow.member)).all()
        assert [(row.member, row.ended_at is None) for row in rows] == [("AMER", True), ("APAC", True), ("EMEA", False)]


def test_each_reader_is_told_of_their_own_rows_alone(world: World, ada: Principal) -> None:
    to = ("role:manager", "ada@acme.example")
    watch(world, ada, "under 500", dimension="region", recipients=to)
    watch(world, ada, "over 3000", name="whole", recipients=to)
    deliver_due(world.platform)
    assert subjects(world, "emma") == ["Value is under $500 (EMEA)"]
    assert "AMER" not in html_of(world.mail.to("emma@acme.example")[0])
    assert subjects(world, "amy") == ["Value is under $500 (AMER)"]
    assert len(subjects(world)) == 2
    found = list_deliveries(world.platform, world.admin, DeliveryFilter(schedule="whole"))
    assert {one.recipient.split("@")[0]: (one.state, one.reason) for one in found} == {
        "ada": (DeliveryState.SENT, ""),
        "amy": (DeliveryState.SKIPPED, "It holds in none of their rows."),
        "emma": (DeliveryState.SKIPPED, "It holds in none of their rows."),
    }


def test_an_alert_is_read_under_its_owners_policy(world: World) -> None:
    emma = world.members["emma"]
    watch(world, emma, "over 100")
    deliver_due(world.platform)
    assert require_alert(world.platform, emma, "watch").open == ()
    load(world, EMEA=101, APAC=9)
    (firing,) = require_alert(world.platform, emma, "watch").open
    assert firing.said == "Value: $101, over $100 (2026)."


def test_a_tile_is_watched_as_its_notebook_shows_it(world: World, ada: Principal) -> None:
    watch(world, ada, "over 3000", metric="", notebook="review", cell="value")
    deliver_due(world.platform)
    assert subjects(world) == ["Value this year is over $3,000"]
    assert "/notebooks?id=review" in html_of(world.mail.to("ada@acme.example")[0])
    with pytest.raises(InvalidError, match=r"review has no figure 'valu'. Did you mean value"):
        watch(world, ada, "over 1", name="wrong", metric="", notebook="review", cell="valu")
    choosing = (
        "notebook: choosing\ntitle: C\ncells:\n  - {name: area, kind: input, type: choice, title: A, options: [EMEA]}\n"
        '  - {name: v, kind: metric, metric: value, where: "region = {{area}}"}'
    )
    save_notebooks(world.platform, world.admin, {"choosing": choosing})
    with pytest.raises(RefusedError, match="depends on a reader's choice"):
        watch(world, ada, "over 1", name="wrong", metric="", notebook="choosing", cell="v")


def dated(amounts: dict[str, int]) -> pa.Table:
    """An order on the second of each month."""
    days = [dt.date.fromisoformat(f"{month}-02") for month in amounts]
    columns = {"id": list(range(len(days))), "region": ["EMEA"] * len(days), "amount": list(amounts.values())}
    return pa.table({**columns, "day": pa.array(days, pa.date32())})


def test_a_rise_is_against_the_same_day_of_the_period_before(world: World, ada: Principal) -> None:
    # On 27 November, 30 % more than to 27 October; the last days of October are not part of it.
    table = dated({"2026-09": 5, "2026-10": 100, "2026-11": 130})
    late = dated({"2026-10": 900}).set_column(3, "day", pa.array([dt.date(2026, 10, 29)], pa.date32()))
    late = late.set_column(0, "id", pa.array([9]))
    load_tables(world.platform, world.admin, {"orders": pa.concat_tables([table, late])})
    watch(world, ada, "rises 29%", period=PeriodKind.MONTH)
    watch(world, ada, "rises 30%", name="no", period=PeriodKind.MONTH)
    watch(world, ada, "falls 5%", name="nor", period=PeriodKind.MONTH)
    deliver_due(world.platform)
    assert subjects(world) == ["Value rose by more than 29.0%"]
    assert "+30.0% from $100 in Oct on the same day (Nov 2026)." in html_of(world.mail.to("ada@acme.example")[0])


def test_a_month_outside_its_forecast_is_told(world: World, ada: Principal) -> None:
    months = [f"{2023 + place // 12}-{place % 12 + 1:02}" for place in range(46)]
    steady = {month: 1000 + (place * 37) % 11 for place, month in enumerate(months)}
    load_tables(world.platform, world.admin, {"orders": dated(steady)})
    watch(world, ada, "outside forecast", period=PeriodKind.MONTH)
    deliver_due(world.platform)
    assert subjects(world) == []
    load_tables(world.platform, world.admin, {"orders": dated({**steady, months[-1]: 4000})})
    deliver_due(world.platform)
    assert subjects(world) == ["Value is outside what was forecast"]
    (firing,) = require_alert(world.platform, ada, "watch").open
    assert firing.said.startswith("Value: $4,000, expected between $")
    assert firing.said.endswith("(Oct 2026).")


def test_snoozed_nothing_is_told_and_what_still_holds_is_told_after(world: World, ada: Principal) -> None:
    watch(world, ada, "under 500", dimension="region")
    snooze_alert(world.platform, ada, "watch", 2)
    deliver_due(world.platform)
    assert subjects(world) == []
    load(world, AMER=900, EMEA=10)
    world.clock.move(hours=2)
    deliver_due(world.platform)
    assert subjects(world) == ["Value is under $500 (EMEA)"]
    with pytest.raises(InvalidError, match="0 hours to 90 days"):
        snooze_alert(world.platform, ada, "watch", 3000)


def test_what_nobody_acknowledges_is_escalated_once(world: World, ada: Principal) -> None:
    watch(world, ada, "under 500", dimension="region", escalate_to=("xena@acme.example",), escalate_after_h=3)
    deliver_due(world.platform)
    assert acknowledge_alert(world.platform, ada, "watch", "AMER") == 1
    for _ in range(3):
        world.clock.move(hours=3)
        deliver_due(world.platform)
    assert subjects(world, "xena") == ["Still open: Value is under $500 (EMEA)"]
    assert len(subjects(world)) == 1
    assert [one.plan.name for one in list_addressed(world.platform, world.members["xena"])] == ["watch"]
    assert acknowledge_alert(world.platform, world.members["xena"], "watch") == 1
    by = {one.member: one.acknowledged_by for one in require_alert(world.platform, ada, "watch").open}
    assert by == {"AMER": "ada@acme.example", "EMEA": "xena@acme.example"}


def test_a_digest_tells_at_its_time_what_came_since(world: World, ada: Principal) -> None:
    watch(world, ada, "under 500", dimension="region", digest="0 8 * * mon")
    deliver_due(world.platform)
    load(world, AMER=200, APAC=100, EMEA=700)
    assert subjects(world) == []
    world.clock.move(days=3)
    deliver_due(world.platform)
    assert subjects(world) == ["Value is under $500 (AMER, APAC)"]
    world.clock.move(days=7)
    deliver_due(world.platform)
    assert len(subjects(world)) == 1


def test_an_alert_at_times_alone_is_not_looked_at_after_a_sync(world: World, ada: Principal) -> None:
    watch(world, ada, "over 5000", cron="0 8 * * *", is_after_sync=False)
    deliver_due(world.platform)
    load(world, EMEA=6000)
    assert subjects(world) == []
    world.clock.move(days=1)
    deliver_due(world.platform)
    assert subjects(world) == ["Value is over $5,000"]


def test_a_figure_that_is_not_there_breaks_no_rule() -> None:
    nothing = Reading(member="", value=None, previous=5)
    rules = ("over -1", "under 1", "rises 0%", "falls 0%", "outside forecast")
    assert not any(parse_rule(rule).holds(nothing) for rule in rules)
    assert not parse_rule("rises 1%").holds(Reading(member="", value=5, previous=0))


@pytest.mark.parametrize("rule", ["", "above 5", "over", "over five", "rises 5", "falls -5%", "over 1; drop"])
def test_a_rule_that_cannot_be_read_says_how_one_is_written(rule: str) -> None:
    with pytest.raises(InvalidError, match=r"is not a rule: write over NUMBER|needs a share in per cent"):
        parse_rule(rule)


def test_an_alert_that_cannot_be_read_says_so_and_is_tried_again(world: World, ada: Principal) -> None:
    alert = watch(world, ada, "over 3000", where="region = 'EMEA'")
    load_tables(world.platform, world.admin, {"orders": orders({"EMEA": 1}).drop_columns(["region"])})
    deliver_due(world.platform)
    broken = require_alert(world.platform, ada, "watch")
    assert "region" in broken.problem
    assert broken.due_at == world.clock() + dt.timedelta(hours=1)
    load_tables(world.platform, world.admin, {"orders": orders({"EMEA": 4000})})
    assert check_now(world.platform, ada, "watch").problem == ""
    deliver_due(world.platform)
    assert subjects(world) == ["Value is over $3,000"]
    assert alert.plan.where == "region = 'EMEA'"


def test_who_may_not_deliver_may_be_told_alone_and_nobody_touches_anothers_alert(world: World, ada: Principal) -> None:
    emma = world.members["emma"]
    with pytest.raises(ForbiddenError, match="schedule:manage"):
        watch(world, emma, "over 1", recipients=("amy@acme.example",))
    with pytest.raises(ForbiddenError, match="no member"):
        watch(world, ada, "over 1", recipients=("nobody@acme.example",))
    with pytest.raises(ConflictError, match="belongs to a member"):
        watch(world, world.admin, "over 1")
    watch(world, emma, "over 1")
    with pytest.raises(ConflictError, match="alert watch already"):
        watch(world, ada, "over 1")
    for change in (check_now, remove_alert, acknowledge_alert):
        with pytest.raises(ForbiddenError, match="You have no alert 'watch'"):
            change(world.platform, ada, "watch")
    assert list_alerts(world.platform, ada) == []


def test_two_that_look_at_once_tell_once(world: World, ada: Principal) -> None:
    from concurrent.futures import ThreadPoolExecutor

    watch(world, ada, "over 3000")
    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(deliver_due, world.platform) for _ in range(4)]:
            one.result()
    assert Counter(subjects(world)) == {"Value is over $3,000": 1}


def test_a_paused_or_removed_alert_tells_nothing_and_what_it_told_is_not_sent_again(
    world: World, ada: Principal
) -> None:
    watch(world, ada, "over 3000")
    deliver_due(world.platform)
    (sent,) = list_deliveries(world.platform, world.admin, DeliveryFilter())
    with pytest.raises(ConflictError, match="not sent again"):
        resend(world.platform, world.admin, sent.id)
    pause_alert(world.platform, ada, "watch", is_paused=True)
    load(world, EMEA=1)
    load(world, EMEA=9000)
    remove_alert(world.platform, ada, "watch")
    deliver_due(world.platform)
    assert len(subjects(world)) == 1


def test_an_alert_tells_members_only_whatever_reports_may_do(world: World, ada: Principal) -> None:
    change_rules(world.platform, world.admin, GuestRules(role="executive", has_deliveries=True))
    with pytest.raises(InvalidError, match="An alert tells members only, not 'outside:"):
        watch(world, ada, "over 3000", recipients=("outside:pete@partner.example",))


def test_what_holds_within_quiet_hours_is_told_at_their_end_if_it_still_holds(world: World, ada: Principal) -> None:
    # It is ten in Berlin.
    watch(world, ada, "over 3000", name="short", quiet="09:30-10:30")
    watch(world, ada, "under 500", dimension="region", quiet="22:00-12:00")
    deliver_due(world.platform)
    assert subjects(world) == []
    load(world, AMER=200, APAC=100, EMEA=700)
    assert subjects(world) == []
    world.clock.move(minutes=31)
    deliver_due(world.platform)
    # The short one does not hold any more, and the long one is still quiet.
    assert subjects(world) == []
    world.clock.move(minutes=90)
    deliver_due(world.platform)
    assert subjects(world) == ["Value is under $500 (AMER, APAC)"]
    with pytest.raises(InvalidError, match="no quiet hours"):
        watch(world, ada, "over 1", name="wrong", quiet="25:00-07:00")
