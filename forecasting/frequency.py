"""How often a series is observed, and the season that is usual for it."""

from enum import StrEnum


class Frequency(StrEnum):
    """The length of a period."""

    HOUR = "H"
    DAY = "D"
    WEEK = "W"
    MONTH = "M"
    QUARTER = "Q"
    YEAR = "Y"

    @property
    def season_length(self) -> int:
        """How many periods make the usual season; 1 for none."""
        return _SEASONS[self][0]

    @property
    def season_lengths(self) -> tuple[int, ...]:
        """Every season that is looked for, the shortest first."""
        return _SEASONS[self]

    @property
    def noun(self) -> str:
        """The period in a sentence."""
        return self.name.lower()


_SEASONS = {
    Frequency.HOUR: (24, 168),
    Frequency.DAY: (7, 365),
    Frequency.WEEK: (52,),
    Frequency.MONTH: (12,),
    Frequency.QUARTER: (4,),
    Frequency.YEAR: (1,),
}
