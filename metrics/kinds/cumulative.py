"""A cumulative metric: a measure over a window that ends with each period: rolling, to date, or since the beginning.

Every period is counted anew over the rows of its window, so averages, medians and distinct counts are right too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.errors import InvalidError
from metrics.document import Section
from metrics.frame import Frame, Reach
from metrics.kinds.simple import Simple
from metrics.leaf import Leaf
from metrics.offset import parse_offset
from metrics.query import Grain
from metrics.recipe import Quantity, Recipe

KIND = "cumulative"
TAKES_METRICS = False
_GRAINS = [grain for grain in Grain if grain not in {Grain.HOUR, Grain.DAY}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cumulative(Simple):
    """One measure and its window."""

    frame: Frame

    def result(self, inputs: Sequence[Quantity]) -> Quantity:
        """What the measure is: members of one period add up where those of the measure do."""
        return inputs[0]

    def narrow(self, place: int, leaf: Leaf) -> Leaf:  # noqa: ARG002
        """The measure over the window."""
        return replace(leaf, frame=self.frame)


def read(section: Section) -> Recipe | None:
    """The measure, and `window` (28 days) or `to_date` (a grain); neither counts from the beginning."""
    measure = section.require("measure", "the name of the measure it accumulates")
    window, to_date = section.text("window"), section.choice("to_date", _GRAINS)
    if window and to_date:
        section.note(f"{section.title} takes either `window` or `to_date`, and not both")
        return None
    frame = Frame(reach=Reach.ALL)
    try:
        if window:
            frame = Frame(reach=Reach.ROLLING, length=parse_offset(window))
        elif to_date:
            frame = Frame(reach=Reach.TO_DATE, grain=Grain(to_date))
    except InvalidError as error:
        section.note(f"`window` of {section.title}: {error.message}", line=section.line_of("window"))
        return None
    return Cumulative(measure=measure, frame=frame) if measure else None
