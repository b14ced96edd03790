"""Event models: what a definition may say, and funnels and retention of a tenant's events under a row policy."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pytest

from core.errors import ForbiddenError, InvalidError, LimitError, RefusedError
from core.settings import Settings
from metrics.behaviour import Mode, Order, Period
from notebooks import ChartOutput, run_cell
from services.behaviour import (
    FunnelQuestion,
    RetentionQuestion,
    answer_funnel,
    answer_retention,
    entities_at,
    entities_in,
    entities_of_row,
    find_choices,
    name_entities,
    parse_funnel,
    parse_retention,
)
from services.behaviour.cells import cell_of_retention
from services.behaviour.questions import Shown
from services.behaviour.retention import overall_amounts, shown_amount
from services.definitions import apply_definitions
from services.imports import load_tables
from services.notebook_asking import PrincipalAsk
from services.notebooks import scope_of
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from tenants.access import Principal, Role, operator
from tests.metrics.test_definitions import problems_of

POLICY = "{policy: own, roles: [analyst], rows: [{dimension: country, in: member.countries}]}"


def counts(asking: tuple[Platform, Principal], **question: object) -> list[int]:
    found = answer_funnel(*asking, FunnelQuestion(model="visits", **question))  # type: ignore[arg-type]
    return [step.count for step in found.result.steps]


STEPS = ("look", "cart", "buy")


def test_the_choices_of_an_event_set_are_what_happened_and_how_often(asking: tuple[Platform, Principal]) -> None:
    found = find_choices(*asking)
    assert found.counts == {"look": 6, "cart": 3, "buy": 2}
    assert found.entities == {"person": "People", "pair": "Pairs"}
    assert found.until == dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)
    assert {"country", "channel"} <= set(found.dimensions)


def test_the_funnel_opens_with_the_steps_of_the_model(asking: tuple[Platform, Principal]) -> None:
    found = answer_funnel(*asking, FunnelQuestion())
    assert found.question.steps == STEPS
    assert [step.count for step in found.result.steps] == [4, 3, 2]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"steps": STEPS, "window": "3d"}, [4, 2, 1]),
        ({"steps": STEPS, "window": "none"}, [4, 3, 2]),
        ({"steps": STEPS, "window": "0d"}, [4, 0, 0]),
        ({"steps": ("look where channel = 'ad'", "cart | buy"), "window": "3d"}, [2, 2]),
        ({"steps": ("look", "buy where paid_band = 'x'")}, "There is no dimension paid_band"),
        ({"steps": ("any", "buy"), "window": "30d"}, [4, 2]),
        ({"steps": ("look", "look"), "window": "30d"}, [4, 1]),
        ({"steps": STEPS, "window": "none", "excluded": ("cart where channel = 'mail'",)}, "excluded at once"),
        ({"steps": ("look", "buy"), "window": "none", "excluded": ("cart where channel = 'mail'",)}, [4, 1]),
        ({"steps": STEPS, "window": "none", "where": "country = 'AT'"}, [2, 2, 2]),
        ({"steps": STEPS, "window": "none", "entity": "pair"}, [2, 2, 1]),
        # Noise is no event, so it does not stand between two steps.
        ({"steps": STEPS, "window": "none", "order": Order.STRICT}, [4, 3, 2]),
        ({"steps": ("buy", "look"), "window": "none", "order": Order.ANY}, [2, 2]),
        # The first step is in the range, the others may come after it.
        ({"steps": STEPS, "window": "30d", "last": dt.date(2026, 1, 1)}, [2, 2, 2]),
        ({"steps": STEPS, "window": "30d", "first": dt.date(2026, 1, 2), "last": dt.date(2026, 1, 9)}, [2, 1, 0]),
        ({"steps": ("look", "nothing")}, [4, 0]),
    ],
)
def test_funnels_of_a_tenants_events_by_hand(
    asking: tuple[Platform, Principal], question: dict[str, object], expected: list[int] | str
) -> None:
    if isinstance(expected, str):
        with pytest.raises(InvalidError, match=expected):
            counts(asking, **question)
    else:
        assert counts(asking, **question) == expected


def test_a_breakdown_is_by_any_dimension_within_reach(asking: tuple[Platform, Principal]) -> None:
    found = answer_funnel(*asking, FunnelQuestion(steps=STEPS, window="none", by="country"))
    parts = {segment.label: [step.count for step in segment.steps] for segment in found.result.segments}
    assert parts == {"AT": [2, 2, 2], "BE": [1, 1, 0], "(none)": [1, 0, 0]}


def test_a_step_that_never_happened_is_said_with_the_nearest_name(asking: tuple[Platform, Principal]) -> None:
    found = answer_funnel(*asking, FunnelQuestion(steps=("look", "carts")))
    assert any("No event is called 'carts'" in note and "cart" in note for note in found.notes)


def test_conversion_counts_who_still_has_time_as_open(asking: tuple[Platform, Principal]) -> None:
    found = answer_funnel(*asking, FunnelQuestion(steps=STEPS, window="25d"))
    assert found.conversion is not None
    # On 31 January the look of the 9th has 3 days left, and that of the 31st all of them.
    assert (found.conversion.entered, found.conversion.still_open) == (4, 2)
    assert found.conversion.maturity == 0.5


def test_entities_behind_a_bar_and_their_names(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    found = answer_funnel(platform, principal, FunnelQuestion(steps=STEPS, window="none"))
    assert entities_at(found, 1) == [1, 2, 3]
    assert entities_at(found, 1, has_left=True) == [3]
    assert name_entities(platform, principal, "visits", "person", [3, 1, 4]) == ["Cyd", "Ada", "4"]
    assert name_entities(platform, principal, "visits", "pair", [1]) == ["1"]


def test_retention_of_a_tenants_events_by_hand(asking: tuple[Platform, Principal]) -> None:
    question = RetentionQuestion(period=Period.WEEK, periods=6, shows=Shown.AMOUNT)
    found = answer_retention(*asking, question)
    table = {cohort.label: (cohort.size, cohort.counts, cohort.complete) for cohort in found.result.cohorts}
    # Weeks from Monday: 29 December (people 1 to 3) and 5 January (person 4); the last event is of that of the 26th.
    assert table == {
        "2025-12-29": (3, (3, 0, 0, 1, 1, None), 4),
        "2026-01-05": (1, (1, 0, 0, 0, None, None), 3),
    }
    assert found.values is not None
    assert found.values[0].sums[0] == Decimal("19.90")
    assert found.values[0].sums[3] == Decimal("5.00")
    assert entities_in(found, found.result.cohorts[0], 4) == [3]
    assert entities_in(found, found.result.cohorts[0], 4, has_left=True) == [1, 2]


def test_a_split_of_retention_is_by_what_they_were_at_the_start(asking: tuple[Platform, Principal]) -> None:
    question = RetentionQuestion(period=Period.WEEK, periods=5, by="channel", last=dt.date(2026, 1, 1))
    found = answer_retention(*asking, question)
    assert found.split is not None
    # Persons 1 and 3 came by an ad, 2 by mail; person 4 belongs to a later week than asked for.
    assert [(row.label, row.size, row.sizes, row.counts) for row in found.split.rows] == [
        ("ad", 2, (2, 2, 2, 2, 0), (2, 0, 0, 0, 0)), ("mail", 1, (1, 1, 1, 1, 0), (1, 0, 0, 1, 0)),
    ]  # fmt: skip
    assert entities_of_row(found, 1, 3) == [2]
    assert entities_of_row(found, 0, 0) == [1, 3]


def test_amounts_of_returns_by_hand(asking: tuple[Platform, Principal]) -> None:
    shown = {}
    for shows in set(Shown) - {Shown.SHARE}:
        found = answer_retention(*asking, RetentionQuestion(period=Period.WEEK, periods=5, shows=shows))
        cells = [shown_amount(found, found.result.cohorts[0], place) for place in range(5)]
        shown[shows] = ([round(cell, 2) if cell is not None else None for cell in cells], overall_amounts(found))
    # Three people start in the first week; person 1 pays 19.90 in it, 2 pays 5.00 in week 3. One starts a week later.
    amounts = ["19.90", "0.00", "0.00", "5.00", "0.00"]
    assert shown[Shown.AMOUNT][0] == [Decimal(one) for one in amounts]
    assert shown[Shown.EACH][0] == [Decimal(one) for one in ("6.63", "0.00", "0.00", "1.67", "0.00")]
    assert shown[Shown.TOTAL][0] == [Decimal(one) for one in ("6.63", "6.63", "6.63", "8.30", "8.30")]
    assert shown[Shown.RETURNED][0] == [Decimal("6.63"), None, None, Decimal("5.00"), Decimal(0)]
    assert shown[Shown.OF_FIRST][0] == [Decimal(one) for one in ("1", "0", "0", "0.25", "0")]
    # Weeks 0 to 2 are over for both cohorts, week 3 for the first alone, week 4 for none.
    assert shown[Shown.TOTAL][1] == (*(Decimal("19.90") / 4 for _ in range(3)), Decimal("24.90") / 3, None)
    assert shown[Shown.AMOUNT][1] == (*map(Decimal, ("19.90", "0", "0", "5.00")), None)
    assert shown[Shown.OF_FIRST][1] == (*map(Decimal, "100"), Decimal(5) / Decimal("19.90"), None)


def test_the_row_of_all_may_be_the_mean_of_cohorts(asking: tuple[Platform, Principal]) -> None:
    question = RetentionQuestion(period=Period.WEEK, periods=4, mode=Mode.UNBOUNDED, is_simple_mean=True)
    # 2 of 3 are back in week 1 or later, and 0 of 1.
    assert answer_retention(*asking, question).overall[1] == pytest.approx((2 / 3 + 0) / 2)
    assert answer_retention(*asking, replace(question, is_simple_mean=False)).overall[1] == pytest.approx(2 / 4)


def test_retention_modes_of_a_tenants_events(asking: tuple[Platform, Principal]) -> None:
    rates = {}
    for mode in Mode:
        question = RetentionQuestion(period=Period.WEEK, periods=5, mode=mode)
        rates[mode] = answer_retention(*asking, question).result.cohorts[0].counts
    assert rates == {
        Mode.BOUNDED: (3, 0, 0, 1, 1),
        Mode.UNBOUNDED: (3, 2, 2, 2, 1),
        Mode.ON_OR_BEFORE: (3, 0, 0, 1, 2),
        Mode.STREAK: (3, 0, 0, 0, 0),
    }


def test_a_reader_has_the_funnel_of_their_own_rows_and_no_more(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    apply_policies(platform, principal, {"own.yaml": POLICY})
    reader = add_member(
        platform, principal, email="ada@acme.example", name="Ada", role=Role.ANALYST, attributes={"countries": ["BE"]}
    )
    found = answer_funnel(platform, reader, FunnelQuestion(steps=STEPS, window="none"))
    assert [step.count for step in found.result.steps] == [1, 1, 0]
    assert found.choices.counts == {"look": 2, "cart": 1}
    assert entities_at(found, 0) == [3]
    assert [cohort.size for cohort in answer_retention(platform, reader, RetentionQuestion()).result.cohorts] == [1]


def test_an_executive_sees_counts_and_opens_nobody(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    boss = add_member(platform, principal, email="eve@acme.example", name="Eve", role=Role.EXECUTIVE)
    assert answer_funnel(platform, boss, FunnelQuestion()).result.steps[0].count == 4
    with pytest.raises(ForbiddenError):
        name_entities(platform, boss, "visits", "person", [1])


def test_more_events_than_may_be_read_are_refused_with_what_to_do(tmp_path_factory: pytest.TempPathFactory) -> None:
    platform = Platform(Settings(data=tmp_path_factory.mktemp("many") / "data", event_max_rows=5))
    principal = operator(create_tenant(platform, slug="acme", name="Acme"))
    rows = pa.table({"id": range(9), "who": [1] * 9, "what": ["a"] * 9, "at": pa.array(range(9), pa.timestamp("s"))})
    load_tables(platform, principal, {"logs": rows})
    model = (
        "{model: logs, table: logs, time: at, events: {event: what, entities: {who: {}}},"
        " dimensions: {what: {}, at: {type: time}}}"
    )
    apply_definitions(platform, principal, {"logs.yaml": model})
    with pytest.raises(LimitError, match="more than 5 events"):
        answer_funnel(platform, principal, FunnelQuestion(steps=("a", "a")))
    platform.close()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"order": ["sideways"]}, "'sideways'"),
        ({"top": ["0"]}, "from 1 to 50"),
        ({"from": ["1.1.2026"]}, "write a date as 2026-03-31"),
    ],
)
def test_an_address_that_is_no_funnel_is_refused(params: dict[str, list[str]], message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        parse_funnel(params)


def test_questions_survive_their_urls() -> None:
    funnel = FunnelQuestion(
        model="m", entity="e", steps=("a | b where c = 'd'", "a"), window="7d", order=Order.ANY, excluded=("x",),
        by="c", top=5, range="last month", where="c = 'e'",
    )  # fmt: skip
    assert parse_funnel(funnel.to_params()) == funnel
    table = RetentionQuestion(
        model="m", entity="e", start="a", returns="any", period=Period.DAY, periods=9, mode=Mode.STREAK,
        is_rolling=True, brackets=(0, 1, 3), shows=Shown.TOTAL, first=dt.date(2026, 1, 1), is_of_previous=True,
        is_simple_mean=True,
        by="channel", top=3,
    )  # fmt: skip
    assert parse_retention(table.to_params()) == table


def test_what_is_no_event_set_is_refused(asking: tuple[Platform, Principal]) -> None:
    with pytest.raises(RefusedError, match="no events"):
        answer_funnel(*asking, FunnelQuestion(model="people"))
    with pytest.raises(InvalidError, match="There is no entity persom"):
        answer_funnel(*asking, FunnelQuestion(entity="persom"))


def test_every_problem_of_an_event_model_is_reported_at_its_line() -> None:
    model = """
    model: deals
    table: deals
    dimensions: {rep: {}, won: {}}
    events:
      event: won_at
      entities: {rep: {title: nmae}, deal: {column: idd}}
      value: valu
      step: [a]
    """
    found = problems_of(model)
    assert all(one.startswith("model_1.yaml:5:") or "does not take" in one for one in found)
    for words in (
        "needs a `time`", "has no dimension won_at", "no column idd", "no column valu",
        "no dimension nmae to name an entity", "does not take `step`",
    ):  # fmt: skip
        assert any(words in one for one in found), words
    assert problems_of("{model: deals, table: deals, events: {event: rep}, dimensions: {rep: {}}}") == [
        "model_1.yaml:1: `events` of model deals has no `entities`: whose events they are, each with its `column`"
    ]


def test_a_saved_segment_filters_events_as_its_conditions_do(asking: tuple[Platform, Principal]) -> None:
    steps = ("look", "cart")
    wanted = counts(asking, steps=steps, where="channel = 'ad'")
    assert wanted != counts(asking, steps=steps)
    assert counts(asking, steps=steps, where="saved_segment = 'advertised'") == wanted
    with pytest.raises(InvalidError, match="There is no segment printed"):
        counts(asking, steps=steps, where="saved_segment = 'printed'")


def test_amounts_become_a_cell_of_the_page(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    question = RetentionQuestion(period=Period.WEEK, periods=5, shows=Shown.TOTAL)
    cell = cell_of_retention(question, "x")
    output = run_cell(cell, PrincipalAsk(platform, principal), scope_of(platform, principal)).output
    assert isinstance(output, ChartOutput)
    first = [row for row in output.result.rows() if row[1] == 3]
    assert [round(float(str(row[3])), 2) for row in first] == [6.63, 6.63, 6.63, 8.30, 8.30]
    assert [row[4] for row in first] == [True, True, True, True, False]
