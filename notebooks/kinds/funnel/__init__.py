"""A funnel of events: how many get how far."""

from notebooks.cell import CellKind
from notebooks.kinds.funnel.form import FORM
from notebooks.kinds.funnel.run import run
from notebooks.kinds.funnel.spec import EXAMPLE, FunnelCell, read

KIND = "funnel"
DEFINITION = CellKind(
    cell=FunnelCell, read=read, run=run, example=EXAMPLE, form=FORM, label="Funnel", is_filtered=False
)
