"""Scores the points of a series and opens alerts, each from the points before it.

Two questions, two answers. The score says how unusual a point is: ranks and records of the value and of its distance
from what the calendar makes usual, added up. The alert says whether to wake somebody: jumps over one to three points
against a limit that keeps the promised number of false alerts. `docs/anomalies.md` states the rules.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasting.anomalies.cycle import find_cycle
from forecasting.anomalies.spec import AnomalySpec
from forecasting.series import Floats, Series

# Evidence that is scored half of the way; measured in powers of ten, weighted.
_HALF = 8.0
# A point that is no more unusual than one of so many before it belongs to the same event.
_PATIENCE = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anomalies:
    """For each point a score from 0 to 1 (NaN for a missing value), and whether an alert opens there.

    Scores of 0.5 and more are given to the first sight of an event only.
    """

    scores: Floats
    is_anomaly: npt.NDArray[np.bool_]

    @property
    def count(self) -> int:
        """How many alerts were opened."""
        return int(self.is_anomaly.sum())


def find_anomalies(series: Series, spec: AnomalySpec | None = None) -> Anomalies:
    """The score of every point and the alerts. The first points, about 25 to 100, are only learned from."""
    from forecasting.anomalies.kernels.scan import keep_peaks, open_alerts, scan_shift, scan_surprise

    asked = spec or AnomalySpec()
    cycle, places = find_cycle(series)
    values = np.ascontiguousarray(series.values, np.float64)
    evidence = scan_surprise(values, places, cycle)
    half = evidence / (evidence + _HALF) / 2
    scores = np.where(keep_peaks(evidence, _PATIENCE), 0.5 + half, half)
    scores[np.isnan(values)] = np.nan
    alerts = open_alerts(scan_shift(values, places, cycle), asked.budget / 1000)
    return Anomalies(scores=scores, is_anomaly=alerts)
