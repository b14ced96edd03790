"""A command's request, run where the data folder is held: by the server that holds it, or else here."""

from pathlib import Path

from app.cli.options import settings_of
from app.cli.output import show_progress

Answer = dict[str, object]


def run(command: str, request: Answer, data: Path | None) -> Answer:
    """The answer to a request; what is None was not said. Raises UserError."""
    from app.handover import run_where_held

    given = {name: value for name, value in request.items() if value is not None}
    return run_where_held(settings_of(data), command, given, show_progress)


def absolute(path: Path) -> str:
    """A path as any process understands it: the one that runs the request may be in another folder."""
    return str(path.expanduser().absolute())
