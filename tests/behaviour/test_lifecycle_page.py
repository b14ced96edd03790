"""Lifecycle, stickiness and RFM of a tenant's events by hand, under a row policy, and as cells."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import RefusedError
from metrics.behaviour import Period
from notebooks import AskedPage, BehaviourCell, ChartOutput, run_cell
from services.behaviour.cells import cell_of_page
from services.behaviour.lifecycle import answer_lifecycle, entities_of_mark, title_of_mark
from services.behaviour.lifecycle_questions import LifecycleQuestion, View, parse_lifecycle
from services.notebook_asking import PrincipalAsk
from services.notebooks import scope_of
from services.organisation import add_member
from services.platform import Platform
from services.policies import apply_policies
from tenants.access import Principal, Role

POLICY = "{policy: own, roles: [analyst], rows: [{dimension: country, in: member.countries}]}"
Asking = tuple[Platform, Principal]


def test_standing_by_week_with_its_entities(asking: Asking) -> None:
    found = answer_lifecycle(*asking, LifecycleQuestion(event="any", period=Period.WEEK))
    # Weeks from Monday 29 December on. Person 1 and 3 come in the first alone, 2 again after two weeks.
    counted = [
        (one.label, one.counts.new, one.counts.returning, one.counts.resurrected, one.counts.dormant, one.is_complete)
        for one in found.periods
    ]
    assert counted == [
        ("2025-12-29", 3, 0, 0, 0, True), ("2026-01-05", 1, 0, 0, 3, True), ("2026-01-12", 0, 0, 0, 1, True),
        ("2026-01-19", 0, 0, 1, 0, True), ("2026-01-26", 0, 0, 1, 1, False),
    ]  # fmt: skip
    assert entities_of_mark(found, "2026-01-05:dormant") == [1, 2, 3]
    assert entities_of_mark(found, "2026-01-26:resurrected") == [3]
    assert entities_of_mark(found, "2026-01-26:sleeping") == entities_of_mark(found, "x:new") == []
    assert title_of_mark(found, "2026-01-05:dormant") == "Dormant in 2026-01-05"


def test_a_range_shows_its_periods_and_new_is_who_never_came_before(asking: Asking) -> None:
    question = LifecycleQuestion(event="any", period=Period.WEEK, first=dt.date(2026, 1, 5), last=dt.date(2026, 1, 18))
    found = answer_lifecycle(*asking, question)
    assert [(one.label, one.counts.new, one.counts.dormant) for one in found.periods] == [
        ("2026-01-05", 1, 3), ("2026-01-12", 0, 1),
    ]  # fmt: skip


def test_stickiness_is_of_all_days_of_the_range(asking: Asking) -> None:
    question = LifecycleQuestion(
        view=View.STICKINESS, event="any", first=dt.date(2026, 1, 1), last=dt.date(2026, 1, 10)
    )
    found = answer_lifecycle(*asking, question)
    # Person 1 comes on 3 of the 10 days (the second is noise), 2 on one, 3 on two, 4 on one.
    assert [(bar.periods, bar.count, bar.at_least) for bar in found.bars] == [(1, 2, 4), (2, 1, 2), (3, 1, 1)]
    assert found.length == 10
    assert found.stickiness == pytest.approx(7 / 4 / 10)
    assert entities_of_mark(found, "2+") == [1, 3]
    assert entities_of_mark(found, "1") == [2, 4]


def test_worth_is_of_purchases_and_adds_up(asking: Asking) -> None:
    found = answer_lifecycle(*asking, LifecycleQuestion(view=View.RFM, event="buy", range="all"))
    assert sum(one.count for one in found.segments) == 2
    assert sum(one.value for one in found.segments if one.value is not None) == Decimal("24.90")
    # Person 1 bought on 4 January and person 2 on the 21st, once each; the last event is of noon on the 31st.
    assert {(one.segment.value, one.days, one.events) for one in found.segments if one.count} == {
        ("hibernating", 27.0, 1.0), ("about to sleep", 10.0, 1.0),
    }  # fmt: skip
    assert entities_of_mark(found, "hibernating") == entities_of_mark(found, "1:1") == [1]


def test_a_cell_says_what_the_page_says_under_the_readers_policy(asking: Asking) -> None:
    platform, principal = asking
    question = LifecycleQuestion(model="visits", entity="person", event="any", period=Period.WEEK)
    cell = cell_of_page(AskedPage.LIFECYCLE, question.to_params())
    assert isinstance(cell, BehaviourCell)
    apply_policies(platform, principal, {"own.yaml": POLICY})
    reader = add_member(
        platform, principal, email="ada@acme.example", name="Ada", role=Role.ANALYST, attributes={"countries": ["BE"]}
    )
    output = run_cell(cell, PrincipalAsk(platform, reader), scope_of(platform, reader)).output
    assert isinstance(output, ChartOutput)
    # Of Belgium is person 3 alone: new in the first week, and again after three without.
    assert [row[1:5] for row in output.result.rows()] == [
        (1, 0, 0, 0), (0, 0, 0, 1), (0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 1, 0),
    ]  # fmt: skip
    for view in (View.STICKINESS, View.RFM):
        other = cell_of_page(AskedPage.LIFECYCLE, LifecycleQuestion(view=view, range="all").to_params())
        output = run_cell(other, PrincipalAsk(platform, reader), scope_of(platform, reader)).output
        assert isinstance(output, ChartOutput)
        assert sum(map(int, map(str, output.result.values("count")))) == 1
    with pytest.raises(RefusedError, match="choose a range"):
        cell_of_page(AskedPage.LIFECYCLE, LifecycleQuestion(first=dt.date(2026, 1, 1)).to_params())


def test_the_question_survives_its_url() -> None:
    question = LifecycleQuestion(
        view=View.STICKINESS, model="m", entity="e", event="a | b where c = 'd'", period=Period.WEEK, range="all",
        where="x = 1",
    )  # fmt: skip
    assert parse_lifecycle(question.to_params()) == question
