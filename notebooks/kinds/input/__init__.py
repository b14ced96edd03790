"""A value the reader chooses: a parameter of the cells that refer to it."""

from notebooks.cell import CellKind
from notebooks.kinds.input.form import FORM
from notebooks.kinds.input.run import run
from notebooks.kinds.input.spec import EXAMPLE, InputCell, read

KIND = "input"
DEFINITION = CellKind(cell=InputCell, read=read, run=run, example=EXAMPLE, form=FORM, is_filtered=False, label="Input")
