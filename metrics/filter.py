"""A filter as a value: conditions on dimensions joined by AND, OR and NOT. `str` writes it in the filter language."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

Value = str | int | Decimal | bool


class Comparison(StrEnum):
    """How a dimension is compared with one value."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A dimension against one value."""

    dimension: str
    comparison: Comparison
    value: Value

    def __str__(self) -> str:
        return f"{self.dimension} {self.comparison} {write_value(self.value)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """A dimension that is one of some values, or with `is_negated` none of them."""

    dimension: str
    values: tuple[Value, ...]
    is_negated: bool = False

    def __str__(self) -> str:
        values = ", ".join(write_value(value) for value in self.values)
        return f"{self.dimension} {'NOT ' if self.is_negated else ''}IN ({values})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """A dimension whose text has a pattern: `%` is any run of characters, `_` any one."""

    dimension: str
    pattern: str
    is_negated: bool = False

    def __str__(self) -> str:
        return f"{self.dimension} {'NOT ' if self.is_negated else ''}LIKE {write_value(self.pattern)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """A dimension between two values, both included."""

    dimension: str
    low: Value
    high: Value
    is_negated: bool = False

    def __str__(self) -> str:
        word = "NOT BETWEEN" if self.is_negated else "BETWEEN"
        return f"{self.dimension} {word} {write_value(self.low)} AND {write_value(self.high)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """A dimension without a value, or with `is_negated` one that has a value."""

    dimension: str
    is_negated: bool = False

    def __str__(self) -> str:
        return f"{self.dimension} IS {'NOT ' if self.is_negated else ''}NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """The key of an entity is one of the `members` of the saved set of this name, which are found when it is lowered.

    `dimension` is a key as `metrics.reach` names it.
    """

    dimension: str
    name: str
    members: Callable[[], Sequence[object]] = field(compare=False, repr=False)

    def __str__(self) -> str:
        return f"saved_segment = {write_value(self.name)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The rows for which a condition is false; rows for which it is unknown are in neither."""

    condition: "Filter"

    def __str__(self) -> str:
        return f"NOT ({self.condition})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """Conditions that must all hold; at least two, none of them an Every."""

    conditions: tuple["Filter", ...]

    def __str__(self) -> str:
        return " AND ".join(f"({part})" if isinstance(part, Some) else str(part) for part in self.conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """Conditions of which one must hold; at least two, none of them a Some."""

    conditions: tuple["Filter", ...]

    def __str__(self) -> str:
        return " OR ".join(str(part) for part in self.conditions)


Condition = Compare | OneOf | Like | Within | Empty | Among
Filter = Condition | Not | Every | Some


def conditions_of(filter_: Filter) -> Iterator[Condition]:
    """The conditions on single dimensions, in the order they are written."""
    match filter_:
        case Not(condition=inner):
            yield from conditions_of(inner)
        case Every(conditions=parts) | Some(conditions=parts):
            for part in parts:
                yield from conditions_of(part)
        case _:
            yield filter_


def write_value(value: Value) -> str:
    """A value in the filter language.

    >>> write_value("O'Brien")
    "'O''Brien'"
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
