"""What is written in a behaviour cell."""

from dataclasses import dataclass

from notebooks.cell import Cell
from notebooks.fields import Fields
from notebooks.paged import AskedPage


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviourCell(Cell):
    """What `page` shows; `question` is what stands in its address after the question mark."""

    page: AskedPage
    question: str = ""
    title: str = ""


def read(name: str, fields: Fields) -> BehaviourCell:
    """A behaviour cell from its keys."""
    return BehaviourCell(
        name=name,
        page=fields.choice("page", AskedPage),
        question=fields.prose("question", "").strip(),
        title=fields.line("title"),
    )


EXAMPLE = BehaviourCell(
    name="standing", page=AskedPage.LIFECYCLE, question="view=stickiness&period=week", title="How often they come"
)
