"""Runs a text cell: it asks nothing, and puts values in the place of references."""

from notebooks.ask import Ask
from notebooks.kinds.text.output import TextOutput
from notebooks.kinds.text.spec import TextCell
from notebooks.prose import literal
from notebooks.references import replace_references
from notebooks.scope import Scope


def run(cell: TextCell, ask: Ask, scope: Scope) -> TextOutput:  # noqa: ARG001 - every kind has this signature
    """The text with its values, which stay text whatever signs are in them. Raises InvalidError."""
    return TextOutput(markdown=replace_references(cell.text, lambda one, _: literal(scope.text_of(one))))
