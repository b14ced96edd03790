"""The second implementation itself, against cases counted by hand."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.oracle.arithmetic import aggregate, calculate
from tests.oracle.logic import first_day, holds, local_day
from tests.oracle.periods import Span, earlier, find_days, find_spans, move, next_period, period_of
from tests.oracle.reference import Reference
from tests.oracle.trial import _same
from tests.oracle.world import (
    Both,
    Dimension,
    Either,
    Join,
    Measure,
    Metric,
    Model,
    Negation,
    Operation,
    Policy,
    Question,
    Reader,
    Refusal,
    Rule,
    Test,
    World,
)
from tests.oracle.writing import write_formula


def small_world() -> World:
    """Two teams, and four deals of which one has no team and one a team that is not there."""
    teams = Model(
        name="teams",
        types={"id": "text", "region": "text"},
        rows=[{"id": "a", "region": "West"}, {"id": "b", "region": None}],
        key=("id",),
        time=None,
        dimensions={"region": Dimension(name="region", column="region", type="text")},
    )
    deals = Model(
        name="deals",
        types={"team": "text", "amount": "integer"},
        rows=[
            {"team": "a", "amount": 1},
            {"team": "b", "amount": 2},
            {"team": None, "amount": 4},
            {"team": "z", "amount": 8},
        ],
        key=(),
        time=None,
        joins=[Join(name="teams", to="teams", on=(("team", "id"),))],
        measures={"amount": Measure(name="amount", aggregation="sum", column="amount", type="integer")},
        metrics={"amount": Metric(name="amount", kind="simple", formula="amount", time=None)},
    )
    return World(models={"teams": teams, "deals": deals})


QUESTION = Question(
    metrics=("amount",), by=("region",), grain=None, start=None, end=None, where=None, order=None, limit=None,
    zone="UTC", week_start=0, today=dt.date(2024, 3, 5),
)  # fmt: skip


def test_rows_without_a_partner_meet_at_null() -> None:
    assert Reference(small_world(), QUESTION).answer().rows == [("West", 1), (None, 14)]


def test_totals_top_members_and_values_to_keep_are_counted() -> None:
    top = replace(QUESTION, top=1, has_totals=True)
    rows = Reference(small_world(), top).answer().rows
    assert rows == [("Other", True, 0, 1), (None, False, 0, 14), (None, None, 1, 15)]
    kept = replace(top, having=Test(name="amount", operator=">", values=(14,)))
    assert Reference(small_world(), kept).answer().rows == [(None, None, 1, 15)]


def test_a_reader_sees_the_rows_of_a_policy_and_no_hidden_table() -> None:
    rule = Rule(table=None, column="region", values=("West",))
    reader = Reader(roles=("r",), attributes=(), policies=(Policy(role="r", rules=(rule,), open=()),))
    assert Reference(small_world(), replace(QUESTION, reader=reader)).answer().rows == [("West", 1)]
    hiding = Rule(table="teams", column="id", values=("a",))
    reader = replace(reader, policies=(Policy(role="r", rules=(hiding,), open=()),))
    with pytest.raises(Refusal, match="hidden"):
        Reference(small_world(), replace(QUESTION, reader=reader)).answer()


def test_lengths_and_periods_are_counted_day_by_day() -> None:
    assert earlier(dt.date(2024, 3, 31), "1 month") == dt.date(2024, 2, 29)
    assert earlier(dt.date(2024, 2, 29), "1 year") == dt.date(2023, 2, 28)
    assert period_of(dt.date(2024, 3, 5), "fiscal_quarter", replace(QUESTION, fiscal_start=2)) == dt.date(2024, 2, 1)
    march = period_of(dt.date(2024, 3, 5), "retail_month", QUESTION)
    assert (march, next_period(march, "retail_month", QUESTION)) == (dt.date(2024, 2, 26), dt.date(2024, 4, 1))


def test_a_running_month_is_moved_to_as_many_days_of_the_one_before() -> None:
    asked = replace(QUESTION, grain="month", range="this month", compare=("prior_period",))
    ((first, span),) = find_spans(asked, find_days(asked))
    assert (first, span.last, span.full) == (dt.date(2024, 3, 1), dt.date(2024, 3, 5), dt.date(2024, 3, 31))
    before = Span(first=dt.date(2024, 2, 1), last=dt.date(2024, 2, 5), full=dt.date(2024, 2, 29), grain="month")
    assert move(span, "prior_period", asked) == before


def test_logic_has_three_values() -> None:
    def look(name: str) -> tuple[object, str]:
        return {"x": 1, "y": None}[name], "integer"

    is_one, is_two = Test(name="x", operator="=", values=(1,)), Test(name="x", operator="=", values=(2,))
    unknown = Test(name="y", operator="=", values=(1,))
    assert holds(Both(parts=(is_one, unknown)), look, "UTC") is None
    assert holds(Both(parts=(is_two, unknown)), look, "UTC") is False
    assert holds(Either(parts=(is_one, unknown)), look, "UTC") is True
    assert holds(Either(parts=(is_two, unknown)), look, "UTC") is None
    assert holds(Negation(part=unknown), look, "UTC") is None


def test_days_and_weeks_are_those_of_the_calendar() -> None:
    assert local_day(dt.datetime(2024, 6, 30, 22, tzinfo=dt.UTC), "Europe/Berlin") == dt.date(2024, 7, 1)
    assert first_day(dt.date(2024, 1, 1), "week", 6) == dt.date(2023, 12, 31)
    assert first_day(dt.date(2024, 2, 29), "quarter", 0) == dt.date(2024, 1, 1)


@pytest.mark.parametrize(
    ("fraction", "expected"), [("0", 1), ("0.5", Fraction(5, 2)), ("0.9", Fraction(37, 10)), ("1", 4)]
)
def test_percentiles_lie_between_the_nearest_values(fraction: str, expected: Fraction) -> None:
    measure = Measure(name="m", aggregation="percentile", column="v", type="number", fraction=Decimal(fraction))
    assert aggregate(measure, [{"v": value} for value in (4, 1, 3, 2, None)], {"v": "integer"}) == expected


def test_formulas_are_written_with_the_parentheses_they_need() -> None:
    difference = Operation(sign="-", left="a", right=Operation(sign="-", left="b", right="c"))
    formula = Operation(sign="/", left=Operation(sign="*", left=difference, right=("d",)), right=Decimal("2"))
    assert write_formula(formula) == "(a - (b - c)) * -d / 2"
    values = {"a": Fraction(7), "b": Fraction(2), "c": Fraction(1), "d": Fraction(3)}
    assert calculate(formula, values.__getitem__) == -9


def test_decimals_must_be_equal_to_the_last_digit() -> None:
    assert _same(Decimal("0.10"), Fraction(1, 10))
    assert not _same(Decimal("0.01"), Fraction(3, 200))
    assert _same(0.1 + 0.2, Fraction(3, 10))
    assert not _same(0.0, None)
