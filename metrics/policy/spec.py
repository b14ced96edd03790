"""What a policy says, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Mask(StrEnum):
    """How a column is shown: not at all, as a hash that still tells equal from different, or its last four signs."""

    HASH = "hash"
    HIDE = "hide"
    LAST4 = "last4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What a column or dimension must be one of: an attribute of the reader, or values written in the policy."""

    attribute: str | None = None
    literals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionRule:
    """Rows of every model that reaches a dimension, where the dimension is one of the values."""

    dimension: str
    values: Values
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRule:
    """Rows of one table where a column of its own is one of the values."""

    table: str
    column: str
    values: Values
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRule:
    """Rows of one table whose column is the key of a row that can be seen in another: they go with it."""

    table: str
    column: str
    other: str
    key: str
    line: int = 0


RowRule = DimensionRule | ColumnRule | FollowRule


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskRule:
    """How one column is shown."""

    table: str
    column: str
    mask: Mask
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy. All its `rows` must hold; `open` names tables that are shown whole; other tables are hidden.

    A policy without `rows` hides no rows, it only masks columns.
    """

    name: str
    description: str
    roles: tuple[str, ...]
    rows: tuple[RowRule, ...] = ()
    open: tuple[str, ...] = ()
    columns: tuple[MaskRule, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads. `attributes` holds texts, numbers, or lists of them; `salt` is the tenant's, for hashes."""

    roles: tuple[str, ...]
    attributes: Mapping[str, object] = field(default_factory=dict)
    salt: str = ""

    def values(self, name: str) -> tuple[object, ...]:
        """The values of an attribute; none where the reader does not have it, so that nothing is shown."""
        value = self.attributes.get(name)
        if value is None:
            return ()
        found = value if isinstance(value, list | tuple) else [value]
        return tuple(one for one in found if isinstance(one, str | int) and not isinstance(one, bool))
