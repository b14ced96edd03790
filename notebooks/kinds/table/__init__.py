"""Metrics by the members of dimensions, in rows."""

from notebooks.cell import CellKind
from notebooks.kinds.table.form import FORM
from notebooks.kinds.table.run import run
from notebooks.kinds.table.spec import EXAMPLE, TableCell, read

KIND = "table"
DEFINITION = CellKind(cell=TableCell, read=read, run=run, example=EXAMPLE, form=FORM, label="Table")
