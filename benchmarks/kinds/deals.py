"""Bookings from deals against stage-weighted pipeline and the quarter a year before, by week of the quarter.

The demo tenant's eight quarters are replayed: the forecast is made thirteen to one weeks before the end of each, from
the changes that were known on that day. A quarter needs half a year of history before it.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from forecasting.deals import Record

KIND = "deals"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    record: Record

    @property
    def is_passed(self) -> bool:
        """Whether the mean error is below both plain forecasts'."""
        ours, weighted, naive = (
            self.record.error, self.record.stage_weighted_error, self.record.seasonal_naive_error,
        )  # fmt: skip
        return ours is not None and ours <= min(one for one in (weighted, naive) if one is not None)

    def table(self) -> str:
        """Errors as shares of what was booked, by weeks left, and a line for each bar."""
        lines = ["weeks left  quarters  forecast  stage-weighted  year before  in 90 % interval"]
        weeks = sorted({trial.weeks_left for trial in self.record.trials}, reverse=True)
        lines += [_line(f"{left}", self.record.at(left)) for left in weeks]
        lines.append(_line("all", self.record))
        for name, other in (
            ("stage-weighted", self.record.stage_weighted_error), ("year before", self.record.seasonal_naive_error),
        ):  # fmt: skip
            ratio = (self.record.error or 0.0) / (other or 1.0)
            lines.append(f"error against {name}: ratio {ratio:.2f} (bar 1.00) {'PASS' if ratio <= 1 else 'FAIL'}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, object]:
        """Every trial."""
        return {
            "trials": [
                {
                    "quarter_last_day": trial.quarter.last, "weeks_left": trial.weeks_left, "mean": trial.mean,
                    "lo": trial.lo, "hi": trial.hi, "booked": trial.booked, "stage_weighted": trial.stage_weighted,
                    "year_before": trial.seasonal_naive,
                }
                for trial in self.record.trials
            ],
            "pass": self.is_passed,
        }  # fmt: skip


def _line(name: str, record: Record) -> str:
    shares = (record.error, record.stage_weighted_error, record.seasonal_naive_error, record.coverage)
    texts = ["none" if share is None else f"{share:.1%}" for share in shares]
    return f"{name:>10}  {len(record.trials):>8}  {texts[0]:>8}  {texts[1]:>14}  {texts[2]:>11}  {texts[3]:>16}"


def run() -> _Outcome:
    """Build the demo tenant in a folder of its own and replay its quarters, a minute or two on a quiet machine."""
    from core.settings import Settings
    from services.demo import build_demo
    from services.foresight.deals import replay_bookings
    from services.platform import Platform
    from tenants.access import operator

    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Settings(data=Path(folder) / "data"))
        try:
            build_demo(platform, lambda _step: None)
            tenant = platform.tenant("brightwater")
            record = replay_bookings(platform, operator(tenant), tell=lambda last: _say(str(last)))
        finally:
            platform.close()
    return _Outcome(record=record)


def _say(last: str) -> None:
    sys.stderr.write(f"replaying the quarter to {last}\n")
