"""Finds the kinds of cells: every folder of `notebooks.kinds` is one."""

import functools
from collections.abc import Mapping
from types import MappingProxyType

from core.registry import find_kinds
from notebooks import kinds
from notebooks.cell import Cell, CellKind


@functools.cache
def cell_kinds() -> Mapping[str, CellKind[Cell]]:
    """All kinds of cells by their name in a document."""
    return MappingProxyType({name: module.DEFINITION for name, module in find_kinds(kinds).items()})


@functools.cache
def _names_by_class() -> Mapping[type[Cell], str]:
    return {definition.cell: name for name, definition in cell_kinds().items()}


def kind_name(cell: Cell) -> str:
    """The kind of a cell as written in a document. Raises KeyError for a class no kind has."""
    return _names_by_class()[type(cell)]
