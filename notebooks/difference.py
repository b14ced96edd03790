"""Which members a change comes from: contributions that add up to it exactly.

For an additive metric a member's contribution is its own change. For a ratio it is the change of its own ratio times
its mean weight (rate effect), plus the change of its weight times how far its mean ratio lies from the whole's (mix
effect): Kitagawa, Components of a Difference Between Two Rates (JASA 50, 1955), which leaves no remainder.
"""

import decimal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.errors import RefusedError
from core.numbers import Number
from core.result import Result
from notebooks.values import as_exact, as_number, member_labels

# Enough digits that no sum of amounts that a double can hold to the cent is ever rounded.
_EXACT = decimal.Context(prec=60)
_RATIO_STEP = Decimal("1E-15")
_TOLERANCE = Decimal("1E-9")
_SMALLEST = Decimal("1E-6")
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One member's part of a change. A member that is absent on one side has None there."""

    member: str
    previous: Decimal | None
    current: Decimal | None
    change: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A change with its contributions, largest first; their changes add up to `change` to the last digit.

    `dimension` is the label of what it is split by; `unit` that of the metric.
    """

    metric: str
    dimension: str
    unit: str | None
    change: Decimal
    contributions: tuple[Contribution, ...]

    @property
    def leader(self) -> Contribution | None:
        """The largest contribution in the direction of the change; None without a change."""
        same = [one for one in self.contributions if one.change * self.change > 0]
        return same[0] if same else None

    @property
    def opponent(self) -> Contribution | None:
        """The largest contribution against the direction of the change, if there is one."""
        against = [one for one in self.contributions if one.change * self.change < 0]
        return against[0] if against else None

    def share(self, contribution: Contribution) -> float | None:
        """A contribution as a share of the change; above 1 where others work against it. None without a change."""
        return float(contribution.change / self.change) if self.change else None


def explain_difference(current: Result, previous: Result, *, metric: str, change: Number | None = None) -> Difference:
    """The change of an additive metric by member; the first column of both results is the dimension.

    `change` is the change of the whole as it was measured. Raises RefusedError where the parts do not come to it, as
    with a metric that is not additive or a breakdown that is not complete.
    """
    now, before = _by_member(current, metric), _by_member(previous, metric)
    with decimal.localcontext(_EXACT):
        parts = {
            member: now.get(member, _ZERO) - before.get(member, _ZERO) for member in dict.fromkeys((*now, *before))
        }
        total = sum(parts.values(), _ZERO)
        return _build(current, metric, now, before, parts, total if change is None else as_exact(change))


def explain_ratio(
    current: Result, previous: Result, *, metric: str, numerator: str, denominator: str, change: Number | None = None
) -> Difference:
    """The change of a ratio by member, from the numerators and denominators of its members.

    A member without a denominator on one side has there the ratio of the other, so that coming and going is all mix.
    Raises RefusedError where a whole has no denominator, or the parts do not come to the change.
    """
    now = _Parts(top=_by_member(current, numerator), bottom=_by_member(current, denominator))
    before = _Parts(top=_by_member(previous, numerator), bottom=_by_member(previous, denominator))
    with decimal.localcontext(_EXACT):
        if not now.whole or not before.whole:
            raise RefusedError(f"{metric} has nothing to divide by in one of the periods, so its change has no parts.")
        middle = (now.overall + before.overall) / 2
        parts: dict[object, Decimal] = {}
        for member in dict.fromkeys((*now.bottom, *before.bottom)):
            ratio_now, ratio_before = now.ratio(member), before.ratio(member)
            first = ratio_before if ratio_before is not None else ratio_now or _ZERO
            last = ratio_now if ratio_now is not None else first
            rate = (last - first) * (now.weight(member) + before.weight(member)) / 2
            mix = (now.weight(member) - before.weight(member)) * ((last + first) / 2 - middle)
            parts[member] = (rate + mix).quantize(_RATIO_STEP)
        whole_change = now.overall - before.overall if change is None else as_exact(change)
        return _build(current, metric, now.ratios(), before.ratios(), parts, whole_change)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Numerators and denominators of one period by member."""

    top: Mapping[object, Decimal]
    bottom: Mapping[object, Decimal]

    @property
    def whole(self) -> Decimal:
        return sum(self.bottom.values(), _ZERO)

    @property
    def overall(self) -> Decimal:
        return sum(self.top.values(), _ZERO) / self.whole

    def weight(self, member: object) -> Decimal:
        return self.bottom.get(member, _ZERO) / self.whole

    def ratio(self, member: object) -> Decimal | None:
        bottom = self.bottom.get(member)
        return self.top.get(member, _ZERO) / bottom if bottom else None

    def ratios(self) -> dict[object, Decimal]:
        return {member: ratio for member in self.bottom if (ratio := self.ratio(member)) is not None}


def _build(
    result: Result,
    metric: str,
    now: Mapping[object, Decimal],
    before: Mapping[object, Decimal],
    parts: Mapping[object, Decimal],
    change: Decimal,
) -> Difference:
    dimension = result.columns[0].label
    total = sum(parts.values(), _ZERO)
    _require_whole(total, change, parts.values(), dimension)
    contributions = [
        Contribution(member=label, previous=before.get(member), current=now.get(member), change=part)
        for label, (member, part) in zip(member_labels(list(parts)), parts.items(), strict=True)
    ]
    contributions.sort(key=lambda one: (-abs(one.change), one.member))
    unit = next((column.unit for column in result.columns if column.name == metric), None)
    return Difference(metric=metric, dimension=dimension, unit=unit, change=total, contributions=tuple(contributions))


def _require_whole(total: Decimal, change: Decimal, parts: Iterable[Decimal], dimension: str) -> None:
    scale = max(abs(change), sum((abs(part) for part in parts), _ZERO), _SMALLEST)
    if abs(total - change) > _TOLERANCE * scale:
        raise RefusedError(
            f"The parts by {dimension} come to {total:.6g}, but the change is {change:.6g}; "
            "the breakdown does not add up, so it is not shown."
        )


def _by_member(result: Result, column: str) -> dict[object, Decimal]:
    """The values of a column by the member in the first column; undefined ones are left out."""
    members = result.values(result.columns[0].name)
    numbers = [as_number(value) for value in result.values(column)]
    return {member: as_exact(value) for member, value in zip(members, numbers, strict=True) if value is not None}
