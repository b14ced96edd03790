"""What an alert watches, read with the rights of one principal."""

from dataclasses import dataclass

from core.errors import InvalidError, LimitError, RefusedError
from core.names import suggestion
from core.numbers import Number
from core.result import Watermark
from metrics import MetricQuery
from metrics.period import Period, PeriodKind
from notebooks import MetricCell, TileOutput, run_cell
from notebooks.cell import references_of
from notebooks.values import as_number, member_labels
from services.alerts.expected import expect_last
from services.alerts.rule import Reading, Rule, Test
from services.alerts.spec import AlertPlan
from services.notebook_asking import PrincipalAsk
from services.notebooks import require_notebook, scope_of
from services.platform import Platform
from tenants.access import Principal

_MOST_MEMBERS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The readings of an alert with what they are: the figure's name and unit, the period, the data's version."""

    label: str
    unit: str | None
    decimals: int | None
    period: str
    compared: str
    description: str
    watermark: Watermark
    readings: tuple[Reading, ...]


def watched_cell(platform: Platform, principal: Principal, plan: AlertPlan) -> MetricCell:
    """The figure an alert watches. Raises InvalidError, ForbiddenError for a tile that is not there."""
    if not plan.notebook:
        return MetricCell(name="watched", metric=plan.metric, period=plan.period, where=plan.where or None)
    notebook = require_notebook(platform, principal, plan.notebook)
    cells = {cell.name: cell for cell in notebook.cells if isinstance(cell, MetricCell)}
    if plan.cell not in cells:
        raise InvalidError(f"{plan.notebook} has no figure {plan.cell!r}. {suggestion(plan.cell, cells)}")
    if references_of(cells[plan.cell]):
        raise RefusedError(f"{plan.cell} depends on a reader's choice, so that there is no one figure to watch.")
    return cells[plan.cell]


def read_subject(platform: Platform, principal: Principal, plan: AlertPlan, rule: Rule) -> Found:
    """The readings as the principal may see them. Raises UserError."""
    cell = watched_cell(platform, principal, plan)
    ask, scope = PrincipalAsk(platform, principal), scope_of(platform, principal)
    run = run_cell(cell, ask, scope)
    if not isinstance(run.output, TileOutput):
        raise RefusedError("It could not be computed." if run.problem is None else run.problem.message)
    tile = run.output
    if rule.test is Test.FORECAST:
        readings, period = expect_last(ask, cell, scope, plan.dimension)
    elif plan.dimension:
        readings, period = _by_member(ask, tile, plan.dimension, scope.filter(cell.where)), tile.period.label
    else:
        whole = Reading(member="", value=tile.value, previous=tile.previous_value)
        readings, period = (whole,), tile.period.label
    return Found(
        label=tile.title or tile.label,
        unit=tile.unit,
        decimals=tile.decimals,
        period=period,
        compared=tile.previous_period.label,
        description=tile.description,
        watermark=platform.store(principal.tenant).watermark(),
        readings=readings,
    )


def _by_member(ask: PrincipalAsk, tile: TileOutput, dimension: str, where: str | None) -> tuple[Reading, ...]:
    now = read_members(ask, tile.metric, dimension, tile.period, where)
    # Where the data begin within the period before, the tile has no value for it, and no member has.
    before = {}
    if tile.previous_value is not None:
        before = read_members(ask, tile.metric, dimension, tile.previous_period, where)
    return tuple(Reading(member=member, value=value, previous=before.get(member)) for member, value in now.items())


def read_members(
    ask: PrincipalAsk, metric: str, dimension: str, period: Period, where: str | None
) -> dict[str, Number | None]:
    """The value of each member over a period. Raises LimitError for too many of them."""
    result = ask.ask(
        MetricQuery(
            metrics=(metric,), by=(dimension,), start=period.start, end=period.end, where=where, limit=_MOST_MEMBERS + 1
        )
    )
    if result.table.num_rows > _MOST_MEMBERS:
        raise LimitError(
            f"{dimension} has more than {_MOST_MEMBERS:,} members with a value. Add a filter, or watch a dimension with"
            " fewer."
        )
    labels = member_labels(result.values(dimension))
    return dict(zip(labels, (as_number(value) for value in result.values(metric)), strict=True))


def check_subject(platform: Platform, principal: Principal, plan: AlertPlan, rule: Rule) -> MetricCell:
    """Raises UserError where an alert could never be read; returns the figure it watches."""
    cell = watched_cell(platform, principal, plan)
    ask = PrincipalAsk(platform, principal)
    ask.metric(cell.metric)
    period = scope_of(platform, principal).period_for(cell.period)
    if plan.dimension:
        read_members(ask, cell.metric, plan.dimension, period, cell.where)
    if rule.test is Test.FORECAST and cell.period not in {PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.QUARTER}:
        raise InvalidError("A forecast is made of weeks, months or quarters; choose one of these as the period.")
    return cell
