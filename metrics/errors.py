"""Errors of the metrics layer.

AppError
└── UserError
    └── DefinitionError   definitions that cannot be used; carries every problem with its file and line

Questions that cannot be answered raise the errors of `core.errors`: InvalidError for what is unknown or malformed,
RefusedError for what is understood but would give a wrong or an unsafe answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import UserError

_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing wrong in a definition file. Lines count from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class DefinitionError(UserError):
    """Definitions cannot be used. `problems` has all of them, by file and line; the message lists the first fifty."""

    code = "invalid_definitions"
    status = 400

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        count = len(self.problems)
        heading = "1 problem in the definitions:" if count == 1 else f"{count} problems in the definitions:"
        lines = [heading, *(str(problem) for problem in self.problems[:_SHOWN])]
        if count > _SHOWN:
            lines.append(f"and {count - _SHOWN} more")
        data = [{"file": problem.file, "line": problem.line, "message": problem.message} for problem in self.problems]
        super().__init__("\n".join(lines), data={"problems": data})
