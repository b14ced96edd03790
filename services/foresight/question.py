"""What is asked of a forecast, as a URL has it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import InvalidError
from core.names import suggestion
from forecasting import Frequency
from metrics import Grain

FREQUENCIES = {
    Grain.HOUR: Frequency.HOUR, Grain.DAY: Frequency.DAY, Grain.WEEK: Frequency.WEEK, Grain.MONTH: Frequency.MONTH,
    Grain.QUARTER: Frequency.QUARTER, Grain.YEAR: Frequency.YEAR,
}  # fmt: skip
USUAL_HORIZON = {
    Grain.HOUR: 48, Grain.DAY: 28, Grain.WEEK: 13, Grain.MONTH: 6, Grain.QUARTER: 4, Grain.YEAR: 2,
}  # fmt: skip
MOST_AHEAD = 120
LEVEL = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastQuestion:
    """Which metric, how many periods ahead, split by which dimension (none where it is empty), of which rows."""

    metric: str
    grain: Grain = Grain.MONTH
    horizon: int = USUAL_HORIZON[Grain.MONTH]
    by: str = ""
    where: str = ""

    def to_params(self) -> dict[str, str]:
        """The choices for a URL; what is empty is left out."""
        found = {
            "metric": self.metric, "grain": str(self.grain), "ahead": str(self.horizon), "by": self.by,
            "where": self.where,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value}


def parse_forecast(params: Mapping[str, str], metric: str) -> ForecastQuestion:
    """The question of a URL's parameters, of `metric` where none is named. Raises InvalidError for what none can be."""
    grain = params.get("grain") or Grain.MONTH.value
    known = [one.value for one in FREQUENCIES]
    if grain not in known:
        raise InvalidError(f"There is no forecast by {grain}. {suggestion(grain, known)}")
    ahead = params.get("ahead") or str(USUAL_HORIZON[Grain(grain)])
    if not (ahead.isascii() and ahead.isdigit() and 1 <= int(ahead) <= MOST_AHEAD):
        raise InvalidError(f"`ahead` is {ahead!r}; it must be a number of periods from 1 to {MOST_AHEAD}.")
    return ForecastQuestion(
        metric=params.get("metric") or metric,
        grain=Grain(grain),
        horizon=int(ahead),
        by=params.get("by", ""),
        where=params.get("where", ""),
    )


def moment_of(time: str | int) -> dt.date:
    """When a forecast's period begins: a day, or by the hour a moment."""
    text = str(time)
    return dt.date.fromisoformat(text) if len(text) == len("2026-11-20") else dt.datetime.fromisoformat(text)
