"""What a chart cell comes to."""

from dataclasses import dataclass

from charts import Chart
from core.result import Result
from notebooks.output import Output


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartOutput(Output):
    """A chart, and the answer it was drawn from: all members, and only the periods that have rows.

    `is_additive` says that its values add up over members and periods.
    """

    chart: Chart
    result: Result
    is_additive: bool = False

    @property
    def rows(self) -> Result:
        """What other cells can refer to."""
        return self.result
