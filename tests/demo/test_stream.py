"""Random numbers that do not depend on numpy's distributions."""

import numpy as np
import pytest

from demo.stream import Stream, choose, trim_to


def test_same_name_gives_the_same_numbers_and_another_name_others() -> None:
    first, again, other = (Stream(*path).uniform(5).tolist() for path in (("a", "b"), ("a", "b"), ("a", "c")))
    assert first == again
    assert set(first).isdisjoint(other)


def test_numbers_are_those_written_down() -> None:
    # From the published PCG64 and SeedSequence algorithms; numpy promises never to change either.
    assert Stream("written", "down").uniform(3).tolist() == [
        0.10714267939816546,
        0.02878975148642937,
        0.7550546843362107,
    ]


def test_normal_has_mean_zero_and_deviation_one() -> None:
    values = Stream("normal").normal(40_000)
    assert float(values.mean()) == pytest.approx(0, abs=0.02)
    assert float(values.std()) == pytest.approx(1, abs=0.02)


def test_choose_follows_the_weights_and_never_takes_a_weight_of_zero() -> None:
    points = np.array([0.0, 0.24999, 0.25, 0.74999, 0.75, 0.99999])
    assert choose([1, 0, 2, 1], points).tolist() == [0, 0, 2, 2, 3, 3]


def test_spread_hits_each_of_equal_weights_equally_often() -> None:
    assert np.bincount(Stream("spread").spread([1.0] * 4, 400)).tolist() == [100] * 4


def test_shuffle_keeps_every_number() -> None:
    assert sorted(Stream("shuffle").shuffle(50).tolist()) == list(range(50))


@pytest.mark.parametrize(("total", "expected"), [(4, [2, 1, 1]), (6, [3, 1, 2]), (9, [4, 2, 3])])
def test_trim_adds_and_takes_away_evenly(total: int, expected: list[int]) -> None:
    assert trim_to(np.array([3, 1, 2]), total, np.array([2, 0, 1])).tolist() == expected
