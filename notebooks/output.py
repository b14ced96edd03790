"""What a cell comes to when it is run. Each kind of cell has an output of its own; pages and files draw them."""

from dataclasses import dataclass

from core.result import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Values only: nothing of how they are drawn."""

    @property
    def rows(self) -> Result | None:
        """What other cells can refer to; None where there is nothing."""
        return None
