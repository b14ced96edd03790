"""Whole numbers written the only way a database would write them: a fast and exact first reading for most columns."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from connectors.inference.expressions import cast, only_if, try_cast
from connectors.inference.reading import Proposal, Verdict
from core.result import ColumnType

_CANONICAL = re.compile(r"0|-?[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class IntegerReading:
    """Whole numbers that come out as they went in; leading zeros, signs and points are left to other readings."""

    @property
    def label(self) -> str:
        """What it reads."""
        return "numbers"

    def readable(self, text: exp.Expression) -> exp.Expression:
        """The number, where writing it again gives the same text."""
        value = try_cast(text, "BIGINT")
        return only_if(exp.EQ(this=cast(value, "VARCHAR"), expression=text), value.copy())

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
        """A 64-bit whole number. Null words, the only other texts of the column, cannot be cast."""
        del evidence, values
        return Verdict(type=ColumnType.INTEGER, storage="BIGINT", value=try_cast(text, "BIGINT"))


def propose_integers(values: Mapping[str, int]) -> Proposal:
    """Whole numbers, when all of a sample of trimmed, not empty texts are."""
    if all(_CANONICAL.fullmatch(value) for value in values):
        return Proposal(readings=(IntegerReading(),), share=1.0)
    return Proposal()
