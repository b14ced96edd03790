"""What a text cell comes to."""

from dataclasses import dataclass

from notebooks.output import Output


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOutput(Output):
    """Prose in the Markdown subset, as written by a member: to be escaped where it is shown."""

    markdown: str
