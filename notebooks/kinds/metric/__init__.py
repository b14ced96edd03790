"""One figure, compared with the period before."""

from notebooks.cell import CellKind
from notebooks.kinds.metric.form import FORM
from notebooks.kinds.metric.run import run
from notebooks.kinds.metric.spec import EXAMPLE, MetricCell, read

KIND = "metric"
DEFINITION = CellKind(cell=MetricCell, read=read, run=run, example=EXAMPLE, form=FORM, label="Metric")
