"""Funnels of a tenant's events that count sessions, or begin with the first start alone, by hand."""

import pytest

from core.errors import InvalidError
from metrics.behaviour import Entry
from notebooks import ChartOutput, run_cell
from services.behaviour import FunnelQuestion, answer_funnel, entities_at, parse_funnel
from services.behaviour.cells import cell_of_funnel
from services.behaviour.questions import Counted
from services.notebook_asking import PrincipalAsk
from services.notebooks import scope_of
from services.platform import Platform
from tenants.access import Principal

STEPS = ("look", "cart", "buy")


def sessions(*steps: str, gap: str) -> FunnelQuestion:
    return FunnelQuestion(model="visits", steps=steps, window="none", counted=Counted.SESSIONS, gap=gap)


def first_alone(*steps: str, window: str, entry: Entry = Entry.FIRST) -> FunnelQuestion:
    return FunnelQuestion(model="visits", steps=steps, window=window, entry=entry)


def close_together(*steps: str, grace: str) -> FunnelQuestion:
    return FunnelQuestion(model="visits", steps=steps, window="5d", grace=grace)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # Looks of person 1, 2 and 4, and two of person 3, 28 days after the cart; carts come a day or two after a look.
        (sessions(*STEPS, gap="1d"), [5, 1, 0]),
        (sessions(*STEPS, gap="2d"), [5, 2, 1]),
        (sessions(*STEPS, gap="30d"), [4, 3, 2]),
        # The cart on day 3 is no step, and still keeps the session from day 1 to day 4 going.
        (sessions("look", "buy", gap="2d"), [5, 1]),
        (sessions("look", "buy", gap="1d"), [5, 0]),
        (first_alone("look | cart", "buy", window="2d", entry=Entry.EVERY), [4, 2]),
        # Person 1 looked 3 days before they bought, person 2 20 days.
        (first_alone("look | cart", "buy", window="2d"), [4, 0]),
        (first_alone("look | cart", "buy", window="3d"), [4, 1]),
    ],
)
def test_sessions_and_first_starts_by_hand(
    asking: tuple[Platform, Principal], question: FunnelQuestion, expected: list[int]
) -> None:
    assert [step.count for step in answer_funnel(*asking, question).result.steps] == expected


def test_behind_a_bar_of_sessions_are_the_entities_that_have_one(asking: tuple[Platform, Principal]) -> None:
    found = answer_funnel(*asking, sessions(*STEPS, gap="2d"))
    assert [entities_at(found, step) for step in range(3)] == [[1, 2, 3, 4], [1, 3], [1]]
    assert (found.counted_label, found.conversion) == ("Sessions", None)


@pytest.mark.parametrize(("entry", "still_open"), [(Entry.EVERY, 2), (Entry.FIRST, 1)])
def test_only_a_start_that_counts_leaves_time_to_convert(
    asking: tuple[Platform, Principal], entry: Entry, still_open: int
) -> None:
    # On 31 January person 3 looks again, which is a start of its own only where every one is.
    found = answer_funnel(*asking, first_alone("look", "buy", window="25d", entry=entry))
    assert found.conversion is not None
    assert found.conversion.still_open == still_open


@pytest.mark.parametrize(
    ("grace", "expected"),
    [
        ("0s", [2, 0]),
        # Both bought a day after the cart, and the first step of a moment is the first of the funnel.
        ("1d", [2, 2]),
        # The look on day 1 takes in the cart on day 3, though it is no step; the buy on day 4 begins a moment.
        ("2d", [2, 1]),
    ],
)
def test_events_within_the_grace_are_of_one_moment(
    asking: tuple[Platform, Principal], grace: str, expected: list[int]
) -> None:
    found = answer_funnel(*asking, close_together("buy", "cart", grace=grace))
    assert [step.count for step in found.result.steps] == expected
    assert ("of one moment" in found.rules) == (grace != "0s")


@pytest.mark.parametrize(
    "question",
    [sessions(*STEPS, gap="2d"), first_alone(*STEPS, window="3d"), close_together("buy", "cart", grace="1d")],
)
def test_an_address_and_a_cell_ask_what_the_page_asks(
    asking: tuple[Platform, Principal], question: FunnelQuestion
) -> None:
    platform, principal = asking
    assert parse_funnel(question.to_params()) == question
    found = answer_funnel(platform, principal, question)
    ask, scope = PrincipalAsk(platform, principal), scope_of(platform, principal)
    output = run_cell(cell_of_funnel(question, "funnel"), ask, scope).output
    assert isinstance(output, ChartOutput)
    assert output.result.table.column("count").to_pylist() == [step.count for step in found.result.steps]
    assert found.rules
    assert found.rules in output.result.sentence


@pytest.mark.parametrize("counted", [Counted.ATTEMPTS, Counted.SESSIONS])
def test_what_is_told_of_entities_says_so_where_something_else_is_counted(
    asking: tuple[Platform, Principal], counted: Counted
) -> None:
    usual = answer_funnel(*asking, FunnelQuestion(model="visits", steps=("look", "buy")))
    assert (usual.of_entities, usual.conversion is None) == ("", False)
    found = answer_funnel(*asking, FunnelQuestion(model="visits", steps=("look", "buy"), counted=counted, gap="90m"))
    assert found.of_entities == f"; of {usual.entity_label.lower()}, not of {counted}"
    # How mature entities are says nothing about attempts or sessions.
    assert found.conversion is None
    assert ("longer than 90 minutes" in found.rules) == (counted is Counted.SESSIONS)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"count": ["session"]}, "sessions"),
        ({"entry": ["second"]}, "`entry` is 'second'"),
        ({"count": ["sessions"], "gap": ["soon"]}, "'soon'.*30d"),
        ({"grace": ["a bit"]}, "'a bit'.*45s"),
    ],
)
def test_a_choice_that_is_none_is_refused(
    asking: tuple[Platform, Principal], params: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(InvalidError, match=message):
        answer_funnel(*asking, parse_funnel(params))
