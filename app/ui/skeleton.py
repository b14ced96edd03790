"""Skeletons: boxes in the shape of a result that is still being made. The stylesheet shows them after 100 ms."""

from enum import StrEnum

from markupsafe import Markup

from app.ui.surface import surface
from app.ui.template import render


class SkeletonShape(StrEnum):
    """What the finished result looks like."""

    CHART = "chart"
    ROWS = "rows"


def render_skeleton(shape: SkeletonShape, *, label: str = "Loading", height_px: int = 260, rows: int = 5) -> Markup:
    """The markup of a skeleton: one box of `height_px`, or a number of list rows."""
    return render("skeleton.html", shape=shape, label=label, height_px=height_px, rows=rows)


def skeleton(shape: SkeletonShape, *, key: str, label: str = "Loading", height_px: int = 260, rows: int = 5) -> None:
    """Draw a skeleton in the place of a chart or a list."""
    surface(render_skeleton(shape, label=label, height_px=height_px, rows=rows), key=f"skeleton_{key}")
