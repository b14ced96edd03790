"""Retention of entities: the curve of all cohorts, and of the weakest."""

from notebooks.cell import CellKind
from notebooks.kinds.retention.form import FORM
from notebooks.kinds.retention.run import run
from notebooks.kinds.retention.spec import EXAMPLE, RetentionCell, read

KIND = "retention"
DEFINITION = CellKind(
    cell=RetentionCell, read=read, run=run, example=EXAMPLE, form=FORM, label="Retention", is_filtered=False
)
