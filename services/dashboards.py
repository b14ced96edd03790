"""The filters of a dashboard: the period and the dimensions that every figure on it has, chosen in the URL."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import UserError
from metrics.period import PeriodKind
from metrics.segments import SEGMENT
from notebooks import ChartCell, MetricCell, Notebook, PivotCell, TableCell
from notebooks.scope import CELL_PERIODS
from services.definitions import find_catalog
from services.home import Choice, choices_of, filter_text
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal

_SEGMENT_LABEL = "Saved segment"


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardFilters:
    """`labels` has every dimension that can be filtered by, and saved segments where all figures know some; `choices`
    those with few values, for menus.

    `chosen` is what holds; a word in the URL that names no such dimension is none.
    """

    labels: Mapping[str, str]
    choices: list[Choice]
    chosen: Mapping[str, str]
    period: PeriodKind | None

    @property
    def where(self) -> str | None:
        """The filter text of what is chosen."""
        return filter_text(self.chosen)


@permitted(Permission.NOTEBOOK_READ)
def find_filters(
    platform: Platform, principal: Principal, notebook: Notebook, asked: Mapping[str, str]
) -> DashboardFilters:
    """The filters of a notebook's dashboard under what the URL asks for."""
    kinds = {kind.value: kind for kind in CELL_PERIODS}
    period = kinds.get(asked.get("period", ""))
    metrics = _metrics(notebook)
    catalog = find_catalog(platform, principal)
    if catalog is None or not metrics or not principal.can(Permission.METRIC_QUERY):
        return DashboardFilters(labels={}, choices=[], chosen={}, period=period)
    try:
        shared = [one for one in catalog.dimensions_of(metrics) if not one.is_time]
        choices = choices_of(platform, principal, metrics)
        segments = tuple(catalog.segments_of(metrics))
    except UserError:
        # A metric that has gone is told in its own tile; the others stay, without filters across them.
        return DashboardFilters(labels={}, choices=[], chosen={}, period=period)
    labels = {one.name: one.label for one in shared}
    chosen = {name: value for name, value in asked.items() if name in labels and value}
    if segments:
        # The filter language knows a saved segment by this word, as it knows a dimension by its name.
        labels[SEGMENT] = _SEGMENT_LABEL
        choices = [*choices, Choice(name=SEGMENT, label=_SEGMENT_LABEL, values=segments)]
    if asked.get(SEGMENT) in segments:
        chosen[SEGMENT] = asked[SEGMENT]
    return DashboardFilters(labels=labels, choices=choices, chosen=chosen, period=period)


def apply_click(filters: DashboardFilters, dimension: str, member: str) -> str | None:
    """The value to filter by after a click on a member's mark; a second click on it takes the filter away."""
    return None if filters.chosen.get(dimension) == member else member


def _metrics(notebook: Notebook) -> tuple[str, ...]:
    found: list[str] = []
    for cell in notebook.cells:
        match cell:
            case MetricCell() | PivotCell():
                found.append(cell.metric)
            case ChartCell() | TableCell():
                found.extend(cell.metrics)
    return tuple(dict.fromkeys(found))
