"""Edits of a notebook: each is about one cell, applied to the newest version, and knows how to be undone.

Two people who edit different cells never meet. Who changes a cell that somebody else has changed meanwhile is told so
and sees both; neither is lost.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Protocol

from core.errors import InvalidError
from notebooks.cell import Cell
from notebooks.dashboard import Part, Tile, parts_of, suggest_tile, without_cell
from notebooks.document import MAX_CELLS, Notebook
from notebooks.errors import EditConflict
from notebooks.references import rename_reference
from notebooks.registry import cell_kinds, kind_name
from notebooks.report_design import ReportDesign


class Edit(Protocol):
    """One change of a notebook."""

    def apply(self, notebook: Notebook) -> tuple[Notebook, "Edit"]:
        """The changed notebook, and the edit that undoes the change. Raises EditConflict, InvalidError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCell:
    """Puts a cell behind `after`; first where that is None, last where it has gone. Its name is made free."""

    cell: Cell
    after: str | None = None
    tile: Tile | None = None

    def apply(self, notebook: Notebook) -> tuple[Notebook, Edit]:
        """Raises InvalidError where there are too many cells."""
        if len(notebook.cells) >= MAX_CELLS:
            raise InvalidError(f"A notebook has at most {MAX_CELLS:,} cells; make a second one.")
        cell = replace(self.cell, name=free_cell_name(notebook, self.cell.name))
        names = [one.name for one in notebook.cells]
        index = 0 if self.after is None else names.index(self.after) + 1 if self.after in names else len(names)
        cells = (*notebook.cells[:index], cell, *notebook.cells[index:])
        parts = notebook.dashboard
        if parts:
            # Who arranged a dashboard finds a new cell at its end.
            parts = (*parts, self.tile or suggest_tile(cell))
        return replace(notebook, cells=cells, dashboard=parts), DeleteCell(cell=cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceCell:
    """Puts `cell` in the place of `before`, which has to be there unchanged; a new name is followed by references."""

    before: Cell
    cell: Cell

    def apply(self, notebook: Notebook) -> tuple[Notebook, Edit]:
        """Raises EditConflict where the cell was changed or removed meanwhile, InvalidError for a name taken."""
        old, new = self.before.name, self.cell.name
        _require_unchanged(notebook, self.before, self.cell)
        if new != old and any(one.name == new for one in notebook.cells):
            raise InvalidError(f"The name {new!r} is taken by another cell. Try {free_cell_name(notebook, new)}.")
        if new != old and (reader := _reader_of(notebook, old)):
            raise InvalidError(f"The SQL of {reader} reads {old} as a table; change it there, or keep the name.")
        cells = tuple(self.cell if one.name == old else one for one in notebook.cells)
        if new != old:
            cells = tuple(_renamed(one, old, new) for one in cells)
        parts = tuple(
            replace(part, cell=new) if isinstance(part, Tile) and part.cell == old else part
            for part in notebook.dashboard
        )
        blocks = tuple(replace(block, cell=new) if block.cell == old else block for block in notebook.report.blocks)
        report = replace(notebook.report, blocks=blocks)
        return replace(notebook, cells=cells, dashboard=parts, report=report), ReplaceCell(
            before=self.cell, cell=self.before
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteCell:
    """Takes a cell out, if it is there unchanged."""

    cell: Cell

    def apply(self, notebook: Notebook) -> tuple[Notebook, Edit]:
        """Raises EditConflict where the cell was changed or removed meanwhile."""
        _require_unchanged(notebook, self.cell, None)
        names = [one.name for one in notebook.cells]
        index = names.index(self.cell.name)
        cells = tuple(one for one in notebook.cells if one.name != self.cell.name)
        tile = next(
            (part for part in notebook.dashboard if isinstance(part, Tile) and part.cell == self.cell.name), None
        )
        parts = without_cell(notebook.dashboard, self.cell.name)
        undo = AddCell(cell=self.cell, after=names[index - 1] if index else None, tile=tile)
        return replace(notebook, cells=cells, dashboard=parts), undo


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCell:
    """Moves a cell by some places, up where `by` is negative; never beyond the first and last."""

    name: str
    by: int

    def apply(self, notebook: Notebook) -> tuple[Notebook, Edit]:
        """Raises InvalidError where there is no such cell."""
        cell = notebook.cell(self.name)
        index = notebook.cells.index(cell)
        place = min(max(index + self.by, 0), len(notebook.cells) - 1)
        others = [one for one in notebook.cells if one.name != self.name]
        cells = (*others[:place], cell, *others[place:])
        return replace(notebook, cells=cells), MoveCell(name=self.name, by=index - place)


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeNotebook:
    """Gives the notebook a title and a description; its name in addresses stays."""

    title: str
    description: str

    def apply(self, notebook: Notebook) -> tuple[Notebook, Edit]:
        """Raises InvalidError for a title that is no line of text."""
        title = " ".join(self.title.split())
        if not title or len(title) > MAX_TITLE:
            raise InvalidError(f"A title has 1 to {MAX_TITLE} characters; this has {len(title)}.")
        undo = DescribeNotebook(title=notebook.title, description=notebook.description)
        return replace(notebook, title=title, description=self.description.strip("\n")), undo


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangeDashboard:
    """Arranges the cells as a dashboard; no parts leave the arrangement to the product."""

    parts: tuple[Part, ...]

    def apply(self, notebook: Notebook) -> tuple[Notebook, Edit]:
        """Tiles of cells that have gone meanwhile are left out."""
        arranged = replace(notebook, dashboard=self.parts)
        undo = ArrangeDashboard(parts=notebook.dashboard)
        return replace(arranged, dashboard=parts_of(arranged) if self.parts else ()), undo


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignReport:
    """Arranges the cells as a report."""

    design: ReportDesign

    def apply(self, notebook: Notebook) -> tuple[Notebook, Edit]:
        """Blocks of cells that have gone meanwhile are left out when it is used."""
        return replace(notebook, report=self.design), DesignReport(design=notebook.report)


MAX_TITLE = 300


def duplicate_cell(notebook: Notebook, name: str) -> AddCell:
    """The edit that puts a copy of a cell behind it."""
    return AddCell(cell=notebook.cell(name), after=name)


def free_cell_name(notebook: Notebook, wanted: str) -> str:
    """The name itself, or with the first number that makes it free."""
    taken = {cell.name for cell in notebook.cells}
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted[:70]}_{number}", number + 1
    return name


def _reader_of(notebook: Notebook, name: str) -> str:
    """The first cell that reads `name` as a table; empty where none does."""
    others = [cell for cell in notebook.cells if cell.name != name]
    return next((cell.name for cell in others if cell_kinds()[kind_name(cell)].reads(cell, (name,))), "")


def _require_unchanged(notebook: Notebook, before: Cell, mine: Cell | None) -> None:
    theirs = next((one for one in notebook.cells if one.name == before.name), None)
    if theirs != before:
        raise EditConflict(before=before, mine=mine, theirs=theirs)


def _renamed(cell: Cell, old: str, new: str) -> Cell:
    """The cell with its references to `old` following the new name."""

    def follow(text: str) -> str:
        return rename_reference(text, old, new)

    return _each_text(cell, follow)


def _each_text(cell: Cell, change: Callable[[str], str]) -> Cell:
    texts = {
        field.name: change(value)
        for field in fields(cell)
        if field.name != "name" and type(value := getattr(cell, field.name)) is str
    }
    changed = {key: text for key, text in texts.items() if text != getattr(cell, key)}
    return replace(cell, **changed) if changed else cell
