"""A snapshot: a measure over the rows that hold at the end of each period, such as open pipeline, MRR or headcount.

Rows hold from the metric's time until `until`, the first moment they hold no longer (never, where it is null), or,
with `entity`, until the next row of the same entity: then the model's rows are changes. Over members it adds up where
the measure does; over periods it never does, and the value of a longer period is that at its end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from metrics.document import Section
from metrics.frame import Frame, Reach
from metrics.kinds.simple import Simple
from metrics.leaf import Leaf
from metrics.recipe import Quantity, Recipe

KIND = "snapshot"
TAKES_METRICS = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Simple):
    """One measure and how long its rows hold."""

    frame: Frame

    def result(self, inputs: Sequence[Quantity]) -> Quantity:
        """What the measure is."""
        return inputs[0]

    def narrow(self, place: int, leaf: Leaf) -> Leaf:  # noqa: ARG002
        """The measure over the rows that hold."""
        return replace(leaf, frame=self.frame)


def read(section: Section) -> Recipe | None:
    """The measure, and either `until` or `entity`."""
    measure = section.require("measure", "the name of the measure it takes at the end of each period")
    until, entity = section.text("until"), section.text("entity")
    if (until is None) == (entity is None):
        section.note(
            f"{section.title} needs either `until`, the time dimension at which a row ends to hold, or `entity`, the"
            " dimension whose next row takes its place"
        )
        return None
    frame = Frame(reach=Reach.SNAPSHOT, until=until, entity=entity)
    return Snapshot(measure=measure, frame=frame) if measure else None
