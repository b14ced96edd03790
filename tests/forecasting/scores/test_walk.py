"""Scores tried on later days: with known chances, against hand-counted rates, and not served where they say nothing."""

import numpy as np
import pytest

from core.errors import InvalidError
from forecasting.scores import Features, Panel, fit_panel, stack_features, walk_forward

WITHIN = 30


def make_panel(*, effect: float, entities: int = 700, seed: int = 1) -> tuple[Panel, np.ndarray]:
    """Entities on five days, whose log-odds are `effect` times a number; the second value is the true chance."""
    random = np.random.default_rng(seed)
    days = np.repeat(np.arange(0, 150, 30), entities // 5)
    size = days.size
    strength = random.normal(0, 1, size)
    chance = 1 / (1 + np.exp(-(effect * strength - 1)))
    features = Features(
        numbers={"strength": strength},
        texts={"stage": np.array([("Open", "Demo")[place % 2] for place in range(size)], np.object_)},
        size=size,
    )
    panel = Panel(
        entity=np.arange(size),
        day=days,
        features=features,
        is_event=random.random(size) < chance,
        within=WITHIN,
        groups="stage",
    )
    return panel, chance


def test_chances_are_those_of_the_world_and_beat_the_rate_of_each_group() -> None:
    panel, chance = make_panel(effect=2.0, entities=2000)
    record = walk_forward(panel, [90, 120], most=10_000)
    assert record.is_served
    assert record.quality is not None
    assert record.lift is not None
    assert [trial.day for trial in record.trials] == [90, 120]
    assert [trial.learned for trial in record.trials] == [1200, 1600]
    tried = panel.day >= 90
    best = float(np.mean((chance[tried] - panel.is_event[tried]) ** 2))
    # Nothing predicts better than the true chances; learned from some hundred rows it comes close.
    assert best - 1e-9 < record.quality.brier < best + 0.01
    assert record.quality.brier < record.quality.baseline_brier - 0.03
    assert record.lift > 2
    assert sum(one.rows for one in record.bins) == record.quality.rows == 800
    assert all(one.low <= one.observed <= one.high for one in record.bins)


def test_a_trial_learns_only_from_outcomes_known_on_its_day() -> None:
    panel, _ = make_panel(effect=2.0)
    known = panel.known_at(90)
    assert set(known.day.tolist()) == {0, 30, 60}
    # What came later is turned round: the trial of day 90 stays as it is.
    changed = Panel(
        entity=panel.entity, day=panel.day, features=panel.features, within=WITHIN, groups="stage",
        is_event=np.where(panel.day == 120, ~panel.is_event, panel.is_event),
    )  # fmt: skip
    assert walk_forward(panel, [90], most=10_000) == walk_forward(changed, [90], most=10_000)


def test_a_model_that_says_nothing_is_not_served() -> None:
    panel, _ = make_panel(effect=0.0)
    record = walk_forward(panel, [90, 120], most=10_000)
    assert not record.is_served
    assert [trial.brier >= trial.baseline_brier for trial in record.trials] == [True, True]


def test_the_baseline_is_each_groups_rate_drawn_towards_the_rate_of_all() -> None:
    panel = Panel(
        entity=np.arange(6),
        day=np.zeros(6, np.int64),
        features=Features(numbers={}, texts={"stage": np.array([*"AAAABB"], np.object_)}, size=6),
        is_event=np.array([True, True, True, False, False, False]),
        within=1,
        groups="stage",
    )
    asked = Features(numbers={}, texts={"stage": np.array(["A", "B", "new"], np.object_)}, size=3)
    # 3 of 4 and 0 of 2, each with twenty rows of which half came to it.
    assert panel.baseline(asked).tolist() == pytest.approx([13 / 24, 10 / 22, 0.5])


def test_too_few_outcomes_are_refused_with_their_number() -> None:
    panel, _ = make_panel(effect=1.0, entities=10)
    few = panel.rows(np.arange(panel.entity.size) < 6)
    with pytest.raises(InvalidError, match=r"Of 6 rows with a known outcome \d came to it within 30 days"):
        fit_panel(few)
    assert walk_forward(few, [30], most=100).quality is None


def test_a_sample_keeps_all_rows_of_an_entity() -> None:
    panel, _ = make_panel(effect=1.0)
    twice = Panel(
        entity=np.concatenate([panel.entity, panel.entity]), day=np.concatenate([panel.day, panel.day + 30]),
        features=stack_features([panel.features, panel.features]),
        is_event=np.concatenate([panel.is_event, panel.is_event]), within=WITHIN,
    )  # fmt: skip
    kept = twice.at_most(400)
    assert 250 < kept.entity.size < 550
    _, counts = np.unique(kept.entity, return_counts=True)
    assert set(counts.tolist()) == {2}
    assert twice.at_most(5000) is twice
