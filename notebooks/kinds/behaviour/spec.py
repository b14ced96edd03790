"""What is written in a behaviour cell."""

from dataclasses import dataclass

from notebooks.cell import Cell
from notebooks.events import EventsPage
from notebooks.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviourCell(Cell):
    """What `page` shows; `question` is what stands in its address after the question mark."""

    page: EventsPage
    question: str = ""
    title: str = ""


def read(name: str, fields: Fields) -> BehaviourCell:
    """A behaviour cell from its keys."""
    return BehaviourCell(
        name=name,
        page=fields.choice("page", EventsPage),
        question=fields.prose("question", "").strip(),
        title=fields.line("title"),
    )


EXAMPLE = BehaviourCell(
    name="standing", page=EventsPage.LIFECYCLE, question="view=stickiness&period=week", title="How often they come"
)
