"""What one reader sees of a store: for each table all rows, some, or none; and columns that are masked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from metrics.binding import Binder
from metrics.policy.spec import Mask

# Builds the condition on a table's rows, which the query calls by the alias given.
Condition = Callable[[str, Binder], exp.Expr]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """One table. `condition` is None where every row is seen."""

    columns: tuple[str, ...]
    condition: Condition | None = field(default=None, compare=False)
    masks: Mapping[str, Mask] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether the reader sees the table as it is."""
        return self.condition is None and not self.masks


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderView:
    """The tables of a store as a reader sees them; a table that is not among them is not there for the reader.

    `key` tells views with different rows apart: what is remembered for one reader may be used for another of equal key.
    """

    policies: tuple[str, ...]
    sentence: str
    key: str
    tables: Mapping[str, TableView]
    salt: str = field(default="", repr=False)

    def table(self, name: str) -> TableView | None:
        """A table, whatever the case of its name; None where the reader does not see it."""
        folded = name.casefold()
        return next((view for known, view in self.tables.items() if known.casefold() == folded), None)
