"""What each kind of chart needs of its cell: how many metrics and dimensions, and whether it runs over time."""

from collections.abc import Iterator
from dataclasses import dataclass

from charts import ChartKind
from metrics import Grain


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One combination a kind can show; `metrics` and `by` are the least and the most of each."""

    metrics: tuple[int, int]
    by: tuple[int, int]
    is_over_time: bool
    words: str


# Over members these show parts of a whole, so their metrics must add up.
SUMMED = frozenset({ChartKind.WATERFALL})

ONE, MANY, NONE = (1, 1), (2, 12), (0, 0)
_ONE_BY_MEMBERS = Shape(metrics=ONE, by=ONE, is_over_time=False, words="one metric `by` one dimension")
_ONE_OVER_TIME = Shape(metrics=ONE, by=NONE, is_over_time=True, words="one metric over time by a `grain`")

SHAPES = {
    ChartKind.HISTOGRAM: (_ONE_BY_MEMBERS, _ONE_OVER_TIME),
    ChartKind.WATERFALL: (
        _ONE_BY_MEMBERS,
        _ONE_OVER_TIME,
        Shape(metrics=MANY, by=NONE, is_over_time=False, words="several metrics, each a step"),
    ),
}


def shape_problems(kind: ChartKind, metrics: int, by: int, grain: Grain | None) -> Iterator[str]:
    """What is wrong with a cell of a kind that takes only certain shapes; nothing for the others."""
    shapes = SHAPES.get(kind)
    if shapes is None:
        return
    for shape in shapes:
        if (
            shape.metrics[0] <= metrics <= shape.metrics[1]
            and shape.by[0] <= by <= shape.by[1]
            and shape.is_over_time is (grain is not None)
        ):
            return
    yield f"a {kind} chart shows {', or '.join(shape.words for shape in shapes)}"
