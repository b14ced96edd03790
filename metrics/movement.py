"""Why a metric moved between two periods: what each member of each dimension contributed, exactly, and what tells most.

Pure arithmetic on aggregates: no SQL, no catalogue. Contributions are fractions, so that they add up to the change to
the last digit. That of a ratio is split by the midpoint decomposition (Bennet 1920): rate, the member's ratio moved;
mix, its weight moved; and new and lost members, whose whole weight came or went.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.errors import InvalidError

Number = int | float | Decimal | Fraction
NOISE_SHARE = Fraction(1, 20)
_LEADERS = 3


class Effect(StrEnum):
    """What about a member moved the whole."""

    DIFFERENCE = "difference"
    RATE = "rate"
    MIX = "mix"
    NEW = "new"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A value before and after; None counts as nothing."""

    before: Number | None
    after: Number | None

    @property
    def exact(self) -> tuple[Fraction, Fraction]:
        """Both as fractions."""
        return _exact(self.before), _exact(self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """A member's part of the change: its effects add up to `amount`. `is_noise` sets apart the smallest members, which
    together make less than a twentieth of all movement."""

    member: object
    effects: Mapping[Effect, Fraction]
    deviation: Fraction
    is_noise: bool = False

    @property
    def amount(self) -> Fraction:
        """The whole part."""
        return sum(self.effects.values(), Fraction(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A change by the members of one dimension, largest part first; the parts add up to `change` exactly.

    `telling` compares dimensions: how far the three members that moved most against the whole did so, over everything
    there is; 0 where all members moved alike.
    """

    dimension: str
    before: Fraction
    after: Fraction
    contributions: tuple[Contribution, ...]
    telling: float

    @property
    def change(self) -> Fraction:
        """The difference that the parts add up to."""
        return self.after - self.before

    def waterfall(self) -> tuple[tuple[str, Fraction], ...]:
        """Bars from the value before to the value after; what is noise is one bar."""
        bars = [(_text(part.member), part.amount) for part in self.contributions if not part.is_noise]
        rest = [part.amount for part in self.contributions if part.is_noise]
        others = [(f"{len(rest):,} others", sum(rest, Fraction(0)))] if rest else []
        return (("before", self.before), *bars, *others, ("after", self.after))

    def sentence(self, label: str, show: Callable[[Fraction], str] | None = None) -> str:
        """The movement in words; `show` writes an amount without its sign."""
        show = show or _shown
        if not self.change or not self.contributions:
            return f"{label} did not move."
        word = "rose" if self.change > 0 else "fell"
        first = self.contributions[0]
        against = [part for part in self.contributions if part.amount * self.change < 0 and not part.is_noise]
        text = f"{label} {word} by {show(abs(self.change))}; {_part(first, show)} is the largest part"
        if against and against[0] is not first:
            text += f", and {_part(against[0], show)} went against it"
        return f"{text}."


def explain_sum(dimension: str, members: Mapping[object, Pair]) -> Movement:
    """The movement of a metric that adds up: each member contributes its difference."""
    before, after = (sum((pair.exact[side] for pair in members.values()), Fraction(0)) for side in (0, 1))
    parts = []
    for member, pair in members.items():
        amount = pair.exact[1] - pair.exact[0]
        expected = pair.exact[0] / before * (after - before) if before else Fraction(0)
        parts.append(Contribution(member=member, effects={Effect.DIFFERENCE: amount}, deviation=abs(amount - expected)))
    size = sum((abs(value) for pair in members.values() for value in pair.exact), Fraction(0))
    return _movement(dimension, before, after, parts, size)


def explain_ratio(
    dimension: str, numerators: Mapping[object, Pair], denominators: Mapping[object, Pair]
) -> Movement | None:
    """The movement of a ratio of two metrics that add up; None where it is undefined before or after.

    Raises InvalidError when the two do not have the same members.
    """
    if numerators.keys() != denominators.keys():
        raise InvalidError(f"Numerator and denominator by {dimension} have different members.")
    tops = [sum((pair.exact[side] for pair in numerators.values()), Fraction(0)) for side in (0, 1)]
    bottoms = [sum((pair.exact[side] for pair in denominators.values()), Fraction(0)) for side in (0, 1)]
    if not all(bottoms):
        return None
    before, after = tops[0] / bottoms[0], tops[1] / bottoms[1]
    middle = (before + after) / 2
    parts = []
    for member, top in numerators.items():
        bottom = denominators[member].exact
        weights = bottom[0] / bottoms[0], bottom[1] / bottoms[1]
        parts_of_ratio = top.exact[0] / bottoms[0], top.exact[1] / bottoms[1]
        effects = _effects(weights, parts_of_ratio, middle)
        amount = sum(effects.values(), Fraction(0))
        deviation = abs(amount - (weights[0] + weights[1]) / 2 * (after - before))
        parts.append(Contribution(member=member, effects=effects, deviation=deviation))
    return _movement(dimension, before, after, parts, abs(before) + abs(after))


def rank_movements(movements: Sequence[Movement]) -> tuple[Movement, ...]:
    """The dimensions of one change, the most telling one first; of two alike the one with fewer members."""
    return tuple(sorted(movements, key=lambda found: (-found.telling, len(found.contributions), found.dimension)))


def _effects(
    weights: tuple[Fraction, Fraction], parts: tuple[Fraction, Fraction], middle: Fraction
) -> dict[Effect, Fraction]:
    """The effects of one member from its weights and its parts of the ratio; they add up to what it contributes."""
    moved = weights[1] - weights[0]
    amount = parts[1] - parts[0] - middle * moved
    if weights[0] and weights[1]:
        rates = parts[0] / weights[0], parts[1] / weights[1]
        rate = (rates[1] - rates[0]) * (weights[0] + weights[1]) / 2
        return {Effect.RATE: rate, Effect.MIX: amount - rate}
    if weights[1]:
        return {Effect.NEW: amount}
    return {Effect.LOST: amount} if weights[0] else {Effect.RATE: amount}


def _movement(dimension: str, before: Fraction, after: Fraction, parts: list[Contribution], size: Fraction) -> Movement:
    leaders = sorted((part.deviation for part in parts), reverse=True)[:_LEADERS]
    return Movement(
        dimension=dimension,
        before=before,
        after=after,
        contributions=_without_noise(parts),
        telling=float(sum(leaders, Fraction(0)) / size) if size else 0.0,
    )


def _without_noise(parts: list[Contribution]) -> tuple[Contribution, ...]:
    ordered = sorted(parts, key=lambda part: (-abs(part.amount), _text(part.member)))
    allowed = NOISE_SHARE * sum((abs(part.amount) for part in parts), Fraction(0))
    marked: list[Contribution] = []
    for part in reversed(ordered):
        allowed -= abs(part.amount)
        is_noise = allowed > 0
        marked.append(
            Contribution(member=part.member, effects=part.effects, deviation=part.deviation, is_noise=is_noise)
        )
    return tuple(reversed(marked))


def _exact(value: Number | None) -> Fraction:
    return Fraction(0) if value is None else Fraction(value)


def _text(member: object) -> str:
    return "none" if member is None else str(member)


def _part(part: Contribution, show: Callable[[Fraction], str]) -> str:
    return f"{_text(part.member)} ({'+' if part.amount > 0 else '-'}{show(abs(part.amount))})"


def _shown(value: Fraction) -> str:
    return f"{float(value):,.4g}" if abs(value) < 1000 else f"{float(value):,.0f}"
