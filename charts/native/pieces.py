"""Bars that float: what they stand on, and their parts above and below zero, as piled columns need them."""

BASE = "Base (not drawn)"


def base(start: float, end: float) -> float:
    """Where a bar between two values begins, seen from zero."""
    low, high = sorted((start, end))
    return low if low > 0 else min(high, 0.0)


def part(start: float, end: float, side: int) -> float | None:
    """The length of a bar above zero (`side` 1) or below it (-1); None where it has none."""
    low, high = sorted((start, end))
    size = max(high, 0.0) - max(low, 0.0) if side > 0 else min(low, 0.0) - min(high, 0.0)
    return size or None
