"""Series in which nothing changes, and the same with a jump of three standard deviations."""

import numpy as np
import numpy.typing as npt

from forecasting import Series, TimeStyle

Floats = npt.NDArray[np.float64]

KINDS = ("white noise", "autoregressive", "seasonal", "heavy tails", "counts")
_DAY_US = 86_400_000_000


def make_values(kind: str, size: int, random: np.random.Generator) -> tuple[Floats, float]:
    """The values of a series without change, and the standard deviation of its noise."""
    noise = random.standard_normal(size)
    match kind:
        case "white noise":
            return 100 + noise, 1.0
        case "autoregressive":
            values = noise.copy()
            for at in range(1, size):
                values[at] = 0.6 * values[at - 1] + 0.8 * noise[at]
            return 50 + values, 1.0
        case "seasonal":
            return 100 + 10 * np.sin(2 * np.pi * np.arange(size) / 7) + noise, 1.0
        case "heavy tails":
            return random.standard_t(3, size), float(np.sqrt(3))
    mean = float(random.choice([3, 20]))
    return random.poisson(mean, size).astype(np.float64), float(np.sqrt(mean))


def as_days(values: Floats) -> Series:
    """A daily series from 1970 on."""
    at = np.arange(values.size)
    return Series(id="series", times=at * _DAY_US, values=values, rows=at + 2, style=TimeStyle.DAY)
