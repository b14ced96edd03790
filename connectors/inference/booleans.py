"""Booleans in text: pairs of words for true and false."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from connectors.inference.expressions import call, literal, only_if
from connectors.inference.reading import Proposal, Verdict
from core.result import ColumnType


@dataclass(frozen=True, slots=True)
class BooleanReading:
    """Two words, compared without regard to capitals. `needs_both`: one alone may be a word of its own."""

    true: str
    false: str
    needs_both: bool

    @property
    def label(self) -> str:
        """What it reads."""
        return f"{self.true} or {self.false}"

    def readable(self, text: exp.Expression) -> exp.Expression:
        """True, false or null."""
        lower = call("lower", text)
        is_word = exp.In(this=lower, expressions=[literal(self.true), literal(self.false)])
        return only_if(is_word, exp.EQ(this=lower, expression=literal(self.true)))

    def parts(self, read: exp.Expression) -> Mapping[str, exp.Expression]:
        """Nothing is shared."""
        del read
        return {}

    def evidence(
        self, text: exp.Expression, read: exp.Expression, parts: Mapping[str, exp.Expression]
    ) -> Mapping[str, exp.Expression]:
        """Nothing more is needed."""
        del text, read, parts
        return {}

    def settle(self, text: exp.Expression, evidence: Mapping[str, int], values: int) -> Verdict:
        """A boolean."""
        del evidence, values
        notes = () if self.true == "true" else (f"'{self.true}' and '{self.false}' were read as true and false.",)
        return Verdict(type=ColumnType.BOOLEAN, storage="BOOLEAN", value=self.readable(text), notes=notes)


_READINGS = (
    BooleanReading("true", "false", needs_both=False),
    BooleanReading("yes", "no", needs_both=True),
    BooleanReading("y", "n", needs_both=True),
    BooleanReading("t", "f", needs_both=True),
)


def propose_booleans(values: Mapping[str, int]) -> Proposal:
    """The pair of words that a sample of trimmed, not empty texts consists of, if any."""
    words = {value.lower() for value in values}
    for reading in _READINGS:
        pair = {reading.true, reading.false}
        if words <= pair and (words == pair or not reading.needs_both):
            return Proposal(readings=(reading,), share=1.0)
    return Proposal()
