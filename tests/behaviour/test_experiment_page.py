"""Experiments on events: who is in which variant, what counts as an outcome, and what the page may conclude."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pyarrow as pa
import pytest
from scipy import stats

from core.errors import InvalidError, RefusedError
from core.settings import Settings
from metrics.behaviour.experiments import Measure, Method
from services.behaviour.experiments import (
    ExperimentAnswer,
    ExperimentQuestion,
    answer_experiment,
    entities_with,
    parse_experiment,
)
from services.definitions import apply_definitions
from services.imports import load_tables
from services.organisation import create_tenant
from services.platform import Platform
from tenants.access import Principal, operator

LOG = """
model: log
table: log
time: at
events: {event: what, entities: {who: {}}, value: paid, start: met, variant: arm}
dimensions: {what: {}, arm: {}, at: {type: time}}
"""
DAY = dt.timedelta(days=1)
START = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
# What each of 400 people of A and 400 of B did: days after they met it, and for how much.
BUYERS = {number for number in range(800) if number % 8 == 0 or (number % 2 == 1 and number % 3 == 0)}
PEOPLE = [(("A", "B")[number % 2], [(1 + number % 3, number % 7)] if number in BUYERS else []) for number in range(800)]


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, Principal]]:
    """People 0 to 799 as above; 900 met both arms, 901 met none; 0 also bought long before and long after."""
    platform = Platform(Settings(data=tmp_path_factory.mktemp("experiment") / "data"))
    principal = operator(create_tenant(platform, slug="acme", name="Acme", calendar_day=dt.date(2026, 6, 20)))
    rows: list[tuple[int, dt.datetime, str, str | None, Decimal | None]] = []
    for who, (arm, bought) in enumerate(PEOPLE):
        met = START + DAY * (who % 10)
        rows.append((who, met, "met", arm, None))
        rows.append((who, met + DAY, "met", arm, None))
        rows += [(who, met + DAY * days, "buy", None, Decimal(paid)) for days, paid in bought]
        rows += [(who, met + DAY, "help", None, None)] if arm == "A" or who % 3 == 0 else []
    rows += [
        (900, START, "met", "A", None),
        (900, START + DAY, "met", "B", None),
        (901, START, "buy", None, Decimal(9)),
    ]
    rows += [(0, START - DAY * 30, "buy", None, Decimal(50)), (0, START + DAY * 20, "buy", None, Decimal(50))]
    table = pa.table(
        {
            "who": [row[0] for row in rows],
            "at": pa.array([row[1] for row in rows], pa.timestamp("us", "UTC")),
            "what": [row[2] for row in rows],
            "arm": pa.array([row[3] for row in rows], pa.string()),
            "paid": pa.array([row[4] for row in rows], pa.decimal128(9, 2)),
        }
    )
    load_tables(platform, principal, {"log": table})
    apply_definitions(platform, principal, {"log.yaml": LOG})
    yield platform, principal
    platform.close()


def answer(asking: tuple[Platform, Principal], **changed: object) -> ExperimentAnswer:
    return answer_experiment(*asking, ExperimentQuestion(goal="buy", **changed))  # type: ignore[arg-type]


def outcomes(arm: str, measure: Measure) -> list[float]:
    """By hand: each person once, what it bought in the 14 days after it met its arm first."""
    found = []
    for own, bought in PEOPLE:
        if own == arm:
            paid = sum(amount for _, amount in bought)
            found.append(float(paid if measure is Measure.VALUE else len(bought)))
    return found


@pytest.mark.parametrize("measure", list(Measure))
def test_variants_are_compared_as_welchs_test_says(asking: tuple[Platform, Principal], measure: Measure) -> None:
    found = answer(asking, measure=measure, method=Method.FIXED)
    control, other = found.variants
    a, b = outcomes("A", measure), outcomes("B", measure)
    assert (control.label, other.label) == ("A", "B")
    assert (control.sample.count, other.sample.count) == (400, 400)
    assert control.sample.mean == pytest.approx(sum(a) / 400)
    assert other.sample.mean == pytest.approx(sum(b) / 400)
    assert other.comparison is not None
    expected = stats.ttest_ind(b, a, equal_var=False)
    # A share's variance is p(1 - p), which divides by the number and not by one less.
    assert other.comparison.p_value == pytest.approx(expected.pvalue, rel=0.02)
    assert found.assignment.mixed == 1
    assert any("met several variants" in note for note in found.notes)


def test_a_window_ends_the_outcomes_and_a_plan_says_how_many_are_needed(asking: tuple[Platform, Principal]) -> None:
    found = answer(asking, measure=Measure.VALUE, window="none")
    # Person 0, of A, bought for 50 again three weeks later.
    assert found.variants[0].sample.mean * 400 == pytest.approx(sum(outcomes("A", Measure.VALUE)) + 50)
    share = answer(asking, smallest=10).variants[0].sample.mean
    needed = answer(asking, smallest=10).needed
    assert needed == pytest.approx(2 * share * (1 - share) * (2.8016 / (share / 10)) ** 2, rel=0.001)


def test_a_variant_that_breaks_a_guardrail_does_not_win(asking: tuple[Platform, Principal]) -> None:
    plain = answer(asking, method=Method.FIXED)
    assert plain.winner is not None
    assert plain.winner.label == "B"
    guarded = answer(asking, method=Method.FIXED, guardrails=("help",))
    assert guarded.broken == (("B", "help"),)
    assert guarded.winner is None


def test_an_uneven_split_has_no_winner(asking: tuple[Platform, Principal]) -> None:
    # Without most people of A something but chance sorted them.
    uneven = answer(asking, method=Method.FIXED, exposure="met where arm = 'B' OR at < '2026-05-03'")
    assert uneven.uneven < 0.001
    assert not uneven.is_sound
    assert uneven.winner is None


def test_what_was_known_before_is_taken_out(asking: tuple[Platform, Principal]) -> None:
    found = answer(asking, measure=Measure.VALUE, window="40d", is_adjusted=True)
    plain = answer(asking, measure=Measure.VALUE, window="40d")
    # Person 0 alone bought before, for 50, and more than others afterwards: the mean of A moves down towards them.
    assert found.variants[0].sample.mean < plain.variants[0].sample.mean
    assert found.variants[1].sample.mean > plain.variants[1].sample.mean


def test_entities_of_a_variant_and_another_control(asking: tuple[Platform, Principal]) -> None:
    found = answer(asking, control="B")
    assert [one.label for one in found.variants] == ["B", "A"]
    assert entities_with(found, "A") == list(range(0, 800, 2))


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"control": "C"}, InvalidError, "no variant C"),
        ({"by": "what"}, InvalidError, "at least two variants"),
        ({"goal": ""}, RefusedError, "Choose what tells"),
    ],
)
def test_an_experiment_that_cannot_be_is_refused(
    asking: tuple[Platform, Principal], changed: dict[str, str], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        answer_experiment(*asking, ExperimentQuestion(**({"goal": "buy"} | changed)))  # type: ignore[arg-type]


def test_an_experiment_survives_its_url() -> None:
    question = ExperimentQuestion(
        model="m", entity="e", exposure="met", by="arm", control="A", goal="buy", measure=Measure.VALUE,
        guardrails=("help", "x"), window="7d", method=Method.FIXED, is_adjusted=True, smallest=10, range="last month",
        where="a = 1",
    )  # fmt: skip
    assert parse_experiment(question.to_params()) == question
