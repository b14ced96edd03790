"""Contributions: they add up to the change, to the last digit, or are refused."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RefusedError
from core.result import Column, ColumnType, Result, Watermark
from notebooks import explain_difference, explain_ratio

amounts = st.integers(-(10**14), 10**14).map(lambda cents: cents / 100)
money = st.decimals(min_value=-(10**12), max_value=10**12, places=2)
counts = st.integers(0, 1000)
members = st.sampled_from(["EMEA", "AMER", "APAC", "LATAM", None])
sides = st.dictionaries(members, st.one_of(amounts, money, st.integers(-(10**9), 10**9)), max_size=5)


def result(**columns: Mapping[str | None, object]) -> Result:
    """Metric columns over the members of a region."""
    regions = list(dict.fromkeys(region for values in columns.values() for region in values))
    table = {"region": pa.array(regions, pa.string())}
    for name, values in columns.items():
        table[name] = pa.array([None if (v := values.get(region)) is None else str(v) for region in regions])
        table[name] = table[name].cast(pa.decimal128(38, 10))
    metrics = [Column(name=name, label=name, type=ColumnType.NUMBER, is_metric=True) for name in columns]
    return Result(
        columns=(Column(name="region", label="Region", type=ColumnType.TEXT), *metrics),
        table=pa.table(table),
        watermark=Watermark(version=1, loaded_at=None),
    )


@settings(deadline=None)
@given(current=sides, previous=sides)
def test_contributions_add_up_to_the_change(
    current: dict[str | None, object], previous: dict[str | None, object]
) -> None:
    found = explain_difference(result(m=current), result(m=previous), metric="m")
    expected = sum(Fraction(str(value)) for value in current.values()) - sum(
        Fraction(str(value)) for value in previous.values()
    )
    assert Fraction(found.change) == expected
    assert sum(Fraction(one.change) for one in found.contributions) == expected
    assert len(found.contributions) == len(set(current) | set(previous))


def test_floats_add_up_to_the_cent() -> None:
    table = pa.table({"region": ["a", "b", "c"], "m": [0.1, 0.2, 0.3]})
    columns = (
        Column(name="region", label="Region", type=ColumnType.TEXT),
        Column(name="m", label="M", type=ColumnType.NUMBER, unit="USD", is_metric=True),
    )
    now = Result(columns=columns, table=table, watermark=Watermark(version=1, loaded_at=None))
    found = explain_difference(now, result(m={}), metric="m", change=0.1 + 0.2 + 0.3)
    assert (found.change, found.unit) == (Decimal("0.6"), "USD")


def test_members_that_come_and_go_count_whole() -> None:
    found = explain_difference(result(m={"new": 5, "stays": 7}), result(m={"gone": 3, "stays": 6}), metric="m")
    assert [(one.member, one.previous, one.current, one.change) for one in found.contributions] == [
        ("new", None, Decimal(5), Decimal(5)),
        ("gone", Decimal(3), None, Decimal(-3)),
        ("stays", Decimal(6), Decimal(7), Decimal(1)),
    ]
    assert found.leader == found.contributions[0]
    assert found.opponent == found.contributions[1]
    assert found.share(found.contributions[0]) == pytest.approx(5 / 3)


def test_parts_that_miss_the_whole_are_refused() -> None:
    with pytest.raises(RefusedError, match="does not add up"):
        explain_difference(result(m={"a": 5}), result(m={"a": 3}), metric="m", change=3)


def test_no_change_has_no_leader_and_no_share() -> None:
    found = explain_difference(result(m={"a": 5}), result(m={"a": 5}), metric="m")
    assert (found.leader, found.opponent, found.share(found.contributions[0])) == (None, None, None)


ratio_sides = st.dictionaries(
    members, st.tuples(counts, counts).map(lambda pair: (min(pair), max(pair))), min_size=1, max_size=5
).filter(lambda side: sum(bottom for _, bottom in side.values()) > 0)


@settings(deadline=None)
@given(current=ratio_sides, previous=ratio_sides)
def test_rate_and_mix_add_up_to_the_change_of_the_ratio(
    current: dict[str | None, tuple[int, int]], previous: dict[str | None, tuple[int, int]]
) -> None:
    now, before = (
        result(top={key: pair[0] for key, pair in side.items()}, bottom={key: pair[1] for key, pair in side.items()})
        for side in (current, previous)
    )
    wholes = [
        Fraction(sum(top for top, _ in side.values()), sum(bottom for _, bottom in side.values()))
        for side in (current, previous)
    ]
    found = explain_ratio(now, before, metric="rate", numerator="top", denominator="bottom")
    assert sum(one.change for one in found.contributions) == found.change
    assert abs(Fraction(found.change) - (wholes[0] - wholes[1])) < Fraction(1, 10**13)


def test_shift_between_members_of_unchanged_rates_is_all_mix() -> None:
    # A wins 1 of 2 and B 1 of 4 in both periods; B grows from half of the deals to three quarters.
    now = result(top={"A": 20, "B": 30}, bottom={"A": 40, "B": 120})
    before = result(top={"A": 20, "B": 10}, bottom={"A": 40, "B": 40})
    found = explain_ratio(now, before, metric="rate", numerator="top", denominator="bottom")
    parts = {one.member: float(one.change) for one in found.contributions}
    # Whole 0.3125 against 0.375, mean 0.34375; A: -0.25 * (0.5 - 0.34375), B: 0.25 * (0.25 - 0.34375).
    assert parts == {"A": pytest.approx(-0.0390625), "B": pytest.approx(-0.0234375)}


def test_ratio_of_large_amounts_adds_up() -> None:
    now = result(top={"a": 9 * 10**20, "b": 1}, bottom={"a": 3, "b": 7})
    before = result(top={"a": 10**20, "b": 10**19}, bottom={"a": 1, "b": 1})
    found = explain_ratio(now, before, metric="average", numerator="top", denominator="bottom")
    assert float(found.change) == pytest.approx(9e20 / 10 - 1.1e20 / 2)


def test_numerator_without_a_denominator_is_refused() -> None:
    now = result(top={"a": 3, "b": 5}, bottom={"a": 4, "b": 0})
    before = result(top={"a": 3}, bottom={"a": 4})
    with pytest.raises(RefusedError, match="does not add up"):
        explain_ratio(now, before, metric="rate", numerator="top", denominator="bottom")


def test_ratio_of_nothing_is_refused() -> None:
    with pytest.raises(RefusedError, match="nothing to divide by"):
        explain_ratio(
            result(top={"a": 1}, bottom={"a": 0}),
            result(top={"a": 1}, bottom={"a": 2}),
            metric="rate",
            numerator="top",
            denominator="bottom",
        )
