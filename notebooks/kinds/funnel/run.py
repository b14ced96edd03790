"""Runs a funnel cell."""

from notebooks.ask import Ask
from notebooks.kinds.chart.output import ChartOutput
from notebooks.kinds.funnel.spec import FunnelCell
from notebooks.paged import AskedPage, PageQuestion
from notebooks.scope import Scope


def run(cell: FunnelCell, ask: Ask, scope: Scope) -> ChartOutput:
    """The funnel with its counts. Raises UserError where an event set, a step or a filter is refused."""
    where = scope.filter(cell.where) or ""
    choices = {
        "model": (cell.events,), "entity": (cell.entity,), "step": cell.steps, "window": (cell.window,),
        "order": (str(cell.order),), "exclude": cell.exclude, "exclusion": (str(cell.exclusion),),
        "range": (cell.range,), "where": (where,),
    }  # fmt: skip
    return ask.page(PageQuestion(page=AskedPage.FUNNELS, title=cell.title, choices=choices)).output()
