"""The countries of a map: which name is which country, and how strong its colour is."""

import math
from dataclasses import dataclass

from charts.geography import Country, Ring, countries, find_country, other_rings
from charts.labels import shorten, value_text
from charts.plan import finite
from charts.rules import require_distinct, require_single
from charts.spec import Chart, Role, X
from core.errors import InvalidError

LEVELS = 5
# How strong the land without a value is, as a share of ink.
LAND_INK = 0.13
_STRENGTHS = (0.18, 0.36, 0.56, 0.78, 1.0)
NAMED_UNKNOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A country with its value; `level` from 0 to 4 says how strong its colour is."""

    x: X
    country: Country
    value: float
    level: int

    @property
    def role(self) -> Role:
        """The colour: values below zero differ in hue, not only in strength."""
        return Role.SERIES_2 if self.value < 0 else Role.MAIN

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of its widest outline."""
        ring = max(self.country.rings, key=lambda ring: max(x for x, _ in ring) - min(x for x, _ in ring))
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)


def places_of(chart: Chart) -> tuple[Place, ...]:
    """The names that are countries and have a value."""
    found = [
        (x, country, value)
        for series in chart.series[:1]
        for x, y in zip(series.x, series.y, strict=True)
        if (value := finite(y)) is not None and (country := find_country(x)) is not None
    ]
    largest = max((abs(value) for _, _, value in found), default=0.0)
    return tuple(Place(x=x, country=country, value=value, level=_level(value, largest)) for x, country, value in found)


def unknown_names(chart: Chart) -> tuple[str, ...]:
    """The names that are no countries of the map."""
    return tuple(str(x) for series in chart.series[:1] for x in series.x if find_country(x) is None)


def left_out(chart: Chart) -> str:
    """What is not on the map, in words; empty where everything is."""
    unknown = unknown_names(chart)
    if not unknown:
        return ""
    named = ", ".join(shorten(name, 14) for name in unknown[:NAMED_UNKNOWN])
    more = f" and {len(unknown) - NAMED_UNKNOWN:,} more" if len(unknown) > NAMED_UNKNOWN else ""
    return f"not on the map: {named}{more}"


def require_places(chart: Chart) -> None:
    """Raises InvalidError where the specification is no map by country."""
    require_single(chart)
    require_distinct(chart)
    seen: dict[str, X] = {}
    for place in places_of(chart):
        code = place.country.code
        if code in seen:
            raise InvalidError(
                f"A map chart has one value for each country, but {seen[code]!r} and {place.x!r} are both "
                f"{place.country.name}; give the country one name."
            )
        seen[code] = place.x


def strength(level: int) -> float:
    """How strong the colour of a level is."""
    return _STRENGTHS[level]


def key_texts(places: tuple[Place, ...], unit: str | None) -> tuple[str, ...]:
    """The largest amount of each level, in words."""
    largest = max((abs(place.value) for place in places), default=0.0)
    return tuple(value_text(largest * ((level + 1) / LEVELS) ** 2, unit) for level in range(LEVELS))


def land() -> tuple[Ring, ...]:
    """All outlines."""
    return (*(ring for country in countries().values() for ring in country.rings), *other_rings())


def _level(value: float, largest: float) -> int:
    """By the root of the share: one large market must not make all others look alike."""
    share = math.sqrt(abs(value) / largest) if largest > 0 else 0.0
    return max(0, min(LEVELS - 1, math.ceil(share * LEVELS) - 1))
