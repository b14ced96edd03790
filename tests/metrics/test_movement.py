"""Why a metric moved: parts that add up to the last digit, and dimensions in the order in which they tell."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidError
from metrics.movement import Effect, Pair, explain_ratio, explain_sum, rank_movements

VALUES = st.one_of(
    st.none(), st.integers(-(10**9), 10**9), st.decimals(-1_000_000, 1_000_000, places=2), st.floats(-1e6, 1e6)
)
COUNTS = st.one_of(st.none(), st.integers(0, 1000))
MEMBERS = st.sampled_from(["West", "East", None, "", "Other", 1, 2])
PAIRS = st.builds(lambda before, after: Pair(before=before, after=after), VALUES, VALUES)
COUNT_PAIRS = st.builds(lambda before, after: Pair(before=before, after=after), COUNTS, COUNTS)


@given(st.dictionaries(MEMBERS, PAIRS))
def test_differences_add_up_exactly(members: dict[object, Pair]) -> None:
    found = explain_sum("region", members)
    exact = [Fraction(pair.after or 0) - Fraction(pair.before or 0) for pair in members.values()]
    assert found.change == sum(exact, Fraction(0))
    assert sum((part.amount for part in found.contributions), Fraction(0)) == found.change
    bars = found.waterfall()
    assert sum((amount for _, amount in bars[:-1]), Fraction(0)) == bars[-1][1]


@given(st.dictionaries(MEMBERS, st.tuples(PAIRS, COUNT_PAIRS)))
def test_effects_of_a_ratio_add_up_exactly(members: dict[object, tuple[Pair, Pair]]) -> None:
    tops = {member: pair[0] for member, pair in members.items()}
    bottoms = {member: pair[1] for member, pair in members.items()}
    found = explain_ratio("region", tops, bottoms)
    sums = [
        [sum(Fraction(value or 0) for value in values) for values in zip(*pairs, strict=True)] or [0, 0]
        for pairs in (
            [(pair.before, pair.after) for pair in tops.values()],
            [(pair.before, pair.after) for pair in bottoms.values()],
        )
    ]
    if not all(sums[1]):
        assert found is None
        return
    assert found is not None
    assert found.change == sums[0][1] / sums[1][1] - sums[0][0] / sums[1][0]
    assert sum((part.amount for part in found.contributions), Fraction(0)) == found.change


def test_a_ratio_that_moves_by_mix_alone_has_no_rate_effect() -> None:
    # 9 of 10 and 1 of 10 before; 36 of 40 and 1 of 10 after: each member keeps its own rate.
    tops: dict[object, Pair] = {"a": Pair(before=9, after=36), "b": Pair(before=1, after=1)}
    bottoms: dict[object, Pair] = {"a": Pair(before=10, after=40), "b": Pair(before=10, after=10)}
    found = explain_ratio("region", tops, bottoms)
    assert found is not None
    assert found.change == Fraction(37, 50) - Fraction(1, 2)
    assert all(part.effects[Effect.RATE] == 0 for part in found.contributions)


def test_members_that_came_and_went_are_named_so() -> None:
    tops: dict[object, Pair] = {
        "old": Pair(before=1, after=None),
        "new": Pair(before=None, after=3),
        "both": Pair(before=1, after=1),
    }
    bottoms: dict[object, Pair] = {
        "old": Pair(before=2, after=0),
        "new": Pair(before=0, after=4),
        "both": Pair(before=2, after=2),
    }
    found = explain_ratio("plan", tops, bottoms)
    assert found is not None
    effects = {part.member: set(part.effects) for part in found.contributions}
    assert effects == {"old": {Effect.LOST}, "new": {Effect.NEW}, "both": {Effect.RATE, Effect.MIX}}


def test_the_dimension_in_which_one_member_moved_tells_most() -> None:
    alike = explain_sum("size", {"s": Pair(before=50, after=60), "l": Pair(before=150, after=180)})
    one = explain_sum("region", {"West": Pair(before=100, after=150), "East": Pair(before=100, after=90)})
    assert [found.dimension for found in rank_movements([alike, one])] == ["region", "size"]
    assert alike.telling == 0
    assert one.sentence("Revenue") == (
        "Revenue rose by 40; West (+50) is the largest part, and East (-10) went against it."
    )


def test_small_movements_are_set_apart_as_one_bar() -> None:
    members: dict[object, Pair] = {f"m{place}": Pair(before=1, after=Decimal("1.01")) for place in range(100)}
    members["big"] = Pair(before=100, after=200)
    bars = explain_sum("account", members).waterfall()
    assert [name for name, _ in bars] == ["before", "big", "100 others", "after"]
    assert bars[2][1] == 1


def test_a_ratio_of_other_members_is_refused() -> None:
    with pytest.raises(InvalidError, match="different members"):
        explain_ratio("region", {"a": Pair(before=1, after=1)}, {})
