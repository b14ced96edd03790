"""What is known of open deals on a day, against a slow reading row by row, and with nothing of what comes later."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from forecasting.deals import NO_DAY, DealHistory, deal_panel, open_deals

DAYS = 400


def make_history(seed: int, deals: int = 60) -> DealHistory:
    """Deals that change stage, amount and close date at random, some without a date or an amount."""
    random = np.random.default_rng(seed)
    rows = []
    for deal in range(deals):
        day = int(random.integers(0, DAYS - 60))
        amount, close = float(random.choice([0, 500, 1000])), day + 40
        for _ in range(int(random.integers(1, 7))):
            stage = int(random.choice([0, 1, 2, 3], p=[0.4, 0.35, 0.12, 0.13]))
            rows.append((deal, day, amount, close, stage, int(random.integers(0, 3)), deal % 2))
            if stage > 1:
                break
            day += int(random.integers(0, 50))
            amount *= float(random.choice([1, 1, 1.5]))
            close = NO_DAY if random.random() < 0.1 else day + int(random.integers(0, 60))
    columns = list(zip(*rows, strict=True))
    places, days, closes, stages, owners, traits = (np.array(columns[place], np.int64) for place in (0, 1, 3, 4, 5, 6))
    return DealHistory(
        deal=places, day=days, amount=np.array(columns[2], np.float64), close=closes, stage=stages, owner=owners,
        traits={"region": traits}, stages=("Open", "Demo", "Won", "Lost"), owners=("Ann", "Bob", "Cem"),
        won=frozenset({2}), lost=frozenset({3}), deals=tuple(range(deals)), members={"region": ("North", "South")},
    )  # fmt: skip


def read_slowly(history: DealHistory, deal: int, day: int) -> dict[str, object] | None:
    """What was known of a deal on a day, one row after another; None where it was not there or was closed."""
    rows = [place for place in range(history.day.size) if history.deal[place] == deal and history.day[place] <= day]
    if not rows or history.stages[history.stage[rows[-1]]] in ("Won", "Lost"):
        return None
    stage_since, postponed, stage_changes = int(history.day[rows[0]]), 0, 0
    for before, after in pairwise(rows):
        if history.stage[before] != history.stage[after]:
            stage_since, stage_changes = int(history.day[after]), stage_changes + 1
        postponed += bool(history.close[before] != NO_DAY and history.close[after] > history.close[before])
    first, last = rows[0], rows[-1]
    has_date = history.close[last] != NO_DAY
    return {
        "age": day - int(history.day[first]),
        "days_in_stage": day - stage_since,
        "amount": float(history.amount[last]),
        "amount_growth": float(history.amount[last] / history.amount[first]) if history.amount[first] else None,
        "days_to_close": int(history.close[last]) - day if has_date else None,
        "postponed": postponed,
        "postponed_days": int(history.close[last] - history.close[first]) if has_date else None,
        "stage_changes": stage_changes,
        "stage": history.stages[history.stage[last]],
        "owner": history.owners[history.owner[last]],
        "region": ("North", "South")[history.traits["region"][last]],
    }


@pytest.mark.parametrize("seed", range(4))
def test_features_are_those_of_a_slow_reading(seed: int) -> None:
    history = make_history(seed)
    for day in (50, 200, DAYS):
        taken = open_deals(history, day)
        slow = {deal: read_slowly(history, deal, day) for deal in range(60)}
        assert taken.deal.tolist() == [deal for deal, known in slow.items() if known is not None]
        for place, deal in enumerate(taken.deal.tolist()):
            numbers = {name: float(values[place]) for name, values in taken.features.numbers.items()}
            found = {name: None if value != value else value for name, value in numbers.items()}
            texts = {name: values[place] for name, values in taken.features.texts.items()}
            assert found | texts == slow[deal]


def test_what_is_written_later_changes_nothing_of_an_earlier_day() -> None:
    history = make_history(7)
    day = 250
    before, panel = open_deals(history, day), deal_panel(history, day, 90)
    later = history.day > day
    assert later.sum() > 20
    changed = replace(history, stage=np.where(later, 2, history.stage), amount=np.where(later, 9e9, history.amount))
    after, again = open_deals(changed, day), deal_panel(changed, day, 90)
    assert after.deal.tolist() == before.deal.tolist()
    for name, values in before.features.numbers.items():
        np.testing.assert_array_equal(values, after.features.numbers[name])
    assert panel is not None
    assert again is not None
    np.testing.assert_array_equal(panel.is_event, again.is_event)


def test_an_outcome_is_what_the_deal_is_at_the_end_of_the_time() -> None:
    history = make_history(3)
    panel = deal_panel(history, DAYS, 90)
    assert panel is not None
    assert panel.day.max() == DAYS - 90
    assert 0 < panel.is_event.sum() < panel.is_event.size
    for deal, day, is_event in zip(panel.entity.tolist(), panel.day.tolist(), panel.is_event.tolist(), strict=True):
        assert read_slowly(history, deal, day) is not None
        rows = [place for place in range(history.day.size) if history.deal[place] == deal]
        last = [place for place in rows if history.day[place] <= day + 90][-1]
        assert is_event == (history.stages[history.stage[last]] == "Won")


def test_there_is_no_panel_before_an_outcome_is_known() -> None:
    history = make_history(1)
    assert deal_panel(history, int(history.day.min()) + 89, 90) is None
    assert deal_panel(history, int(history.day.min()) - 1, 90) is None
