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
from metrics.behaviour.cohort_value import value_cohorts, weighted_lifetime

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
            if day + period > last:
                assert (one.sums[period], one.lifetime[period], one.per_entity[period]) == (None, None, None)
                continue
            assert one.sums[period] == expected
            assert one.per_entity[period] == pytest.approx(float(expected) / len(members))
            assert one.lifetime[period] == pytest.approx(float(total) / len(members))
            back = len({row[0] for row in came})
            assert one.per_returned[period] == (pytest.approx(float(expected) / back) if back else None)
            first = one.sums[0]
            assert one.of_first[period] == (pytest.approx(float(expected / first)) if first else None)


def test_lifetime_over_all_cohorts_weighs_entities_and_leaves_out_those_not_through() -> None:
    bought = [("u", 0, "10.00"), ("u", 1, "5.00"), ("v", 0, "20.00"), ("w", 1, "6.00"), ("w", 2, "3.00")]
    log: list[Row] = [(who, day, "s", None, Decimal(value)) for who, day, value in bought]
    found = value_cohorts(events_of(log), replace(DAY, periods=3))
    assert [one.lifetime for one in found] == [(15, 17.5, 17.5), (6, 9, None)]
    assert list(weighted_lifetime(found)) == pytest.approx([12, (35 + 9) / 3, 17.5])


def test_what_cannot_be_valued_is_refused() -> None:
    assert value_cohorts(events_of([]), DAY) == ()
    with pytest.raises(InvalidError, match="no amounts"):
        value_cohorts(events_of([], has_value=False), DAY)
