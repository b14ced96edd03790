"""A simple metric: one measure, as it is."""

from collections.abc import Sequence

from sqlglot import exp

from core.result import ColumnType
from metrics.document import Section

KIND = "simple"
TAKES_METRICS = False


def read(section: Section) -> tuple[str, ...]:
    """The measure's name."""
    measure = section.require("measure", "the name of the measure it shows")
    return (measure,) if measure else ()


def check(_types: Sequence[ColumnType]) -> str | None:
    """Any measure can be shown."""
    return None


def type_of(types: Sequence[ColumnType]) -> ColumnType:
    """The measure's own type."""
    return types[0]


def lower(inputs: Sequence[exp.Expr]) -> exp.Expr:
    """The aggregate itself."""
    return inputs[0]
