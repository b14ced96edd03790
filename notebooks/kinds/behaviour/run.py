"""Runs a behaviour cell."""

from urllib.parse import parse_qs

from notebooks.ask import Ask
from notebooks.kinds.behaviour.spec import BehaviourCell
from notebooks.kinds.chart.output import ChartOutput
from notebooks.paged import PageQuestion
from notebooks.scope import Scope


def run(cell: BehaviourCell, ask: Ask, scope: Scope) -> ChartOutput:
    """The chart with its rows. Raises UserError where the page has no answer."""
    choices = {name: tuple(values) for name, values in parse_qs(cell.question).items()}
    where = scope.filter(" ".join(choices.get("where", ())))
    choices |= {"where": (where,)} if where else {}
    return ask.page(PageQuestion(page=cell.page, title=cell.title, choices=choices)).output()
