"""The rule of an alert: over or under a limit, a rise or fall in per cent, or outside what was forecast."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.errors import InvalidError
from core.numbers import Number, full
from core.numbers import change as change_text

_RULE = re.compile(r"(?P<test>over|under|rises|falls)\s+(?P<limit>-?[0-9]+(?:\.[0-9]+)?)\s*(?P<share>%?)")


class Test(StrEnum):
    """What a value is held against."""

    OVER = "over"
    UNDER = "under"
    RISES = "rises"
    FALLS = "falls"
    FORECAST = "outside forecast"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A value and what it is held against: the value of the period before on the same day, or what was forecast.

    What is undefined is None and breaks no rule. `member` is empty for the whole.
    """

    member: str
    value: Number | None
    previous: Number | None = None
    expected: tuple[float, float] | None = None

    @property
    def change(self) -> Decimal | None:
        """The change since the period before, as a share of it; None where that is undefined or 0."""
        if self.value is None or not self.previous:
            return None
        before = Decimal(str(self.previous))
        return (Decimal(str(self.value)) - before) / abs(before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule; `limit` is in the metric's unit, or a share for a rise or fall."""

    test: Test
    limit: Decimal = Decimal(0)

    def holds(self, reading: Reading) -> bool:
        """Whether there is something to tell."""
        change = reading.change
        match self.test:
            case Test.OVER:
                return reading.value is not None and Decimal(str(reading.value)) > self.limit
            case Test.UNDER:
                return reading.value is not None and Decimal(str(reading.value)) < self.limit
            case Test.RISES:
                return change is not None and change > self.limit
            case Test.FALLS:
                return change is not None and change < -self.limit
            case Test.FORECAST:
                if reading.value is None or reading.expected is None:
                    return False
                return not reading.expected[0] <= float(reading.value) <= reading.expected[1]

    def words(self, unit: str | None) -> str:
        """The rule as the end of a sentence: "is under $100,000"."""
        match self.test:
            case Test.OVER | Test.UNDER:
                return f"is {self.test.value} {full(self.limit, unit)}"
            case Test.RISES | Test.FALLS:
                verb = "rose" if self.test is Test.RISES else "fell"
                return f"{verb} by more than {change_text(self.limit, is_relative=True).lstrip('+')}"
            case Test.FORECAST:
                return "is outside what was forecast"


def parse_rule(text: str) -> Rule:
    """A rule as it is written. Raises InvalidError.

    >>> parse_rule("under 20%").limit, parse_rule("rises 5%").limit, parse_rule("over 100000").limit
    (Decimal('0.2'), Decimal('0.05'), Decimal('100000'))
    """
    words = " ".join(text.casefold().split())
    if words == Test.FORECAST.value:
        return Rule(test=Test.FORECAST)
    found = _RULE.fullmatch(words)
    if found is None:
        raise InvalidError(
            f"{text!r} is not a rule: write over NUMBER, under NUMBER, rises PERCENT%, falls PERCENT% or outside "
            "forecast."
        )
    test, limit = Test(found["test"]), Decimal(found["limit"])
    if test in {Test.RISES, Test.FALLS} and (not found["share"] or limit < 0):
        raise InvalidError(f"{text!r} needs a share in per cent, such as {test.value} 10%.")
    return Rule(test=test, limit=(limit / 100 if found["share"] else limit))
