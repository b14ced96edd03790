"""A chart over time or over the members of a dimension."""

from notebooks.cell import CellKind
from notebooks.kinds.chart.form import FORM
from notebooks.kinds.chart.run import run
from notebooks.kinds.chart.spec import EXAMPLE, ChartCell, read

KIND = "chart"
DEFINITION = CellKind(cell=ChartCell, read=read, run=run, example=EXAMPLE, form=FORM, label="Chart")
