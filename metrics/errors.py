"""Errors of the metrics layer.

AppError
└── UserError
    └── DefinitionError   definitions that cannot be used; carries every problem with its file and line

Questions that cannot be answered raise the errors of `core.errors`: InvalidError for what is unknown or malformed,
RefusedError for what is understood but would give a wrong or an unsafe answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import UserError

_SHOWN = 50


class Part(StrEnum):
    """What of a definition file a problem is about: all of its model, or a part of it that others can do without."""

    CALENDAR = "calendar"
    DIMENSION = "dimension"
    ENTITY = "entity"
    EVENTS = "events"
    JOIN = "join"
    KEY = "key"
    MEASURE = "measure"
    METRIC = "metric"
    MODEL = "model"
    PIPELINE = "pipeline"
    TIME = "time"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing wrong in a definition file. Lines count from 1.

    `part` and `name` say what is broken by it; a model, its key and its time have no name of their own.
    """

    file: str
    line: int
    message: str
    part: Part = field(default=Part.MODEL, compare=False)
    name: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"

    @property
    def reason(self) -> str:
        """The problem at the end of a sentence."""
        text = str(self)
        return text if text.endswith((".", "?")) else f"{text}."


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
