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
SUMMED = frozenset({ChartKind.WATERFALL, ChartKind.TREEMAP, ChartKind.SANKEY})
# These set metrics of different units against each other.
MIXED = frozenset({ChartKind.SCATTER})

NONE, ONE, TWO, MANY = (0, 0), (1, 1), (2, 2), (2, 12)
_ONE_BY_MEMBERS = Shape(metrics=ONE, by=ONE, is_over_time=False, words="one metric `by` one dimension")
_ONE_OVER_TIME = Shape(metrics=ONE, by=NONE, is_over_time=True, words="one metric over time by a `grain`")

SHAPES = {
    ChartKind.BOX: (
        Shape(metrics=ONE, by=ONE, is_over_time=True, words="one metric by a `grain`, and `by` one dimension"),
    ),
    ChartKind.CALENDAR: (Shape(metrics=ONE, by=NONE, is_over_time=True, words="one metric by `grain: day`"),),
    ChartKind.GAUGE: (
        _ONE_BY_MEMBERS,
        Shape(metrics=(1, 12), by=NONE, is_over_time=False, words="metrics without a dimension, against a `target`"),
    ),
    ChartKind.HISTOGRAM: (_ONE_BY_MEMBERS, _ONE_OVER_TIME),
    ChartKind.MAP: (_ONE_BY_MEMBERS,),
    ChartKind.SANKEY: (Shape(metrics=ONE, by=TWO, is_over_time=False, words="one metric `by` two dimensions"),),
    ChartKind.SCATTER: (Shape(metrics=TWO, by=ONE, is_over_time=False, words="two metrics `by` one dimension"),),
    ChartKind.TREEMAP: (_ONE_BY_MEMBERS,),
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
    fits = any(
        shape.metrics[0] <= metrics <= shape.metrics[1]
        and shape.by[0] <= by <= shape.by[1]
        and shape.is_over_time is (grain is not None)
        for shape in shapes
    )
    if not fits or (kind is ChartKind.CALENDAR and grain is not Grain.DAY):
        yield f"a {kind} chart shows {', or '.join(shape.words for shape in shapes)}"
