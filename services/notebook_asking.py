"""The metrics layer and the store as a notebook's cells ask them, under the rights of one principal."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from core.errors import InvalidError
from core.names import suggestion
from core.result import Result
from metrics import Aggregation, Catalog
from metrics.query import MetricQuery
from notebooks import (
    Cell,
    CellRun,
    DimensionFacts,
    MetricFacts,
    PageAnswer,
    PageQuestion,
    RunMemory,
    Scope,
    SqlQuestion,
    metrics_of,
    rehearse,
)
from services.coverage import find_coverage
from services.definitions import find_catalog, require_catalog
from services.permitted import permitted
from services.platform import Platform
from services.policies import find_view
from services.query import ask, list_values
from services.rollups import build_for_page, reads_large_tables
from services.sql import select_rows
from tenants.access import Permission, Principal
from tenants.documents import DocumentKind, document_versions

_ADDITIVE = frozenset({Aggregation.COUNT, Aggregation.SUM})
# What cells came to, shared by all pages of the process; its keys hold the tenant and whose rows they are.
memory = RunMemory()


class PrincipalAsk:
    """The metrics layer as one principal sees it; what a notebook's cells ask."""

    def __init__(self, platform: Platform, principal: Principal) -> None:
        self._platform = platform
        self._principal = principal
        self._watermark = platform.store(principal.tenant).watermark()

    def prepare(self, cells: Sequence[Cell], scope: Scope) -> None:
        """Have the questions that these cells begin with share their scans, where the tables are large."""
        if reads_large_tables(self._platform, self._principal, metrics_of(cells)):
            build_for_page(self._platform, self._principal, rehearse(cells, self, scope))

    def prepared(
        self, workers: ThreadPoolExecutor, cells: Sequence[Cell], scope: Scope
    ) -> "Callable[[Callable[[], CellRun]], Future[CellRun]]":
        """How cells are run in threads once their questions share their scans."""
        # It is before the cells in the queue, so a cell that waits for it never keeps it waiting.
        preparing = workers.submit(self.prepare, cells, scope)

        def submit(task: Callable[[], CellRun]) -> "Future[CellRun]":
            def run() -> CellRun:
                preparing.result()
                return task()

            return workers.submit(run)

        return submit

    def ask(self, query: MetricQuery) -> Result:
        """The answer to a question, under the principal's rights."""
        return ask(self._platform, self._principal, query)

    def select(self, question: SqlQuestion) -> Result:
        """The rows of a SELECT, under the principal's rights."""
        return select_rows(
            self._platform, self._principal, question.text, values=question.values, tables=question.tables
        )

    def page(self, question: PageQuestion) -> PageAnswer:
        """What a page about behaviour or forecasts shows, under the principal's rights."""
        from services.behaviour.cells import answer_cell

        return answer_cell(self._platform, self._principal, question)

    def members(self, dimension: str) -> tuple[str, ...]:
        """The members of a dimension, in order of their names."""
        catalog = require_catalog(self._platform, self._principal)
        by_dimension = {one.name: metric for metric in catalog.metrics for one in catalog.dimensions_of((metric,))}
        if dimension not in by_dimension:
            raise InvalidError(f"There is no dimension {dimension!r}. {suggestion(dimension, by_dimension)}")
        return tuple(sorted(list_values(self._platform, self._principal, dimension, (by_dimension[dimension],))))

    def metric(self, name: str) -> MetricFacts:
        """What a metric is, and from when to when there are data. Raises InvalidError with the nearest names."""
        catalog = require_catalog(self._platform, self._principal)
        facts = metric_facts(catalog, name)
        coverage = find_coverage(self._platform, self._principal, catalog, name, self._watermark)
        return replace(facts, data_from=coverage.first, data_to=coverage.last)


def data_key(platform: Platform, principal: Principal) -> str:
    """What answers depend on beside the question: the tenant, its data's and definitions' version, whose rows."""
    view = find_view(platform, principal)
    with platform.session() as session:
        definitions = document_versions(session, principal.tenant.id, DocumentKind.DEFINITION)
    watermark = platform.store(principal.tenant).watermark()
    rights = [principal.can(Permission.METRIC_QUERY), principal.can(Permission.NOTEBOOK_READ)]
    return repr((principal.tenant.id, watermark.version, definitions, None if view is None else view.key, rights))


@permitted(Permission.NOTEBOOK_READ)
def cell_choices(platform: Platform, principal: Principal) -> tuple[dict[str, str], dict[str, str]]:
    """The metrics and the dimensions a form can offer, each with its label by its name."""
    catalog = find_catalog(platform, principal)
    if catalog is None:
        return {}, {}
    names = list(catalog.metrics)
    dimensions = {one.name: one.label for one in dimension_facts(catalog, names)}
    return {name: catalog.metric(name).label for name in names}, dimensions


def dimension_facts(catalog: Catalog, metrics: list[str]) -> list[DimensionFacts]:
    """The categorical dimensions with the metrics that each can split."""
    labels: dict[str, str] = {}
    splits: dict[str, list[str]] = {}
    for metric in metrics:
        for dimension in catalog.dimensions_of((metric,)):
            if not dimension.is_time:
                labels.setdefault(dimension.name, dimension.label)
                splits.setdefault(dimension.name, []).append(metric)
    return [DimensionFacts(name=name, label=label, metrics=tuple(splits[name])) for name, label in labels.items()]


def metric_facts(catalog: Catalog, name: str) -> MetricFacts:
    """What the catalog says of a metric. Raises InvalidError with the nearest names."""
    metric = catalog.metric(name)
    parts = [metric_input for metric_input in metric.inputs if metric_input in catalog.metrics]
    is_ratio_of_metrics = metric.kind == "ratio" and len(parts) == 2
    return MetricFacts(
        name=metric.name,
        label=metric.label,
        unit=metric.unit,
        decimals=metric.decimals,
        better=metric.better,
        description=metric.description,
        is_additive=_is_additive(catalog, name),
        numerator=parts[0] if is_ratio_of_metrics else None,
        denominator=parts[1] if is_ratio_of_metrics else None,
    )


def _is_additive(catalog: Catalog, name: str) -> bool:
    metric = catalog.metric(name)
    measures = catalog.models[metric.model].measures
    return metric.kind == "simple" and all(measures[one].aggregation in _ADDITIVE for one in metric.inputs)
