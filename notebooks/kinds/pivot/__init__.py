"""A metric by the members of dimensions down and of another one across, with subtotals and totals."""

from notebooks.cell import CellKind
from notebooks.kinds.pivot.form import FORM
from notebooks.kinds.pivot.run import run
from notebooks.kinds.pivot.spec import EXAMPLE, PivotCell, read

KIND = "pivot"
DEFINITION = CellKind(cell=PivotCell, read=read, run=run, example=EXAMPLE, form=FORM, label="Pivot")
