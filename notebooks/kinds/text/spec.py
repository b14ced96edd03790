"""What is written in a text cell."""

from dataclasses import dataclass

from notebooks.cell import Cell
from notebooks.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCell(Cell):
    """Prose in the Markdown subset: paragraphs, headings, lists, bold, italic, code and links."""

    text: str


def read(name: str, fields: Fields) -> TextCell:
    """A text cell from its keys."""
    return TextCell(name=name, text=fields.prose("text"))


EXAMPLE = TextCell(name="intro", text="What moved this **week**, and why.")
