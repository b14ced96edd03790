"""Reads a notebook from its YAML text and reports everything that is wrong with it at once."""

import re

from core.names import suggestion
from notebooks.cell import Cell
from notebooks.dashboard import COLUMNS, MAX_HEIGHT, MAX_WORDS, Heading, Part, Tab, Tile
from notebooks.document import MAX_CELLS, Notebook
from notebooks.errors import MAX_MESSAGE, MAX_PROBLEMS, NotebookError, NotebookProblem
from notebooks.fields import Fields
from notebooks.registry import cell_kinds
from notebooks.report_design import PageLook, Place, ReportBlock, ReportDesign
from notebooks.source import Mapping, Node, Sequence, SourceError, read_tree

MAX_NAME = 80

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CELL_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def parse_notebook(text: str, file: str = "notebook.yaml") -> Notebook:
    """The notebook written in `text`; `file` names it in messages.

    Raises NotebookError with every problem: unknown keys and kinds, missing and malformed values, names used twice.
    """
    reader = _Reader(file)
    try:
        tree = read_tree(text)
    except SourceError as error:
        reader.report(error.line, error.message)
        raise NotebookError(reader.problems) from error
    notebook = reader.notebook(tree)
    if notebook is None or reader.problems:
        raise NotebookError(reader.problems)
    return notebook


def read_cell(tree: Mapping) -> Cell:
    """One cell. Raises NotebookError with every problem."""
    reader = _Reader("the form")
    cell = reader.cell(tree)
    if cell is None or reader.problems:
        raise NotebookError(reader.problems)
    return cell


class _Reader:
    """Walks the tree once, gathering problems."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._cell = ""
        self._lines: dict[str, int] = {}
        self.problems: list[NotebookProblem] = []

    def report(self, line: int, message: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            short = message if len(message) <= MAX_MESSAGE else f"{message[:MAX_MESSAGE]}…"
            self.problems.append(NotebookProblem(file=self._file, line=line, cell=self._cell, message=short))

    def notebook(self, tree: Node) -> Notebook | None:
        if not isinstance(tree, Mapping):
            self.report(tree.line, "a notebook is a mapping that begins with `notebook: its-name`")
            return None
        fields = Fields(tree, self.report)
        name = fields.line("notebook", None)
        if name and (not _SLUG.fullmatch(name) or len(name) > MAX_NAME):
            fields.problem("notebook", _slug_message(name))
        title = fields.line("title", None)
        description = fields.prose("description", "")
        cells = self._cells(tree, fields)
        dashboard = self._dashboard(fields, [cell.name for cell in cells])
        report = _report(fields, [cell.name for cell in cells])
        fields.finish()
        if self.problems:
            return None
        return Notebook(
            name=name, title=title, description=description, cells=cells, dashboard=dashboard, report=report
        )

    def _dashboard(self, fields: Fields, names: list[str]) -> tuple[Part, ...]:
        parts: list[Part] = []
        for written in fields.mappings("dashboard", maximum=MAX_CELLS):
            part = _part(written)
            if isinstance(part, Tile) and part.cell and part.cell not in names:
                written.problem("cell", f"there is no cell {part.cell!r}. {suggestion(part.cell, names)}")
            if isinstance(part, Tile) and any(isinstance(one, Tile) and one.cell == part.cell for one in parts):
                written.problem("cell", f"the cell {part.cell!r} stands on the dashboard twice")
            if isinstance(part, Tab) and part in parts:
                written.problem("tab", f"the tab {part.tab!r} is there twice")
            if isinstance(part, Tab) and parts and not isinstance(parts[0], Tab):
                written.problem("tab", "a dashboard with tabs begins with one")
            written.finish()
            parts.append(part)
        return tuple(parts)

    def _cells(self, tree: Mapping, fields: Fields) -> tuple[Cell, ...]:
        if not fields.has("cells"):
            return ()
        node = tree.values["cells"]
        if not isinstance(node, Sequence):
            fields.problem("cells", "cells is a list; begin each cell with a dash")
            return ()
        if len(node.items) > MAX_CELLS:
            fields.problem("cells", f"the notebook has {len(node.items):,} cells; the limit is {MAX_CELLS:,}")
            return ()
        cells = [self._cell_at(index, item) for index, item in enumerate(node.items, start=1)]
        return tuple(cell for cell in cells if cell is not None)

    def _cell_at(self, index: int, node: Node) -> Cell | None:
        self._cell = str(index)
        try:
            return self.cell(node)
        finally:
            self._cell = ""

    def cell(self, node: Node) -> Cell | None:
        if not isinstance(node, Mapping):
            self.report(node.line, "a cell is a mapping with at least a name and a kind")
            return None
        fields = Fields(node, self.report)
        name = fields.line("name", None)
        if name:
            self._check_name(name, fields, node.key_lines.get("name", node.line))
        kind = fields.line("kind", None)
        definition = cell_kinds().get(kind)
        if definition is None:
            if kind:
                fields.problem("kind", f"unknown kind {kind!r}. {suggestion(kind, cell_kinds())}")
            return None
        cell = definition.read(name, fields)
        fields.finish()
        return cell if fields.is_valid else None

    def _check_name(self, name: str, fields: Fields, line: int) -> None:
        self._cell = name[:MAX_NAME]
        if not _CELL_NAME.fullmatch(name) or len(name) > MAX_NAME:
            near = _NOT_SLUG.sub("_", name.lower()).strip("_")[:MAX_NAME] or "cell"
            near = f"_{near}" if near[0].isdigit() else near
            rule = "lower-case letters, digits and underscores, not a digit first"
            fields.problem("name", f"{name!r} is not a cell name ({rule}). Try {near}.")
        if name in self._lines:
            fields.problem("name", f"the name {name!r} is taken by the cell on line {self._lines[name]}")
        self._lines.setdefault(name, line)


def _part(fields: Fields) -> Part:
    """A tab, a heading or a tile, by the key it is written with."""
    for key in ("tab", "heading"):
        if fields.has(key):
            words = " ".join(fields.line(key, None).split())
            if len(words) > MAX_WORDS:
                fields.problem(key, f"{key} has {len(words)} characters; the limit is {MAX_WORDS}")
            return Tab(tab=words) if key == "tab" else Heading(heading=words)
    return Tile(
        cell=fields.line("cell", None),
        width=fields.integer("width", COLUMNS, minimum=1, maximum=COLUMNS),
        height=fields.integer("height", 1, minimum=1, maximum=MAX_HEIGHT),
    )


def _report(fields: Fields, names: list[str]) -> ReportDesign:
    blocks: list[ReportBlock] = []
    for written in fields.mappings("report", maximum=MAX_CELLS):
        block = ReportBlock(cell=written.line("cell", None), place=written.choice("place", Place, Place.BELOW))
        if block.cell and block.cell not in names:
            written.problem("cell", f"there is no cell {block.cell!r}. {suggestion(block.cell, names)}")
        if any(one.cell == block.cell for one in blocks):
            written.problem("cell", f"the cell {block.cell!r} stands in the report twice")
        written.finish()
        blocks.append(block)
    looks = fields.names("report_pages")
    for name in looks:
        if name not in list(PageLook):
            fields.problem("report_pages", f"unknown look {name!r}. {suggestion(name, list(PageLook))}")
    return ReportDesign(blocks=tuple(blocks), pages=frozenset(PageLook(one) for one in looks if one in list(PageLook)))


def _slug_message(name: str) -> str:
    near = _NOT_SLUG.sub("-", name.lower()).strip("-")[:MAX_NAME].strip("-") or "my-notebook"
    return f"{name!r} is not a notebook name: lower-case letters, digits and single hyphens. Try {near}."
