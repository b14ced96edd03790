"""Prose between the figures."""

from notebooks.cell import CellKind
from notebooks.kinds.text.form import FORM
from notebooks.kinds.text.run import run
from notebooks.kinds.text.spec import EXAMPLE, TextCell, read

KIND = "text"
DEFINITION = CellKind(cell=TextCell, read=read, run=run, example=EXAMPLE, form=FORM, is_filtered=False, label="Text")
