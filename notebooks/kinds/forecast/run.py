"""Runs a forecast cell."""

from notebooks.ask import Ask
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.forecast.spec import ForecastCell
from notebooks.paged import AskedPage, PageQuestion
from notebooks.scope import Scope


def run(cell: ForecastCell, ask: Ask, scope: Scope) -> ChartOutput:
    """The fan with its periods. Raises UserError where the past is too short or not regular."""
    choices = {
        "metric": (cell.metric,), "grain": (str(cell.grain),), "where": (scope.filter(cell.where) or "",),
        "ahead": (str(cell.ahead) if cell.ahead else "",),
    }  # fmt: skip
    return ask.page(PageQuestion(page=AskedPage.FORECAST, title=cell.title, choices=choices)).output()
