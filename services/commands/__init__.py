"""The commands of `plumbline`, each a typed request and a function; run in the process that holds the data folder.

A command is a module here with `KIND` (its name), `Request` (a pydantic model, what the command line collects) and
`run(platform, request, progress) -> dict`, whose answer is JSON. With `BEGINS = True` it may make a new data folder.
"""

from collections.abc import Callable
from functools import cache
from typing import Protocol, cast

from pydantic import BaseModel, ConfigDict

from core.errors import InvalidError
from core.names import suggestion
from core.registry import find_kinds
from services.platform import Platform

Answer = dict[str, object]
Progress = Callable[[str], None]


class CommandRequest(BaseModel):
    """The base of every command's request: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Command(Protocol):
    """What a command's module holds."""

    KIND: str
    Request: type[CommandRequest]

    def run(self, platform: Platform, request: CommandRequest, progress: Progress) -> Answer:
        """Do it. Raises AppError."""


@cache
def _commands() -> dict[str, Command]:
    import services.commands as package

    return {kind: cast(Command, module) for kind, module in find_kinds(package).items()}


def find_command(name: str) -> Command:
    """The command of that name. Raises InvalidError."""
    commands = _commands()
    if name not in commands:
        raise InvalidError(f"There is no command {name!r}. {suggestion(name, commands)}")
    return commands[name]


def begins_installation(name: str) -> bool:
    """Whether a command may make a new data folder: it says `BEGINS = True`. Raises InvalidError."""
    return bool(getattr(find_command(name), "BEGINS", False))


def run_command(platform: Platform, name: str, request: dict[str, object], progress: Progress) -> Answer:
    """Run a command from its request as JSON. Raises AppError, pydantic.ValidationError."""
    command = find_command(name)
    return command.run(platform, command.Request.model_validate(request), progress)
