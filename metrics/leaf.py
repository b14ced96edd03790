"""The aggregates that metrics are made of."""

from dataclasses import dataclass, field

from metrics.filter import Filter
from metrics.frame import Frame
from metrics.offset import Offset

_PLAIN = Frame()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What must follow a row for it to count: a row of `measure` of `model` with the same entity, within a time.

    `entity` is our column, `their_entity` the one of the other model.
    """

    model: str
    measure: str
    entity: str
    their_entity: str
    within: Offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A measure of a model, counted by a time dimension (None without one).

    `frame` says which rows count for a period, `where` which rows count at all, `conversion` what must follow them.
    """

    model: str
    measure: str
    time: str | None
    frame: Frame = field(default=_PLAIN)
    where: tuple[Filter, ...] = ()
    conversion: Conversion | None = None
