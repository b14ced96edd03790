"""What a chart cell comes to."""

from dataclasses import dataclass

from charts import Chart
from core.result import Result
from notebooks.output import Output


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartOutput(Output):
    """A chart, and the answer it was drawn from: all members, and only the periods that have rows."""

    chart: Chart
    result: Result
