"""A forecast with its evidence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One period ahead: what is expected, and between what it lies at the level asked for."""

    time: str | int
    mean: float
    lo: float
    hi: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """The rolling-origin back-test: mean absolute errors, None where nothing could be held out."""

    baseline: str
    origins: int
    error: float | None
    baseline_error: float | None
    coverage: float | None

    @property
    def is_better(self) -> bool | None:
        """Whether the model's error is below the baseline's; None when not known."""
        if self.error is None or self.baseline_error is None:
            return None
        return self.error < self.baseline_error


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The forecast of one series. `notes` are sentences that its reader must see."""

    id: str
    model: str
    points: tuple[Point, ...]
    record: TrackRecord
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A series that was not forecast, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecasts:
    """The forecasts of a file, and the series that were refused."""

    forecasts: tuple[Forecast, ...]
    refusals: tuple[Refusal, ...]
