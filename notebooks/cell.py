"""What every cell is, and what a kind of cell brings."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, fields
from typing import Generic, TypeVar

from notebooks.ask import Ask
from notebooks.fields import Fields
from notebooks.form import FormField
from notebooks.output import Output
from notebooks.references import Reference, find_references
from notebooks.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A named part of a notebook; each kind adds its own fields. `name` is an identifier, unique in the notebook."""

    name: str


AnyCell = TypeVar("AnyCell", bound=Cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellKind(Generic[AnyCell]):
    """A kind of cell: its class, how its keys are read, how it runs, its form, and an example for docs and tests.

    `read` reports what is wrong through the fields it is given and never raises; `run` may raise UserError, which the
    reader of the notebook is then shown in the cell's place. `reads` names the cells it reads as tables, among those
    given; what stands in double braces is found without it. `is_filtered` says whether the reader's filters and period
    reach it.
    """

    cell: type[AnyCell]
    read: Callable[[str, Fields], AnyCell]
    run: Callable[[AnyCell, Ask, Scope], Output]
    example: AnyCell
    form: tuple[FormField, ...]
    label: str
    is_filtered: bool = True
    reads: Callable[[AnyCell, Collection[str]], tuple[str, ...]] = lambda _cell, _cells: ()


def references_of(cell: Cell) -> tuple[Reference, ...]:
    """What a cell refers to in double braces, in any of its texts."""
    texts = [value for field in fields(cell) if isinstance(value := getattr(cell, field.name), str)]
    return tuple(dict.fromkeys(one for text in texts for one in find_references(text)))


def metrics_of(cells: Iterable[Cell]) -> set[str]:
    """The metrics that cells name."""
    found: set[str] = set()
    for cell in cells:
        found.update(getattr(cell, "metrics", ()))
        found.update([cell.metric] if hasattr(cell, "metric") else [])
    return found
