"""A conversion: how many rows of a base measure are followed by an event of the same entity within a time.

Each base row counts at its own time, however many events follow it; the event may come at the same moment, and must
come before the time is over. `as: rate` divides by all base rows, `as: count` does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from core.errors import InvalidError
from core.result import ColumnType
from metrics.division import divide
from metrics.document import Section
from metrics.leaf import Conversion, Leaf
from metrics.offset import parse_offset
from metrics.recipe import Level, Quantity, Recipe, Trees

KIND = "conversion"
TAKES_METRICS = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A base measure and what must follow its rows."""

    base: str
    conversion: Conversion
    is_rate: bool

    @property
    def inputs(self) -> tuple[str, ...]:
        """The base measure with and, for a rate, without what must follow."""
        return (self.base, self.base) if self.is_rate else (self.base,)

    def check(self, inputs: Sequence[Quantity]) -> str | None:
        """The base must count rows."""
        if inputs[0].is_additive and inputs[0].type is ColumnType.INTEGER:
            return None
        return f"a conversion counts base rows, so `base` needs a measure with `agg: count`, and {self.base} is none"

    def result(self, inputs: Sequence[Quantity]) -> Quantity:
        """A ratio, or a count that adds up."""
        return Quantity(type=ColumnType.NUMBER) if self.is_rate else inputs[0]

    def lower(self, trees: Trees) -> exp.Expr:
        """The converted rows, over all of them for a rate."""
        counts = trees(Level.GROUP)
        return divide(counts[0], counts[1]) if self.is_rate else counts[0]

    def narrow(self, place: int, leaf: Leaf) -> Leaf:
        """The first input is that of the rows that converted."""
        return replace(leaf, conversion=self.conversion) if place == 0 else leaf


def read(section: Section) -> Recipe | None:
    """`base`, `to` (model.measure), `entity` (our column) with `to_entity` (theirs), `within` and `as`."""
    base = section.require("base", "the measure that counts the rows that may convert")
    to = section.require("to", "the event that must follow, as model.measure")
    entity = section.require("entity", "the column that says who did it")
    within = section.require("within", "how long the event may take, such as 7 days")
    to_entity, shown = section.text("to_entity"), section.choice("as", ["count", "rate"])
    if not (base and to and entity and within):
        return None
    model, _, measure = to.partition(".")
    if not measure:
        section.note(f"`to` of {section.title} is {to!r}; write it as model.measure", line=section.line_of("to"))
        return None
    try:
        length = parse_offset(within)
    except InvalidError as error:
        section.note(f"`within` of {section.title}: {error.message}", line=section.line_of("within"))
        return None
    conversion = Conversion(
        model=model, measure=measure, entity=entity, their_entity=to_entity or entity, within=length
    )
    return Converted(base=base, conversion=conversion, is_rate=shown != "count")
