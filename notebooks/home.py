"""A first Home for a tenant that has none: the figures that matter most, their course, and what they are made of."""

from collections.abc import Sequence

from charts import ChartKind
from core.names import identifier
from core.numbers import is_currency
from metrics import Better, Grain
from metrics.period import PeriodKind
from notebooks.ask import DimensionFacts, MetricFacts
from notebooks.cell import Cell
from notebooks.document import Notebook
from notebooks.kinds.chart.spec import ChartCell
from notebooks.kinds.metric.spec import MetricCell
from notebooks.kinds.text.spec import TextCell

MAX_TILES = 4
MAX_MEMBERS = 20


def suggest_home(metrics: Sequence[MetricFacts], dimensions: Sequence[DimensionFacts]) -> Notebook:
    """A notebook `home` of up to four tiles, a trend of the first and a breakdown by the first small dimension.

    Money that adds up leads, the first ratio follows; metrics keep their order otherwise. Without metrics it is a text
    that says so.
    """
    chosen = _chosen(metrics)
    if not chosen:
        text = "No metrics are defined yet. Define one, and its figure appears here."
        return Notebook(name="home", title="Home", cells=(TextCell(name="welcome", text=text),))
    names = _Names()
    cells: list[Cell] = [_tile(metric, dimensions, names) for metric in chosen]
    lead = chosen[0]
    cells.append(
        ChartCell(
            name=names.take("trend"),
            chart=ChartKind.LINE,
            metrics=(lead.name,),
            title=f"{lead.label} by month",
            grain=Grain.MONTH,
            last=13,
        )
    )
    # A ratio by member tells more than the lead again; without one, the lead's parts do.
    broken_down = next((metric for metric in chosen if metric.unit == "ratio"), lead)
    dimension = _dimension(broken_down, dimensions)
    if dimension is not None:
        cells.append(
            ChartCell(
                name=names.take("breakdown"),
                chart=ChartKind.BAR,
                metrics=(broken_down.name,),
                title=f"{broken_down.label} by {dimension.label.lower()}",
                by=(dimension.name,),
                period=PeriodKind.QUARTER,
            )
        )
    return Notebook(name="home", title="Home", description="The figures that matter most.", cells=tuple(cells))


def _chosen(metrics: Sequence[MetricFacts]) -> list[MetricFacts]:
    """Up to four metrics: the first that is money and adds up, the first ratio, more money, then the rest."""
    ranked = sorted(metrics, key=_rank)
    first_ratio = next((metric for metric in ranked if metric.unit == "ratio"), None)
    if first_ratio is None or not ranked:
        return ranked[:MAX_TILES]
    rest = [metric for metric in ranked if metric is not first_ratio]
    return [*rest[:1], first_ratio, *rest[1:]][:MAX_TILES]


def _rank(metric: MetricFacts) -> tuple[bool, int]:
    is_money = is_currency(metric.unit)
    if is_money and metric.is_additive:
        place = 0
    elif metric.unit == "ratio":
        place = 1
    elif is_money:
        place = 2
    else:
        place = 3 if metric.is_additive else 4
    return metric.better is Better.NEUTRAL, place


def _tile(metric: MetricFacts, dimensions: Sequence[DimensionFacts], names: "_Names") -> MetricCell:
    can_be_explained = metric.is_additive or (metric.numerator is not None and metric.denominator is not None)
    dimension = _dimension(metric, dimensions) if can_be_explained else None
    return MetricCell(
        name=names.take(metric.name),
        metric=metric.name,
        period=PeriodKind.QUARTER,
        explain=dimension.name if dimension else None,
    )


def _dimension(metric: MetricFacts, dimensions: Sequence[DimensionFacts]) -> DimensionFacts | None:
    """The first dimension that can split a metric into few members; one whose members were not counted comes last."""
    usable = [one for one in dimensions if one.metrics is None or metric.name in one.metrics]
    small = [one for one in usable if one.member_count is not None and 2 <= one.member_count <= MAX_MEMBERS]
    unknown = [one for one in usable if one.member_count is None]
    return next(iter((*small, *unknown)), None)


class _Names:
    """Gives each cell a name of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, wanted: str) -> str:
        base = identifier(wanted, fallback="cell")[:70]
        name, number = base, 2
        while name in self._taken:
            name, number = f"{base}_{number}", number + 1
        self._taken.add(name)
        return name
