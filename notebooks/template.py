"""Templates: notebooks made of whatever metrics a tenant has, arranged as a dashboard.

Each part names what it would like best; the first that the tenant has is taken, and a part that finds nothing is left
out. Dimensions are those that can split the metric that was taken.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from charts import ChartKind
from core.errors import RefusedError
from metrics import Grain
from metrics.period import PeriodKind
from notebooks.ask import DimensionFacts
from notebooks.cell import Cell
from notebooks.dashboard import COLUMNS, Tile
from notebooks.document import Notebook
from notebooks.kinds.chart.spec import ChartCell
from notebooks.kinds.forecast.spec import ForecastCell
from notebooks.kinds.funnel.spec import FunnelCell
from notebooks.kinds.metric.spec import MetricCell
from notebooks.kinds.retention.spec import RetentionCell
from notebooks.kinds.table.spec import TableCell
from notebooks.kinds.text.spec import TextCell

MIN_CELLS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsFacts:
    """An event model: its label, the entities it has, and the steps its funnels have where it names them."""

    model: str
    label: str
    entities: tuple[str, ...]
    steps: tuple[str, ...] = ()

    def entity(self, wanted: Sequence[str]) -> str:
        """The first wanted entity that there is, or the first there is."""
        return next((name for name in wanted if name in self.entities), self.entities[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What a tenant has to make a notebook of: metrics with labels and units, and dimensions with what they split.

    A metric without a unit is not in `units`. `funnels` are the event models that say which steps there are, `cohorts`
    those that say who starts,.
    """

    metrics: dict[str, str]
    units: dict[str, str] = field(default_factory=dict)
    dimensions: tuple[DimensionFacts, ...] = ()
    funnels: tuple[EventsFacts, ...] = ()
    cohorts: tuple[EventsFacts, ...] = ()

    def first(self, wanted: Sequence[str]) -> str | None:
        """The first metric that is there."""
        return next((name for name in wanted if name in self.metrics), None)

    def split(self, metrics: Collection[str], wanted: Sequence[str]) -> str | None:
        """The first dimension that can split all these metrics."""
        able = {
            one.name for one in self.dimensions if one.metrics is None or all(name in one.metrics for name in metrics)
        }
        return next((name for name in wanted if name in able), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A tile of a metric to date; `by` are dimensions that may explain its change."""

    metric: tuple[str, ...]
    by: tuple[str, ...] = ()
    period: PeriodKind = PeriodKind.QUARTER
    width: int = 3

    def build(self, stock: Stock) -> Cell | None:
        """The cell, None where the tenant has none of the metrics."""
        metric = stock.first(self.metric)
        if metric is None:
            return None
        explain = stock.split((metric,), self.by)
        return MetricCell(name=metric, metric=metric, period=self.period, explain=explain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A metric, or several of one unit, over time."""

    metrics: tuple[tuple[str, ...], ...]
    chart: ChartKind = ChartKind.LINE
    grain: Grain = Grain.MONTH
    last: int = 12
    by: tuple[str, ...] = ()
    width: int = 8

    def build(self, stock: Stock) -> Cell | None:
        """The cell, None where the tenant has none of the metrics."""
        found = tuple(dict.fromkeys(name for wanted in self.metrics if (name := stock.first(wanted)) is not None))
        # Metrics of different units have no common axis; those of the first one's unit stay.
        found = tuple(name for name in found if stock.units.get(name) == stock.units.get(found[0]))
        if not found:
            return None
        by = stock.split(found, self.by) if len(found) == 1 else None
        return ChartCell(
            name=f"{found[0]}_over_time",
            chart=self.chart,
            metrics=found,
            title=f"{_labels(stock, found)} by {self.grain.value}",
            grain=self.grain,
            last=self.last,
            by=(by,) if by else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A metric by the members of a dimension, as bars or as steps to their sum."""

    metric: tuple[str, ...]
    by: tuple[str, ...]
    chart: ChartKind = ChartKind.BAR
    period: PeriodKind = PeriodKind.QUARTER
    width: int = 4

    def build(self, stock: Stock) -> Cell | None:
        """The cell, None where the tenant has no such metric, or nothing to split it by."""
        metric = stock.first(self.metric)
        by = stock.split((metric,), self.by) if metric else None
        if metric is None or by is None:
            return None
        return ChartCell(
            name=f"{metric}_by_{by}",
            chart=self.chart,
            metrics=(metric,),
            title=f"{stock.metrics[metric]} by {_dimension(stock, by)}",
            by=(by,),
            period=self.period,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Metrics in columns by the members of a dimension; metrics that the dimension cannot split are left out."""

    metrics: tuple[str, ...]
    by: tuple[str, ...]
    period: PeriodKind = PeriodKind.QUARTER
    limit: int = 15
    width: int = COLUMNS
    title: str = ""

    def build(self, stock: Stock) -> Cell | None:
        """The cell, None where nothing of it is there."""
        present = [name for name in self.metrics if name in stock.metrics]
        by = stock.split(present[:1], self.by) if present else None
        if by is None:
            return None
        shown = tuple(name for name in present if stock.split((name,), (by,)))
        return TableCell(
            name=f"{shown[0]}_rows",
            metrics=shown,
            by=(by,),
            period=self.period,
            title=self.title or f"By {_dimension(stock, by)}",
            order=(f"-{shown[0]}",),
            limit=self.limit,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """The funnel of the first event model that names its steps."""

    entities: tuple[str, ...]
    window: str = "180d"
    width: int = 6

    def build(self, stock: Stock) -> Cell | None:
        """The cell, None where no event model names steps."""
        if not stock.funnels:
            return None
        found = stock.funnels[0]
        return FunnelCell(
            name="conversion",
            events=found.model,
            entity=found.entity(self.entities),
            steps=found.steps,
            window=self.window,
            title=f"{found.label}: from step to step",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohorts:
    """Who of those that start comes back, of the first event model that says who starts."""

    entities: tuple[str, ...]
    periods: int = 7
    width: int = 6

    def build(self, stock: Stock) -> Cell | None:
        """The cell, None where no event model says who starts."""
        if not stock.cohorts:
            return None
        found = stock.cohorts[0]
        return RetentionCell(
            name="cohorts",
            events=found.model,
            entity=found.entity(self.entities),
            periods=self.periods,
            title=f"{found.label}: who comes back",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a metric is expected to be, as far ahead as is usual."""

    metric: tuple[str, ...]
    grain: Grain = Grain.MONTH
    width: int = 6

    def build(self, stock: Stock) -> Cell | None:
        """The cell, None where the tenant has none of the metrics."""
        metric = stock.first(self.metric)
        if metric is None:
            return None
        title = f"{stock.metrics[metric]}: what is expected"
        return ForecastCell(name=f"{metric}_expected", metric=metric, grain=self.grain, title=title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A notebook to begin with. `name` is also that of the notebook it makes."""

    name: str
    title: str
    description: str
    parts: tuple[Figure | Course | Parts | Rows | Conversion | Cohorts | Outlook, ...]
    intro: str = field(default="")


def build_template(template: Template, stock: Stock) -> Notebook:
    """The notebook of a template. Raises RefusedError that names what is missing where too little of it is there."""
    cells: list[Cell] = []
    tiles: list[Tile] = []
    for part in template.parts:
        cell = part.build(stock)
        if cell is not None and all(cell.name != one.name for one in cells):
            cells.append(cell)
            tiles.append(Tile(cell=cell.name, width=part.width))
    if len(cells) < MIN_CELLS:
        wanted = sorted({name for part in template.parts if isinstance(part, Figure) for name in part.metric})
        raise RefusedError(
            f"{template.title} needs metrics such as {', '.join(wanted[:6])}; define some of them first."
        )
    if template.intro:
        cells.insert(0, TextCell(name="intro", text=template.intro))
    return Notebook(
        name=template.name,
        title=template.title,
        description=template.description,
        cells=tuple(cells),
        dashboard=tuple(tiles),
    )


def can_build(template: Template, stock: Stock) -> bool:
    """Whether a tenant has enough of what a template is made of."""
    try:
        build_template(template, stock)
    except RefusedError:
        return False
    return True


def _labels(stock: Stock, names: Sequence[str]) -> str:
    return " and ".join(stock.metrics[name] for name in names)


def _dimension(stock: Stock, name: str) -> str:
    return next(one.label.lower() for one in stock.dimensions if one.name == name)
