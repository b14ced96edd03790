"""What every cell is, and what a kind of cell brings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from notebooks.ask import Ask
from notebooks.fields import Fields
from notebooks.output import Output
from notebooks.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A named part of a notebook; each kind adds its own fields. `name` is an identifier, unique in the notebook."""

    name: str


AnyCell = TypeVar("AnyCell", bound=Cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellKind(Generic[AnyCell]):
    """A kind of cell: its class, how its keys are read, how it runs, and an example for the docs and the tests.

    `read` reports what is wrong through the fields it is given and never raises; `run` may raise UserError, which the
    reader of the notebook is then shown in the cell's place.
    """

    cell: type[AnyCell]
    read: Callable[[str, Fields], AnyCell]
    run: Callable[[AnyCell, Ask, Scope], Output]
    example: AnyCell
