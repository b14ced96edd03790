"""Arrow columns laid out by hand hold what was put in."""

import datetime as dt
from decimal import Decimal

import numpy as np

from demo import columns

KNOWN = np.array([True, False, True])


def test_money_keeps_cents_and_signs() -> None:
    cents = np.array([-150, 0, 2**53 + 1])
    assert columns.money(cents).to_pylist() == [Decimal("-1.50"), Decimal("0.00"), Decimal("90071992547409.93")]
    assert columns.money(cents, KNOWN).to_pylist()[1] is None


def test_text_keeps_letters_of_several_bytes_and_empty_ones() -> None:
    assert columns.text(["Lübeck", "", "x"]).to_pylist() == ["Lübeck", "", "x"]


def test_label_picks_by_position_and_leaves_nulls() -> None:
    assert columns.label(("a", "b"), np.array([1, 0, 0]), KNOWN).to_pylist() == ["b", None, "a"]


def test_dates_times_and_flags_come_out_as_they_went_in() -> None:
    assert columns.dates(np.array([0, 1, 20_777]), KNOWN).to_pylist() == [
        dt.date(1970, 1, 1),
        None,
        dt.date(2026, 11, 20),
    ]
    assert columns.times(np.array([1_500_000])).to_pylist() == [dt.datetime(1970, 1, 1, 0, 0, 1, 500_000, dt.UTC)]
    assert columns.flag(np.array([True] * 9 + [False])).to_pylist() == [True] * 9 + [False]
