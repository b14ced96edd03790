"""Forms of cells: what a kind asks for, as data; a page draws it, and what was filled in is read as YAML would be.

So a form can say nothing that a document could not, and both report the same problems.
"""

from collections.abc import Mapping as Values
from collections.abc import Sequence as Items
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notebooks.cell import Cell


class Widget(StrEnum):
    """How one key is filled in."""

    CELL = "cell"
    CHOICE = "choice"
    COLUMNS = "columns"
    DIMENSION = "dimension"
    DIMENSIONS = "dimensions"
    FILTER = "filter"
    INTEGER = "integer"
    LINE = "line"
    LINES = "lines"
    METRIC = "metric"
    METRICS = "metrics"
    PROSE = "prose"
    SQL = "sql"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One key of a kind. `choices` belong to a CHOICE, `minimum` and `maximum` to an INTEGER.

    `default` is what the document takes where nothing is written.
    """

    key: str
    label: str
    widget: Widget
    choices: tuple[str, ...] = ()
    default: str | int | None = None
    help: str = ""
    is_required: bool = False
    minimum: int = 1
    maximum: int = 1_000


FormValue = str | int | tuple[str, ...] | None


def form_values(cell: "Cell") -> dict[str, FormValue]:
    """What the form of a cell shows: the keys that are written, as texts, numbers and lists of texts."""
    from notebooks.writer import write_cell

    written = write_cell(cell)
    return {key: tuple(value) if isinstance(value, list) else value for key, value in written.items()}  # type: ignore[misc]


def cell_from_form(kind: str, name: str, values: Values[str, FormValue]) -> "Cell":
    """The cell a form was filled in for. Raises NotebookError with every problem; line 0 stands for the form."""
    from notebooks.reader import read_cell
    from notebooks.source import Mapping, Scalar, Sequence

    def scalar(value: object) -> Scalar:
        return Scalar(text=str(value), is_plain=isinstance(value, int), line=0)

    def node(value: FormValue) -> Scalar | Sequence:
        if isinstance(value, tuple):
            return Sequence(items=tuple(scalar(item) for item in value), line=0)
        return scalar(value)

    given = {"name": name, "kind": kind} | {key: value for key, value in values.items() if _is_written(value)}
    tree = Mapping(values={key: node(value) for key, value in given.items()}, key_lines={}, problems=(), line=0)
    return read_cell(tree)


def _is_written(value: FormValue) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None and value != ()


_TYPED = frozenset({Widget.FILTER, Widget.INTEGER, Widget.LINE, Widget.LINES, Widget.PROSE, Widget.SQL})


def typed_values(form: Items[FormField], texts: Values[str, str]) -> dict[str, FormValue]:
    """What stood in the fields of a form that are typed into, as the form shows it; choices are not typed."""
    fields = {field.key: field for field in form if field.widget in _TYPED}
    return {key: _typed(fields[key], text) for key, text in texts.items() if key in fields}


def _typed(field: FormField, text: str) -> FormValue:
    if field.widget is Widget.LINES:
        return tuple(lines_of(text))
    if field.widget is Widget.INTEGER:
        return int(text) if text.strip().isdecimal() else None
    return text


def lines_of(text: str) -> Items[str]:
    """The lines of a text that hold something."""
    return [line.strip() for line in text.splitlines() if line.strip()]
