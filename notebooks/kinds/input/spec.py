"""What is written in an input cell."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from core.errors import InvalidError
from notebooks.cell import Cell
from notebooks.fields import Fields
from notebooks.references import Value

MAX_OPTIONS = 200


class InputType(StrEnum):
    """What kind of value is chosen."""

    CHOICE = "choice"
    DATE = "date"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputCell(Cell):
    """A parameter. A choice is among `options`, or among the members of `dimension`.

    `default` is what holds until the reader chooses; without one nothing is chosen, and filters by it do not restrict.
    """

    type: InputType
    title: str = ""
    options: tuple[str, ...] = ()
    dimension: str | None = None
    default: str | None = None

    @property
    def label(self) -> str:
        """What the reader is asked for."""
        return self.title or self.name.replace("_", " ").capitalize()


def read(name: str, fields: Fields) -> InputCell:
    """An input cell from its keys."""
    cell = InputCell(
        name=name,
        type=fields.choice("type", InputType, InputType.CHOICE),
        title=fields.line("title"),
        options=fields.lines("options", maximum=MAX_OPTIONS),
        dimension=fields.optional_name("dimension"),
        default=fields.optional("default"),
    )
    if fields.is_valid:
        _check(cell, fields)
    return cell


def _check(cell: InputCell, fields: Fields) -> None:
    is_choice = cell.type is InputType.CHOICE
    if is_choice and bool(cell.options) == bool(cell.dimension):
        fields.problem("options", "a choice needs either options or a dimension whose members are chosen from")
    if not is_choice and (cell.options or cell.dimension):
        fields.problem("type", f"options and a dimension belong to a choice; this is a {cell.type}")
    if cell.options and cell.default and cell.default not in cell.options:
        fields.problem("default", f"the default {cell.default!r} is not among the options")
        return
    try:
        typed(cell, cell.default)
    except InvalidError as error:
        fields.problem("default", error.message)


def typed(cell: InputCell, text: str | None) -> Value:
    """A chosen text as a value of the input's type; None where nothing is chosen. Raises InvalidError."""
    if text is None or not text.strip():
        return None
    match cell.type:
        case InputType.NUMBER:
            return _number(cell, text)
        case InputType.DATE:
            try:
                return dt.date.fromisoformat(text.strip())
            except ValueError as error:
                raise InvalidError(f"{cell.label}: {text!r} is not a date; write it as 2026-01-31.") from error
        case InputType.CHOICE | InputType.TEXT:
            return text


def _number(cell: InputCell, text: str) -> Decimal:
    try:
        number = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= Decimal("1E30"):
        raise InvalidError(f"{cell.label}: {text!r} is not a number.")
    return number


EXAMPLE = InputCell(name="region", type=InputType.CHOICE, title="Region", dimension="region")
