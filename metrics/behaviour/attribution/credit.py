"""Shares conversions and their value out to channels. The rules are stated in docs/counting.md."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from metrics.behaviour.attribution.removal import markov_shares, shapley_shares
from metrics.behaviour.attribution.shares import touch_shares
from metrics.behaviour.attribution.spec import AttributionSpec, Journey, Model, Touch

UNTOUCHED = "(none)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCredit:
    """The conversions and the value given to a channel; `return_on_cost` is value / cost, None without a cost."""

    channel: str
    conversions: float
    value: Decimal
    cost: Decimal | None
    return_on_cost: float | None


def attribute(
    journeys: Sequence[Journey], spec: AttributionSpec, costs: Mapping[str, Decimal] | None = None
) -> tuple[ChannelCredit, ...]:
    """The credit of each channel, the most conversions first. Conversions and values add up to those of the journeys.

    A conversion that no touch came before (within the window) is credited to "(none)".
    """
    seen = [(journey, _in_window(journey, spec)) for journey in journeys]
    conversions: dict[str, float] = defaultdict(float)
    values: dict[str, Decimal] = defaultdict(Decimal)
    shares = _joint_shares(seen, spec)
    for journey, touches in seen:
        if journey.converted_at is None:
            for touch in touches:
                conversions[touch.channel] += 0
            continue
        parts: dict[str, float] = defaultdict(float)
        if not touches:
            parts[UNTOUCHED] = 1.0
        elif shares is not None:
            parts.update(shares)
        else:
            for touch, share in zip(touches, touch_shares(touches, journey.converted_at, spec), strict=True):
                parts[touch.channel] += share
        for channel, share in parts.items():
            conversions[channel] += share
        for channel, value in _split(journey.value, parts).items():
            values[channel] += value
    known = costs or {}
    return tuple(
        _credit(channel, conversions[channel], values[channel], known.get(channel))
        for channel in sorted(conversions, key=lambda channel: (-conversions[channel], channel))
    )


def _in_window(journey: Journey, spec: AttributionSpec) -> tuple[Touch, ...]:
    end = journey.converted_at
    touches = sorted(journey.touches, key=lambda touch: touch.at)
    if end is None:
        return tuple(touches)
    return tuple(
        touch for touch in touches if touch.at <= end and (spec.window is None or end - touch.at <= spec.window)
    )


def _joint_shares(seen: Sequence[tuple[Journey, tuple[Touch, ...]]], spec: AttributionSpec) -> dict[str, float] | None:
    """The shares of models that look at all journeys together; None for the others."""
    if spec.model not in (Model.MARKOV, Model.SHAPLEY):
        return None
    paths = Counter(
        (tuple(touch.channel for touch in touches), journey.converted_at is not None)
        for journey, touches in seen
        if touches
    )
    return markov_shares(paths) if spec.model is Model.MARKOV else shapley_shares(paths)


def _split(value: Decimal, parts: Mapping[str, float]) -> dict[str, Decimal]:
    """The value in parts that add up to it exactly: what rounding leaves goes to the largest part."""
    unit = Decimal(1).scaleb(min(-2, int(value.as_tuple().exponent)))
    found = {channel: (value * Decimal(share)).quantize(unit) for channel, share in parts.items()}
    largest = max(parts, key=lambda channel: (parts[channel], channel))
    found[largest] += value - sum(found.values(), Decimal(0))
    return found


def _credit(channel: str, conversions: float, value: Decimal, cost: Decimal | None) -> ChannelCredit:
    return ChannelCredit(
        channel=channel,
        conversions=conversions,
        value=value,
        cost=cost,
        return_on_cost=float(value / cost) if cost else None,
    )
