"""Attribution by hand, by brute force over orders and walks, and: the parts add up to the whole."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidError, LimitError
from metrics.behaviour.attribution import AttributionSpec, Journey, Model, Touch, attribute
from metrics.behaviour.attribution.removal import markov_shares, shapley_shares

BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
Paths = dict[tuple[tuple[str, ...], bool], int]


def journey(path: str, value: str = "100", *, is_converted: bool = True, milestone: int | None = None) -> Journey:
    """A touch a day, converted on the day of the last."""
    touches = tuple(
        Touch(channel=name, at=BEGIN + dt.timedelta(days=day), is_milestone=day == milestone)
        for day, name in enumerate(path)
    )
    end = BEGIN + dt.timedelta(days=max(0, len(path) - 1))
    return Journey(touches=touches, converted_at=end if is_converted else None, value=Decimal(value))


def credits_of(model: Model, *journeys: Journey, **settings: object) -> dict[str, float]:
    asked = AttributionSpec(model=model, **settings)  # type: ignore[arg-type]
    return {one.channel: round(one.conversions, 6) for one in attribute(journeys, asked)}


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (Model.FIRST, {"a": 1, "b": 0, "c": 0, "d": 0}),
        (Model.LAST, {"a": 0, "b": 0, "c": 0, "d": 1}),
        (Model.LINEAR, {"a": 0.25, "b": 0.25, "c": 0.25, "d": 0.25}),
        (Model.U_SHAPED, {"a": 0.4, "b": 0.1, "c": 0.1, "d": 0.4}),
        (Model.W_SHAPED, {"a": 0.3, "b": 0.1, "c": 0.3, "d": 0.3}),
    ],
)
def test_credit_by_place(model: Model, expected: dict[str, float]) -> None:
    assert credits_of(model, journey("abcd", milestone=2)) == expected


def test_time_decay_halves_with_each_half_life() -> None:
    found = credits_of(Model.TIME_DECAY, journey("abc"), half_life=dt.timedelta(days=1))
    assert found == {"c": round(4 / 7, 6), "b": round(2 / 7, 6), "a": round(1 / 7, 6)}


def test_own_weights_by_place_and_one_or_two_touches() -> None:
    weights = (0.5, 0.3, 0.2)
    assert credits_of(Model.POSITION, journey("abc"), weights=weights) == {"a": 0.5, "b": 0.3, "c": 0.2}
    assert credits_of(Model.POSITION, journey("ab"), weights=(0.6, 0.2, 0.2)) == {"a": 0.75, "b": 0.25}
    assert credits_of(Model.U_SHAPED, journey("a")) == {"a": 1}


def test_touches_outside_the_window_or_after_the_conversion_get_nothing() -> None:
    late = Touch(channel="z", at=BEGIN + dt.timedelta(days=9))
    one = journey("abc")
    one = Journey(touches=(*one.touches, late), converted_at=one.converted_at, value=one.value)
    assert credits_of(Model.LINEAR, one, window=dt.timedelta(days=1)) == {"b": 0.5, "c": 0.5}
    assert credits_of(Model.FIRST, journey("")) == {"(none)": 1}


def test_markov_removal_by_hand() -> None:
    # Of two who see a, one goes on to b and converts, the other is lost; one sees only b and converts.
    paths: Paths = {(("a", "b"), True): 1, (("a",), False): 1, (("b",), True): 1}
    # P(convert) is 2/3; without a only the third is left, 1/3; without b nobody is: effects 1/2 and 1.
    assert markov_shares(paths) == pytest.approx({"a": 1 / 3, "b": 2 / 3})


path_counts = st.dictionaries(
    st.tuples(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4).map(tuple), st.booleans()),
    st.integers(1, 5),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(paths=path_counts)
def test_shapley_is_the_mean_gain_over_all_orders_of_joining(paths: Paths) -> None:
    channels = sorted({channel for path, _ in paths for channel in path})

    def worth(members: set[str]) -> int:
        return sum(count for (path, converted), count in paths.items() if converted and set(path) <= members)

    gains = dict.fromkeys(channels, 0.0)
    orders = list(permutations(channels))
    for order in orders:
        for place, channel in enumerate(order):
            gains[channel] += (worth(set(order[: place + 1])) - worth(set(order[:place]))) / len(orders)
    total = sum(gains.values())
    expected = {channel: gain / total if total else 0.0 for channel, gain in gains.items()}
    assert shapley_shares(paths) == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(paths=path_counts)
def test_markov_is_what_a_long_walk_over_the_same_steps_converts(paths: Paths) -> None:
    steps: Counter[tuple[str, str]] = Counter()
    for (path, converted), count in paths.items():
        walk = ["start", *path, "won" if converted else "lost"]
        for one, other in pairwise(walk):
            steps[one, other] += count

    def converted_without(removed: str | None) -> float:
        mass, won = {"start": 1.0}, 0.0
        for _ in range(400):
            spread: dict[str, float] = {}
            for at, here in mass.items():
                leaving = sum(count for (one, _), count in steps.items() if one == at)
                for (one, other), count in steps.items():
                    if one == at and other != removed:
                        spread[other] = spread.get(other, 0.0) + here * count / leaving
            won += spread.pop("won", 0.0)
            spread.pop("lost", None)
            mass = spread
        return won

    whole = converted_without(None)
    channels = sorted({channel for path, _ in paths for channel in path})
    effects = {channel: 1 - converted_without(channel) / whole if whole else 0.0 for channel in channels}
    total = sum(effects.values())
    expected = {channel: effect / total if total else 0.0 for channel, effect in effects.items()}
    assert markov_shares(paths) == pytest.approx(expected, abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(
    model=st.sampled_from(list(Model)),
    logs=st.lists(
        st.tuples(st.text("abcd", max_size=5), st.booleans(), st.decimals("0", "1000", places=2)), max_size=8
    ),
)
def test_conversions_and_values_add_up_under_every_model(model: Model, logs: list[tuple[str, bool, Decimal]]) -> None:
    journeys = [journey(path, str(value), is_converted=converted) for path, converted, value in logs]
    found = attribute(journeys, AttributionSpec(model=model))
    assert sum(one.conversions for one in found) == pytest.approx(sum(converted for _, converted, _ in logs))
    assert sum(one.value for one in found) == sum(value for _, converted, value in logs if converted)


def test_return_on_cost_is_none_without_a_cost() -> None:
    found = attribute([journey("ab")], AttributionSpec(model=Model.LINEAR), {"a": Decimal(25)})
    assert {one.channel: one.return_on_cost for one in found} == {"a": 2.0, "b": None}


def test_what_cannot_be_shared_out_is_refused() -> None:
    with pytest.raises(InvalidError, match="not all 0"):
        AttributionSpec(model=Model.POSITION, weights=(0, 0, 0))
    with pytest.raises(InvalidError, match="half-life"):
        AttributionSpec(model=Model.TIME_DECAY, half_life=dt.timedelta(0))
    with pytest.raises(LimitError, match="there are 15"):
        shapley_shares({(tuple("abcdefghijklmno"), True): 1})
