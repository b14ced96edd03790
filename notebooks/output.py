"""What a cell comes to when it is run. Each kind of cell has an output of its own; pages and files draw them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Values only: nothing of how they are drawn."""
