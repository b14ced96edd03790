"""The sparkline of a tile as a small inline SVG in the page's colour variables."""

from collections.abc import Sequence

from charts.plan import finite

_DOT = 7
_INSET = 4.0
_LARGEST = 1e300

Point = tuple[float, float]


def sparkline_svg(
    values: Sequence[float | None],
    previous: Sequence[float | None] = (),
    incomplete_last: bool = False,  # noqa: FBT001, FBT002 - the tiles' templates call this with positions
    width: int = 240,
    height: int = 38,
) -> str:
    """An SVG element that stretches to its box: the values in accent over a soft area, the end marked by a dot.

    `previous` is the period before, dashed grey behind it; with `incomplete_last` the last segment is dotted. Gaps
    stay gaps. Empty when there is no value. It is hidden from screen readers: the tile says it in words.
    """
    current, before = [_within(value) for value in values], [_within(value) for value in previous]
    known = [value for value in current + before if value is not None]
    if all(value is None for value in current):
        return ""
    low, high = min(known), max(known)
    count = max(len(current), len(before))

    def place(index: int, value: float) -> Point:
        share = (value - low) / (high - low) if high > low else 0.5
        return _across(index, count, width), height - _INSET - share * (height - 2 * _INSET)

    points = [None if value is None else place(index, value) for index, value in enumerate(current)]
    last = max(index for index, point in enumerate(points) if point is not None)
    # Only the value of the period still running is dotted, and only when it has a value before it.
    whole = points[:last] if incomplete_last and last == len(points) - 1 and last > 0 else points
    parts = [_area(whole, height)]
    if before:
        parts.append(_stroke(_path([None if v is None else place(i, v) for i, v in enumerate(before)]), "previous"))
    parts.append(_stroke(_path(whole), "value"))
    if whole is not points and whole[-1] is not None:
        parts.append(_stroke(_path(points[last - 1 : last + 1]), "running"))
    parts += [_dot(point) for point in _lonely(whole)]
    parts.append(_dot(points[last]))
    return (
        f'<svg viewBox="0 0 {width} {height}" width="100%" height="{height}" '
        f'preserveAspectRatio="none" aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
    )


def _within(value: float | None) -> float | None:
    """A value whose distance to any other still is a number; None where there is none."""
    number = finite(value)
    return None if number is None else max(-_LARGEST, min(_LARGEST, number))


def _across(index: int, count: int, width: int) -> float:
    inner = width - 2 * _INSET
    return _INSET + (inner * index / (count - 1) if count > 1 else inner)


def _segments(points: Sequence[Point | None]) -> list[list[Point]]:
    segments: list[list[Point]] = [[]]
    for point in points:
        if point is not None:
            segments[-1].append(point)
        elif segments[-1]:
            segments.append([])
    return [segment for segment in segments if segment]


def _lonely(points: Sequence[Point | None]) -> list[Point]:
    return [segment[0] for segment in _segments(points) if len(segment) == 1]


def _path(points: Sequence[Point | None]) -> str:
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in segment) for segment in _segments(points) if len(segment) > 1
    )


_STYLES = {
    "value": 'stroke="var(--pl-accent)" stroke-width="1.8"',
    "running": 'stroke="var(--pl-accent)" stroke-width="1.8" stroke-dasharray="2 3"',
    "previous": 'stroke="var(--pl-text-3)" stroke-width="1.2" stroke-dasharray="3 3" opacity=".7"',
}


def _stroke(path: str, style: str) -> str:
    if not path:
        return ""
    return (
        f'<path d="{path}" fill="none" {_STYLES[style]} stroke-linejoin="round" stroke-linecap="round" '
        'vector-effect="non-scaling-stroke"/>'
    )


def _area(points: Sequence[Point | None], height: int) -> str:
    path = "".join(
        f"M{segment[0][0]:.1f} {height}L"
        + "L".join(f"{x:.1f} {y:.1f}" for x, y in segment)
        + f"L{segment[-1][0]:.1f} {height}Z"
        for segment in _segments(points)
        if len(segment) > 1
    )
    return f'<path d="{path}" fill="var(--pl-accent)" opacity=".08"/>' if path else ""


def _dot(point: Point | None) -> str:
    """A line of no length with round ends: unlike a circle it stays round when the box is stretched."""
    if point is None:
        return ""
    return (
        f'<path d="M{point[0]:.1f} {point[1]:.1f}h0" stroke="var(--pl-accent)" stroke-width="{_DOT}" '
        'stroke-linecap="round" vector-effect="non-scaling-stroke"/>'
    )
