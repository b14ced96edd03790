"""The tiles of a treemap: areas in proportion to amounts, as square as they can be."""

from collections.abc import Sequence
from dataclasses import dataclass

from charts.plan import finite
from charts.rules import require_distinct, require_single
from charts.spec import Chart, X
from core.numbers import full

# More tiles would be specks; the largest are drawn, and how many there are is said.
MOST_TILES = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A name with its amount and its share of all that is drawn; `place` is where it stands in the series."""

    place: int
    x: X
    value: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A rectangle, from its lower left corner."""

    left: float
    bottom: float
    width: float
    height: float


def tiles_of(chart: Chart) -> tuple[Tile, ...]:
    """The tiles, the largest first. Only amounts above zero have an area."""
    found = [
        (place, x, value)
        for series in chart.series[:1]
        for place, (x, y) in enumerate(zip(series.x, series.y, strict=True))
        if (value := finite(y)) is not None and value > 0
    ]
    shown = sorted(found, key=lambda one: -one[2])[:MOST_TILES]
    # Divided by the largest first, so that the sum of the largest floats stays finite.
    largest = shown[0][2] if shown else 1.0
    whole = sum(value / largest for _, _, value in shown)
    return tuple(Tile(place=place, x=x, value=value, share=value / largest / whole) for place, x, value in shown)


def left_out(chart: Chart) -> str:
    """What has no tile, in words; empty where everything has one."""
    known = [value for series in chart.series[:1] for y in series.y if (value := finite(y)) is not None]
    below, above = sum(value <= 0 for value in known), sum(value > 0 for value in known)
    words = [f"the largest {MOST_TILES} of {above:,}"] if above > MOST_TILES else []
    words += [f"without {below:,} that {'is' if below == 1 else 'are'} not above zero"] if below else []
    return ", ".join(words)


def require_tiles(chart: Chart) -> None:
    """Raises InvalidError where the specification is no treemap."""
    require_single(chart)
    require_distinct(chart)


def tile_text(tile: Tile, unit: str | None) -> str:
    """The whole amount and its share."""
    return f"{full(tile.value, unit)}, {full(tile.share, 'ratio', decimals=1)}"


def squarify(shares: Sequence[float], area: Area) -> list[Area]:
    """Rectangles that fill an area in proportion to falling shares (Bruls, Huizing and van Wijk 2000).

    >>> [one.width for one in squarify([0.5, 0.5], Area(left=0, bottom=0, width=4, height=2))]
    [2.0, 2.0]
    """
    left, bottom, width, height = area.left, area.bottom, area.width, area.height
    sizes = [share * width * height for share in shares]
    made: list[Area] = []
    start = 0
    while start < len(sizes):
        side = min(width, height)
        end = start + 1
        while end < len(sizes) and _worst(sizes[start : end + 1], side) <= _worst(sizes[start:end], side):
            end += 1
        row = sizes[start:end]
        depth = sum(row) / side if side > 0 else 0.0
        made += _lay(row, Area(left=left, bottom=bottom, width=width, height=height), depth)
        if width >= height:
            left, width = left + depth, max(0.0, width - depth)
        else:
            height = max(0.0, height - depth)
        start = end
    return made


def _worst(row: Sequence[float], side: float) -> float:
    """The largest ratio of the sides of rectangles laid along a side."""
    total = sum(row)
    if total <= 0 or side <= 0 or row[-1] <= 0:
        return float("inf")
    return max(side * side * row[0] / (total * total), total * total / (side * side * row[-1]))


def _lay(row: Sequence[float], area: Area, depth: float) -> list[Area]:
    """A row along the shorter side: down the left edge, or along the top."""
    made = []
    along = 0.0
    for size in row:
        length = size / depth if depth > 0 else 0.0
        if area.width >= area.height:
            made.append(
                Area(left=area.left, bottom=area.bottom + area.height - along - length, width=depth, height=length)
            )
        else:
            top = area.bottom + area.height
            made.append(Area(left=area.left + along, bottom=top - depth, width=length, height=depth))
        along += length
    return made
