"""How right the forecast was: made anew as of earlier weeks, against what was booked in the end."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.errors import RefusedError
from forecasting.deals.calendar import STEPS, Quarter, quarters_between
from forecasting.deals.forecast import QuarterForecast, forecast_deals
from forecasting.deals.history import DealHistory
from forecasting.series import Floats

# Before so many days of history nothing is forecast: there was nothing to learn from.
LEARNING_DAYS = 182
_RUNS = 200
# Trials made within so many weeks of the quarter count, from so many on; else quarters are taken to differ by this.
_NEAR_WEEKS, _FEWEST_RATIOS, _USUAL = 3, 3, 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A forecast of a quarter made `weeks_left` before its end, and what was booked.

    `won` was booked by then; `deviation` is how far the runs spread, as a share of what they still expect. The interval
    is that after calibration on the trials of earlier quarters.
    """

    quarter: Quarter
    weeks_left: int
    won: float
    deviation: float
    mean: float
    lo: float
    hi: float
    stage_weighted: float
    seasonal_naive: float | None
    booked: float

    @property
    def is_covered(self) -> bool:
        """Whether what was booked lies within the interval."""
        return self.lo <= self.booked <= self.hi


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Errors as shares of what was booked: mean absolute errors over trials; None where there is none."""

    trials: tuple[Trial, ...]

    @property
    def error(self) -> float | None:
        """The forecast's error."""
        return _error([(trial.mean, trial.booked) for trial in self.trials])

    @property
    def stage_weighted_error(self) -> float | None:
        """The error of the stage-weighted forecast."""
        return _error([(trial.stage_weighted, trial.booked) for trial in self.trials])

    @property
    def seasonal_naive_error(self) -> float | None:
        """The error of the seasonal-naive forecast, where there was one."""
        pairs = [(trial.seasonal_naive, trial.booked) for trial in self.trials]
        return _error([(value, booked) for value, booked in pairs if value is not None])

    @property
    def coverage(self) -> float | None:
        """The share of intervals that held what was booked."""
        return float(np.mean([trial.is_covered for trial in self.trials])) if self.trials else None

    def at(self, weeks_left: int) -> "Record":
        """The trials made so many weeks before the quarter's end."""
        return Record(trials=tuple(trial for trial in self.trials if trial.weeks_left == weeks_left))


def replay(
    history: DealHistory,
    day: int,
    weeks_left: Sequence[int] = tuple(range(STEPS, 0, -1)),
    *,
    fiscal_start_month: int = 1,
    tell: Callable[[Quarter], None] = lambda _: None,
) -> Record:
    """Forecasts of every quarter that was over by a day, as of so many weeks before its end."""
    trials: list[Trial] = []
    begun = int(history.day.min())
    for quarter in quarters_between(begun, day, fiscal_start_month):
        if quarter.last > day:
            break
        tell(quarter)
        booked = history.won_between(quarter.first, quarter.last)
        for left in weeks_left:
            # Thirteen weeks before the end is the day before the quarter begins.
            moment = quarter.last - 7 * left if left < STEPS else quarter.first - 1
            if moment - begun < LEARNING_DAYS or not booked:
                continue
            try:
                found = forecast_deals(
                    history, moment, fiscal_start_month=fiscal_start_month, runs=_RUNS, ahead=1, seed=left
                )
            except RefusedError:
                continue
            earlier = [trial for trial in trials if trial.quarter.last < quarter.first]
            trials.append(_trial(found.quarters[0], calibrate(found.quarters[0], earlier, left), left, booked))
    return Record(trials=tuple(trials))


def calibrate(found: QuarterForecast, earlier: Sequence[Trial], weeks_left: int) -> QuarterForecast:
    """The forecast with its runs spread as far as such forecasts were wrong before; the expected value stays.

    What the model does not know, such as a competitor's price, moves whole quarters. How much is told by the trials of
    earlier quarters made at about the same time of the quarter: the root mean square of the logarithm of what came over
    what was expected to come, beyond the spread that the runs had themselves.
    """
    ratios, spreads = [], []
    for trial in earlier:
        expected, came = trial.mean - trial.won, trial.booked - trial.won
        if abs(trial.weeks_left - weeks_left) <= _NEAR_WEEKS and expected > 0 and came > 0:
            ratios.append(np.log(came / expected))
            spreads.append(trial.deviation)
    extra = _USUAL
    if len(ratios) >= _FEWEST_RATIOS:
        caution = (len(ratios) + 1) / (len(ratios) - 1)
        beyond = caution * float(np.mean(np.square(ratios))) - float(np.mean(np.square(spreads)))
        extra = math.sqrt(max(beyond, 0.0))
    points = np.random.default_rng(weeks_left).permutation(found.runs.size)
    deviates = extra * _normal((points + 0.5) / points.size)
    rest = (found.runs - found.won) * np.exp(deviates)
    scale = (found.mean - found.won) / rest.mean() if rest.mean() > 0 else 1.0
    return replace(found, runs=np.sort(found.won + rest * scale))


def _normal(shares: Floats) -> Floats:
    from scipy.stats import norm

    return np.asarray(norm.ppf(shares), np.float64)


def _trial(raw: QuarterForecast, found: QuarterForecast, left: int, booked: float) -> Trial:
    rest = raw.mean - raw.won
    return Trial(
        quarter=found.quarter,
        weeks_left=left,
        won=raw.won,
        deviation=float(raw.runs.std()) / rest if rest > 0 else 0.0,
        mean=found.mean,
        lo=found.lo,
        hi=found.hi,
        stage_weighted=found.stage_weighted,
        seasonal_naive=found.seasonal_naive,
        booked=booked,
    )


def _error(pairs: Sequence[tuple[float, float]]) -> float | None:
    return float(np.mean([abs(value - booked) / booked for value, booked in pairs])) if pairs else None
