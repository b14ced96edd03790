"""What a colour means: the only reasons a part of the interface may be coloured."""

from enum import StrEnum


class Tone(StrEnum):
    """The meaning of a tint; a stylesheet turns it into colours."""

    BAD = "bad"
    GOOD = "good"
    INFO = "info"
    NEUTRAL = "neutral"
    OUTLINE = "outline"
    WARN = "warn"


class Direction(StrEnum):
    """Whether a change is welcome; its sign alone does not say so."""

    BETTER = "better"
    NEUTRAL = "neutral"
    WORSE = "worse"

    @property
    def tone(self) -> Tone:
        """The tint of the change."""
        return _TONES[self]


_TONES = {Direction.BETTER: Tone.GOOD, Direction.NEUTRAL: Tone.NEUTRAL, Direction.WORSE: Tone.BAD}
