"""Puts a cell at the end of a notebook, which is made where there is none of its title."""

import re

from core.errors import InvalidError
from notebooks import AddCell, Cell, Notebook
from services.notebook_editing import add_notebook, edit_notebook
from services.notebooks import find_notebook
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal


@permitted(Permission.NOTEBOOK_WRITE)
def append_cell(platform: Platform, principal: Principal, title: str, cell: Cell) -> tuple[str, str]:
    """The notebook's name and the one the cell was given; readers see it once it is published. Raises UserError."""
    name = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")
    if not name:
        raise InvalidError("Give the notebook a title with at least one letter or digit.")
    known = find_notebook(platform, principal, name)
    if known is None:
        saved = add_notebook(platform, principal, Notebook(name=name, title=title.strip(), cells=(cell,)))
    else:
        last = known.cells[-1].name if known.cells else None
        saved = edit_notebook(platform, principal, name, AddCell(cell=cell, after=last)).notebook
    return name, _added(known, saved)


def _added(before: Notebook | None, after: Notebook) -> str:
    """The name that the new cell was given."""
    known = {cell.name for cell in before.cells} if before is not None else set()
    return next(cell.name for cell in reversed(after.cells) if cell.name not in known)
