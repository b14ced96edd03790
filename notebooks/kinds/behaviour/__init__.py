"""What a page about behaviour shows: its address as a cell."""

from notebooks.cell import CellKind
from notebooks.kinds.behaviour.form import FORM
from notebooks.kinds.behaviour.run import run
from notebooks.kinds.behaviour.spec import EXAMPLE, BehaviourCell, read

KIND = "behaviour"
DEFINITION = CellKind(
    cell=BehaviourCell, read=read, run=run, example=EXAMPLE, form=FORM, label="Behaviour", is_filtered=False
)
