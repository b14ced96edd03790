"""The notebook: an ordered list of named cells. The same document is a notebook, a dashboard and a report."""

from dataclasses import dataclass, field

from core.errors import InvalidError
from core.names import suggestion
from notebooks.cell import Cell
from notebooks.dashboard import Part
from notebooks.report_design import ReportDesign

MAX_CELLS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A document. `name` is its slug (`weekly-sales-review`), unique in a tenant; no two cells share a name.

    `dashboard` is how its cells are arranged as a dashboard, empty where nobody has arranged them; `report` is how they
    stand in a report.
    """

    name: str
    title: str
    description: str = ""
    cells: tuple[Cell, ...] = ()
    dashboard: tuple[Part, ...] = ()
    report: ReportDesign = field(default_factory=ReportDesign)

    def __post_init__(self) -> None:
        names = [cell.name for cell in self.cells]
        if len(set(names)) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise ValueError(f"notebook {self.name!r} has cells with the same name: {', '.join(twice)}")

    def cell(self, name: str) -> Cell:
        """The cell called `name`. Raises InvalidError that names the nearest one."""
        for cell in self.cells:
            if cell.name == name:
                return cell
        known = [cell.name for cell in self.cells]
        raise InvalidError(f"The notebook {self.name} has no cell {name!r}. {suggestion(name, known)}")
