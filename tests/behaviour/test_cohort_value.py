"""Revenue retention, lifetime value and split tables: by loops over days, and as tables of the parts alone."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidError
from metrics.behaviour import EventSet, Period, RetentionSpec, build_event_set
from metrics.behaviour.cohort_value import CohortValue, Worth, overall_worth, value_cohorts, worth

Row = tuple[str, int, str, str | None, Decimal | None]
EPOCH = dt.date(1970, 1, 1)
DAY = RetentionSpec(start=("s",), returns=("s", "r"), period=Period.DAY, periods=4)

rows = st.lists(
    st.tuples(
        st.sampled_from("uvw"), st.integers(0, 6), st.sampled_from("srx"), st.sampled_from(["p", "q", None]),
        st.one_of(st.none(), st.decimals(-5, 99, places=2)),
    ),
    max_size=16,
)  # fmt: skip


def events_of(log: list[Row], *, has_value: bool = True) -> EventSet:
    table = pa.table(
        {
            "u": pa.array([row[0] for row in log], pa.string()),
            "t": pa.array([EPOCH + dt.timedelta(days=row[1]) for row in log], pa.date32()),
            "e": pa.array([row[2] for row in log], pa.string()),
            "k": pa.array([row[3] for row in log], pa.string()),
            "v": pa.array([row[4] for row in log], pa.decimal128(9, 2)),
        }
    )
    value = "v" if has_value else None
    return build_event_set(table, entity="u", time="t", event="e", keep=["k"], value=value)


@settings(max_examples=80, deadline=None)
@given(log=rows)
def test_sums_averages_and_lifetime_equal_loops_over_days(log: list[Row]) -> None:
    began = {one: min((row[1] for row in log if row[0] == one and row[2] == "s"), default=None) for one in "uvw"}
    last = max((row[1] for row in log), default=0)
    found = value_cohorts(events_of(log), DAY)
    assert [one.cohort.begins for one in found] == sorted(
        EPOCH + dt.timedelta(days=day) for day in {day for day in began.values() if day is not None}
    )
    for one in found:
        day = (one.cohort.begins - EPOCH).days
        members = [name for name, first in began.items() if first == day]
        total = Decimal(0)
        for period in range(4):
            came = [row for row in log if row[0] in members and row[1] == day + period and row[2] in "sr"]
            expected = sum((row[4] or Decimal(0) for row in came), Decimal(0))
            total += expected
            found_worth = {how: worth([one], period, how) for how in Worth}
            if day + period > last:
                assert (one.sums[period], set(found_worth.values())) == (None, {None})
                continue
            assert one.sums[period] == expected
            back = len({row[0] for row in came})
            first = one.sums[0]
            assert found_worth == {
                Worth.AMOUNT: expected,
                Worth.EACH: expected / len(members),
                Worth.OF_FIRST: expected / first if first else None,
                Worth.RETURNED: expected / back if back else None,
                Worth.TOTAL: total / len(members),
            }


def bought() -> tuple[CohortValue, ...]:
    """Two of day 0, who brought 10 and 5, and 20; and one of day 1, who brought 6 and 3, and is not through day 2."""
    paid = [("u", 0, "10.00"), ("u", 1, "5.00"), ("v", 0, "20.00"), ("w", 1, "6.00"), ("w", 2, "3.00")]
    log: list[Row] = [(who, day, "s", None, Decimal(value)) for who, day, value in paid]
    return value_cohorts(events_of(log), replace(DAY, periods=3))


@pytest.mark.parametrize(
    ("how", "first", "second", "overall"),
    [
        (Worth.AMOUNT, [30, 5, 0], [6, 3, None], [36, 8, 0]),
        (Worth.EACH, [15, 2.5, 0], [6, 3, None], [12, 8 / 3, 0]),
        (Worth.TOTAL, [15, 17.5, 17.5], [6, 9, None], [12, (35 + 9) / 3, 17.5]),
        (Worth.OF_FIRST, [1, 5 / 30, 0], [1, 0.5, None], [1, 8 / 36, 0]),
        (Worth.RETURNED, [15, 5, None], [6, 3, None], [12, 4, None]),
    ],
)
def test_over_all_cohorts_each_weighs_its_entities_and_those_not_through_are_left_out(
    how: Worth, first: list[float | None], second: list[float | None], overall: list[float | None]
) -> None:
    values = bought()
    for one, expected in zip(values, (first, second), strict=True):
        assert [worth([one], period, how) for period in range(3)] == [
            None if known is None else pytest.approx(Decimal(known)) for known in expected
        ]
    assert [overall_worth(values, period, how) for period in range(3)] == [
        None if known is None else pytest.approx(Decimal(known)) for known in overall
    ]


def test_what_cannot_be_valued_is_refused() -> None:
    assert value_cohorts(events_of([]), DAY) == ()
    with pytest.raises(InvalidError, match="no amounts"):
        value_cohorts(events_of([], has_value=False), DAY)
