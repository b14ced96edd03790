"""What a benchmark measured, against which bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A ratio of two medians and the most it may be."""

    name: str
    ratio: float
    most: float

    @property
    def is_passed(self) -> bool:
        """Whether the ratio is within the bar."""
        return self.ratio <= self.most

    @property
    def line(self) -> str:
        """`NAME: ratio R (bar B) PASS|FAIL`."""
        return f"{self.name}: ratio {self.ratio:.2f} (bar {self.most:.2f}) {'PASS' if self.is_passed else 'FAIL'}"


# So many samples are printed; all are written.
_SHOWN = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All samples by what was measured (seconds, or MiB where the name says so), and the bars."""

    samples: Mapping[str, Sequence[float]]
    bars: tuple[Bar, ...]

    @property
    def is_passed(self) -> bool:
        """Whether every bar is met."""
        return all(bar.is_passed for bar in self.bars)

    def table(self) -> str:
        """Medians and samples, then a line for each bar."""
        width = max(len(name) for name in self.samples)
        rows = [
            f"{name:<{width}}  median {median(values):9.3f}   " + " ".join(f"{value:.3f}" for value in values[:_SHOWN])
            for name, values in self.samples.items()
        ]
        return "\n".join([*rows, *(bar.line for bar in self.bars)])

    def as_json(self) -> dict[str, object]:
        """The outcome as JSON."""
        return {
            "samples": {name: list(values) for name, values in self.samples.items()},
            "medians": {name: median(values) for name, values in self.samples.items()},
            "bars": [
                {"name": bar.name, "ratio": bar.ratio, "bar": bar.most, "pass": bar.is_passed} for bar in self.bars
            ],
        }
