"""What is written in a funnel cell."""

from dataclasses import dataclass

from metrics.behaviour.spec import MOST_STEPS, Exclusion, Order
from notebooks.cell import Cell
from notebooks.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelCell(Cell):
    """Steps of events in the model `events`; everything else is as on the page Funnels."""

    steps: tuple[str, ...]
    events: str = ""
    entity: str = ""
    title: str = ""
    window: str = "30d"
    order: Order = Order.ORDERED
    exclude: tuple[str, ...] = ()
    exclusion: Exclusion = Exclusion.STOP
    range: str = ""
    where: str | None = None


def read(name: str, fields: Fields) -> FunnelCell:
    """A funnel cell from its keys."""
    cell = FunnelCell(
        name=name,
        steps=fields.lines("steps", maximum=MOST_STEPS),
        events=fields.line("events"),
        entity=fields.line("entity"),
        title=fields.line("title"),
        window=fields.line("window", "30d"),
        order=fields.choice("order", Order, Order.ORDERED),
        exclude=fields.lines("exclude", maximum=MOST_STEPS),
        exclusion=fields.choice("exclusion", Exclusion, Exclusion.STOP),
        range=fields.line("range"),
        where=fields.optional("where"),
    )
    if fields.is_valid and len(cell.steps) < 2:
        fields.problem("steps", "a funnel has at least 2 steps; write a list such as steps: [Signed up, Paid]")
    return cell


EXAMPLE = FunnelCell(name="signups", steps=("Signed up", "Paid"), title="From sign-up to payment", window="14d")
