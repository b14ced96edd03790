"""How the command line speaks: answers on standard output, progress and reasons on standard error."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import typer

from core.errors import AppError, UserError
from core.ids import new_reference

if TYPE_CHECKING:
    from rich.console import Console


@cache
def _console(*, stderr: bool = False) -> "Console":
    """Where text goes; loaded when there is some, which a server has for nobody but a terminal."""
    from rich.console import Console

    return Console(stderr=stderr, soft_wrap=True, highlight=False)


def show_json(value: object) -> None:
    """A value as JSON on standard output, at once: whoever reads it through a pipe may be waiting for it."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def show_json_lines(values: Iterable[object]) -> None:
    """Each value as a line of JSON on standard output."""
    for value in values:
        sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def show_text(text: str) -> None:
    """Lines of text on standard output, markup taken literally."""
    _console().print(text, markup=False)


def show_table(headers: list[str], rows: list[list[str]], *, right: frozenset[int] = frozenset()) -> None:
    """A table on standard output; the columns of `right` are aligned to the right."""
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for index, header in enumerate(headers):
        table.add_column(header, justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    _console().print(table, markup=False)


def show_progress(text: str) -> None:
    """A line of progress on standard error."""
    _console(stderr=True).print(text, markup=False, style="dim")


def show_lines(answer: Mapping[str, object], name: str, *, as_json: bool) -> None:
    """The lines an answer has under a name, or the answer as JSON."""
    if as_json:
        show_json(answer)
        return
    lines = answer[name]
    for line in lines if isinstance(lines, list) else [lines]:
        show_text(str(line))


@contextmanager
def failing_clearly(*, as_json: bool) -> Iterator[None]:
    """Turn an error of the block into its reason and exit code 1."""
    try:
        yield
    except typer.Exit:
        raise
    except UserError as error:
        _show_error({"code": error.code, "message": error.message, "data": dict(error.data)}, as_json=as_json)
        raise typer.Exit(1) from error
    except Exception as error:
        reference = new_reference()
        _console(stderr=True).print_exception()
        kind = error.code if isinstance(error, AppError) else "internal"
        message = f"Something went wrong inside Plumbline (reference {reference}); the lines above say where."
        _show_error({"code": kind, "message": message, "data": {"reference": reference}}, as_json=as_json)
        raise typer.Exit(1) from error


def _show_error(error: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        show_json({"error": error})
    else:
        _console(stderr=True).print(f"Error: {error['message']}", markup=False, style="red")


Progress = Callable[[str], None]
