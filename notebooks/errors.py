"""Errors of the document.

UserError
├── InvalidError
│   └── NotebookError    the text is not a notebook; holds every problem found, each with its line and cell
└── ConflictError
    └── EditConflict     somebody else has changed the cell meanwhile; holds both
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import ConflictError, InvalidError
from notebooks.cell import Cell

# A text from a stranger may be wrong in every line; nobody reads further than this.
MAX_PROBLEMS = 100
MAX_MESSAGE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookProblem:
    """One thing wrong in a notebook's text. `line` counts from 1; `cell` is empty outside the cells."""

    file: str
    line: int
    cell: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: "
        return f"{where}cell {self.cell}: {self.message}" if self.cell else f"{where}{self.message}"


class NotebookError(InvalidError):
    """A text that is not a notebook. `problems` has all that is wrong with it, in the order of its lines."""

    code = "invalid_notebook"

    def __init__(self, problems: Sequence[NotebookProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        more = " or more" if len(self.problems) >= MAX_PROBLEMS else ""
        count = "one problem" if len(self.problems) == 1 else f"{len(self.problems)} problems{more}"
        lines = [f"The notebook has {count}:", *(str(problem) for problem in self.problems)]
        super().__init__("\n".join(lines), data={"problems": [str(problem) for problem in self.problems]})


class EditConflict(ConflictError):
    """A cell was changed by somebody else since it was read. `mine` or `theirs` is None where it was removed."""

    code = "edit_conflict"

    def __init__(self, *, before: Cell, mine: Cell | None, theirs: Cell | None) -> None:
        self.before, self.mine, self.theirs = before, mine, theirs
        what = "removed" if theirs is None else "changed"
        super().__init__(
            f"Somebody else has {what} the cell {before.name} meanwhile. Nothing is lost: choose which one to keep."
        )
