"""What is asked: journeys of touches, and the model that shares out each conversion."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.errors import InvalidError

MOST_CHANNELS = 14


class Model(StrEnum):
    """How the credit of a conversion is shared among the touches before it."""

    FIRST = "first"
    LAST = "last"
    LINEAR = "linear"
    MARKOV = "markov"
    POSITION = "position"
    SHAPLEY = "shapley"
    TIME_DECAY = "time_decay"
    U_SHAPED = "u_shaped"
    W_SHAPED = "w_shaped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A contact through a channel (or campaign, content, person); `is_milestone` marks the one that made the lead."""

    channel: str
    at: dt.datetime
    is_milestone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """The touches of one entity in order of time; `converted_at` is None when it did not convert."""

    touches: tuple[Touch, ...]
    converted_at: dt.datetime | None
    value: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionSpec:
    """A model and its settings. Touches after the conversion, or more than `window` before it, get no credit.

    `weights` are those of the first touch, of all between, and of the last, for the model `position`. Raises
    InvalidError.
    """

    model: Model
    window: dt.timedelta | None = None
    half_life: dt.timedelta = dt.timedelta(days=7)
    weights: tuple[float, float, float] = (0.4, 0.2, 0.4)

    def __post_init__(self) -> None:
        if min(self.weights) < 0 or sum(self.weights) <= 0:
            raise InvalidError(f"Weights are at least 0 and not all 0; {self.weights} came.")
        if self.half_life <= dt.timedelta(0):
            raise InvalidError("The half-life of a touch is longer than nothing.")
