"""A simple metric: one measure, as it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from metrics.document import Section
from metrics.recipe import Level, Plain, Quantity, Recipe, Trees

KIND = "simple"
TAKES_METRICS = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Simple(Plain):
    """One measure."""

    measure: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """The measure."""
        return (self.measure,)

    def check(self, _inputs: Sequence[Quantity]) -> str | None:
        """Any measure can be shown."""
        return None

    def result(self, inputs: Sequence[Quantity]) -> Quantity:
        """What the measure is."""
        return inputs[0]

    def lower(self, trees: Trees) -> exp.Expr:
        """The aggregate itself."""
        return trees(Level.GROUP)[0]


def read(section: Section) -> Recipe | None:
    """The measure's name."""
    measure = section.require("measure", "the name of the measure it shows")
    return Simple(measure=measure) if measure else None
