"""What an input cell comes to."""

from dataclasses import dataclass

from core.result import Result
from notebooks.output import Output
from notebooks.references import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOutput(Output):
    """The value that holds, and what may be chosen instead; `result` has it as one row of one column."""

    label: str
    value: Value
    options: tuple[str, ...]
    result: Result

    @property
    def text(self) -> str:
        """The value in words."""
        return "All" if self.value is None else str(self.value)

    @property
    def rows(self) -> Result:
        """What other cells can refer to."""
        return self.result
