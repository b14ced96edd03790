"""Runs an input cell: the reader's choice, or the default."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa

from core.errors import InvalidError
from core.names import suggestion
from core.result import Column, ColumnType, Result, Watermark
from notebooks.ask import Ask
from notebooks.kinds.input.output import InputOutput
from notebooks.kinds.input.spec import InputCell, InputType, typed
from notebooks.references import Value
from notebooks.scope import Scope

_TYPES = {InputType.NUMBER: ColumnType.NUMBER, InputType.DATE: ColumnType.DATE}


def run(cell: InputCell, ask: Ask, scope: Scope) -> InputOutput:
    """The value that holds. Raises InvalidError for one that cannot be chosen."""
    options = cell.options or (ask.members(cell.dimension) if cell.dimension else ())
    chosen = scope.given.get(cell.name, cell.default)
    # An empty choice is the reader's word that nothing is chosen, also where there is a default.
    value = typed(cell, chosen)
    if value is not None and cell.type is InputType.CHOICE and value not in options:
        raise InvalidError(f"{cell.label}: {value!r} cannot be chosen. {suggestion(str(value), options)}")
    return InputOutput(label=cell.label, value=value, options=options, result=_result(cell, value))


def _result(cell: InputCell, value: Value) -> Result:
    column = Column(name=cell.name, label=cell.label, type=_TYPES.get(cell.type, ColumnType.TEXT))
    return Result(
        columns=(column,),
        table=pa.table({cell.name: pa.array([value], _arrow_type(value))}),
        watermark=Watermark(version=0, loaded_at=None),
    )


def _arrow_type(value: Value) -> pa.DataType:
    if isinstance(value, Decimal):
        return pa.scalar(value).type
    return pa.date32() if isinstance(value, dt.date) else pa.string()
