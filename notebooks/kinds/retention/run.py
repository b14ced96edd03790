"""Runs a retention cell."""

from notebooks.ask import Ask
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.retention.spec import RetentionCell
from notebooks.paged import AskedPage, PageQuestion
from notebooks.scope import Scope


def run(cell: RetentionCell, ask: Ask, scope: Scope) -> ChartOutput:
    """The curves with their cohorts. Raises UserError where an event set, an event or a filter is refused."""
    where = scope.filter(cell.where) or ""
    choices = {
        "model": (cell.events,), "entity": (cell.entity,), "start": (cell.start,), "return": (cell.returns,),
        "period": (str(cell.period),), "periods": (str(cell.periods),), "mode": (str(cell.mode),),
        "range": (cell.range,), "where": (where,),
    }  # fmt: skip
    return ask.page(PageQuestion(page=AskedPage.RETENTION, title=cell.title, choices=choices)).output()
