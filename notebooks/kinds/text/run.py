"""Runs a text cell: it asks nothing."""

from notebooks.ask import Ask
from notebooks.kinds.text.output import TextOutput
from notebooks.kinds.text.spec import TextCell
from notebooks.scope import Scope


def run(cell: TextCell, ask: Ask, scope: Scope) -> TextOutput:  # noqa: ARG001 - every kind has this signature
    """The text as it is."""
    return TextOutput(markdown=cell.text)
