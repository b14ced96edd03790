"""Notebooks of a tenant: kept as YAML versions, run as a principal."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.errors import ForbiddenError
from core.names import suggestion
from core.result import Result
from metrics import Aggregation, Catalog
from metrics.period import PeriodKind
from metrics.query import MetricQuery
from notebooks import DimensionFacts, MetricFacts, Notebook, Scope, parse_notebook, suggest_home
from services.coverage import find_coverage
from services.definitions import find_catalog, require_catalog
from services.platform import Platform
from services.query import ask
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.documents import Document, DocumentKind, list_documents, save_documents

HOME = "home"
_ADDITIVE = frozenset({Aggregation.COUNT, Aggregation.SUM})


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookFacts:
    """A notebook in a list."""

    name: str
    title: str
    description: str
    cells: int
    version: int
    created_by: str


class PrincipalAsk:
    """The metrics layer as one principal sees it; what a notebook's cells ask."""

    def __init__(self, platform: Platform, principal: Principal) -> None:
        self._platform = platform
        self._principal = principal
        self._catalog = require_catalog(platform, principal.tenant)
        self._watermark = platform.store(principal.tenant).watermark()

    def ask(self, query: MetricQuery) -> Result:
        """The answer to a question, under the principal's rights."""
        return ask(self._platform, self._principal, query)

    def metric(self, name: str) -> MetricFacts:
        """What a metric is, and from when to when there are data. Raises InvalidError with the nearest names."""
        facts = _metric_facts(self._catalog, name)
        coverage = find_coverage(self._platform, self._principal, self._catalog, name, self._watermark)
        return replace(facts, data_from=coverage.first, data_to=coverage.last)


def save_notebooks(platform: Platform, principal: Principal, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Check YAML texts by name and save what changed; returns the names changed. Raises UserError with all problems."""
    principal.require(Permission.NOTEBOOK_WRITE)
    by_name = {parse_notebook(text, file).name: text for file, text in texts.items()}
    with platform.session() as session:
        changed = save_documents(session, principal, DocumentKind.NOTEBOOK, by_name)
        record_event(
            session, AuditAction.NOTEBOOK_SAVED, subject=", ".join(changed) or "nothing changed", principal=principal
        )
    return changed


def list_notebooks(platform: Platform, principal: Principal) -> list[NotebookFacts]:
    """The notebooks of the principal's tenant by title."""
    principal.require(Permission.NOTEBOOK_READ)
    found: list[NotebookFacts] = []
    for document in _documents(platform, principal):
        notebook = parse_notebook(document.text, f"{document.name}.yaml")
        found.append(
            NotebookFacts(
                name=notebook.name,
                title=notebook.title,
                description=notebook.description,
                cells=len(notebook.cells),
                version=document.version,
                created_by=document.created_by,
            )
        )
    return sorted(found, key=lambda facts: facts.title)


def export_notebooks(platform: Platform, principal: Principal) -> list[Document]:
    """The notebooks as they were saved."""
    principal.require(Permission.NOTEBOOK_READ)
    return _documents(platform, principal)


def require_notebook(platform: Platform, principal: Principal, name: str) -> Notebook:
    """A notebook of the principal's tenant. Raises ForbiddenError with the nearest names."""
    found = find_notebook(platform, principal, name)
    if found is None:
        known = [document.name for document in _documents(platform, principal)]
        raise ForbiddenError(f"There is no notebook {name!r} here. {suggestion(name, known)}")
    return found


def find_notebook(platform: Platform, principal: Principal, name: str) -> Notebook | None:
    """A notebook of the principal's tenant, None where there is none of that name."""
    principal.require(Permission.NOTEBOOK_READ)
    for document in _documents(platform, principal):
        if document.name == name:
            return parse_notebook(document.text, f"{name}.yaml")
    return None


def home_notebook(platform: Platform, principal: Principal) -> Notebook | None:
    """The tenant's `home` notebook, or one made of its metrics; None where no metrics are defined."""
    principal.require(Permission.METRIC_QUERY)
    for document in _documents(platform, principal):
        if document.name == HOME:
            return parse_notebook(document.text, "home.yaml")
    catalog = find_catalog(platform, principal.tenant)
    if catalog is None or not catalog.metrics:
        return None
    timed = [name for name in catalog.metrics if all(leaf.time is not None for leaf in catalog.leaves(name))]
    return suggest_home([_metric_facts(catalog, name) for name in timed], _dimension_facts(catalog, timed))


def scope_of(
    platform: Platform,
    principal: Principal,
    *,
    period: PeriodKind | None = None,
    where: str | None = None,
    as_of: dt.date | None = None,
) -> Scope:
    """The day and calendar of the principal's tenant, with the reader's choices; `as_of` stands in for today."""
    tenant = principal.tenant
    return Scope(
        today=as_of or tenant.today(platform.clock),
        period=period,
        where=where,
        fiscal_start_month=tenant.fiscal_start_month,
        week_start=tenant.week_start,
    )


def _dimension_facts(catalog: Catalog, metrics: list[str]) -> list[DimensionFacts]:
    """The categorical dimensions with the metrics that each can split."""
    labels: dict[str, str] = {}
    splits: dict[str, list[str]] = {}
    for metric in metrics:
        for dimension in catalog.dimensions_of((metric,)):
            if not dimension.is_time:
                labels.setdefault(dimension.name, dimension.label)
                splits.setdefault(dimension.name, []).append(metric)
    return [DimensionFacts(name=name, label=label, metrics=tuple(splits[name])) for name, label in labels.items()]


def _documents(platform: Platform, principal: Principal) -> list[Document]:
    with platform.session() as session:
        return list_documents(session, principal.tenant.id, DocumentKind.NOTEBOOK)


def _metric_facts(catalog: Catalog, name: str) -> MetricFacts:
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
