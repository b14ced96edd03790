"""Walk-forward evaluation: on each of several past days a model of what was known by then, tried on what came later."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import InvalidError
from forecasting.scores.model import ScoreModel, fit_scores
from forecasting.scores.panel import Panel
from forecasting.scores.quality import Flags, Floats, Quality, measure_quality, rate_interval

FEWEST = 5
_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkTrial:
    """A model learned from `learned` rows known at the end of `day`, tried on the rows of that day.

    `brier` is that of the model, `baseline_brier` that of the rates of groups; `area` is None where the rows of the day
    all came out the same, `reason` why no model could be learned, whose place the baseline took.
    """

    day: int
    learned: int
    rows: int
    events: int
    expected: float
    area: float | None
    brier: float
    baseline_brier: float
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """Rows of similar probability: what was expected of them, and how often the event came."""

    rows: int
    expected: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkRecord:
    """All trials together. `quality` compares with the baseline; None where there is no trial with both outcomes."""

    trials: tuple[WalkTrial, ...]
    quality: Quality | None
    bins: tuple[CalibrationBin, ...]
    lift: float | None

    @property
    def is_served(self) -> bool:
        """Whether the model was better than its baseline on what came later."""
        return self.quality is not None and self.quality.is_better_than_baseline


def require_outcomes(panel: Panel) -> None:
    """Raises InvalidError for rows that nothing can be learned from."""
    events = int(panel.is_event.sum())
    rare = min(events, panel.is_event.size - events)
    if rare < FEWEST:
        raise InvalidError(
            f"Of {panel.is_event.size:,} rows with a known outcome {events:,} came to it within {panel.within} days. A "
            f"score needs at least {FEWEST} that did and {FEWEST} that did not; wait for more."
        )


def fit_panel(panel: Panel) -> ScoreModel:
    """The model of all rows; those of one entity are held out together. Raises InvalidError."""
    require_outcomes(panel)
    return fit_scores(panel.features, panel.is_event, entity=panel.entity)


def walk_forward(panel: Panel, days: Sequence[int], *, most: int) -> WalkRecord:
    """Try the model on days of the panel whose outcomes are known, each time learned from about `most` rows at most.

    A day without earlier outcomes is left out.
    """
    trials: list[WalkTrial] = []
    probabilities: list[Floats] = []
    baselines: list[Floats] = []
    outcomes: list[Flags] = []
    for day in days:
        learned, tried = panel.known_at(day).at_most(most), panel.on(day)
        if not tried.is_event.size or not FEWEST <= learned.is_event.sum() <= learned.is_event.size - FEWEST:
            continue
        baseline = learned.baseline(tried.features)
        found, reason = baseline, ""
        try:
            model = fit_panel(learned)
            found = model.probabilities(tried.features)
        except InvalidError as error:
            reason = error.message
        trials.append(_trial(day, learned, tried, found, baseline, reason))
        probabilities.append(found)
        baselines.append(baseline)
        outcomes.append(tried.is_event)
    if not trials:
        return WalkRecord(trials=(), quality=None, bins=(), lift=None)
    return _record(trials, np.concatenate(probabilities), np.concatenate(baselines), np.concatenate(outcomes))


def _trial(day: int, learned: Panel, tried: Panel, found: Floats, baseline: Floats, reason: str) -> WalkTrial:
    outcomes = tried.is_event
    has_both = 0 < outcomes.sum() < outcomes.size
    return WalkTrial(
        day=day,
        learned=learned.is_event.size,
        rows=outcomes.size,
        events=int(outcomes.sum()),
        expected=float(found.sum()),
        area=measure_quality(found, outcomes).area if has_both else None,
        brier=float(np.mean((found - outcomes) ** 2)),
        baseline_brier=float(np.mean((baseline - outcomes) ** 2)),
        reason=reason,
    )


def _record(trials: list[WalkTrial], found: Floats, baseline: Floats, outcomes: Flags) -> WalkRecord:
    if not 0 < outcomes.sum() < outcomes.size:
        return WalkRecord(trials=tuple(trials), quality=None, bins=(), lift=None)
    naive = float(np.mean((baseline - outcomes) ** 2))
    order = np.argsort(-found, kind="stable")
    top = order[: max(1, outcomes.size // 10)]
    return WalkRecord(
        trials=tuple(trials),
        quality=measure_quality(found, outcomes, baseline_brier=naive),
        bins=_bins(found, outcomes),
        lift=float(outcomes[top].mean() / outcomes.mean()),
    )


def _bins(found: Floats, outcomes: Flags) -> tuple[CalibrationBin, ...]:
    """Bins of equal size, each with the interval of its rate."""
    made = []
    for part in np.array_split(np.argsort(found, kind="stable"), min(_BINS, found.size)):
        rate = float(outcomes[part].mean())
        low, high = rate_interval(rate, part.size)
        expected = float(found[part].mean())
        made.append(CalibrationBin(rows=part.size, expected=expected, observed=rate, low=low, high=high))
    return tuple(made)
