"""A question with every name resolved: what is counted in which part, and what the parts share.

A part is one SELECT: all aggregates of one model, and, where the question has a grain or a range, of one time
dimension of it. Parts are aggregated apart and then merged, so that no join between facts can count a row twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import InvalidError, RefusedError
from core.names import suggestion
from metrics.catalog import Catalog, Leaf
from metrics.compiled import CompileContext
from metrics.filter import Filter, conditions_of
from metrics.filter_text import parse_filter
from metrics.query import MetricQuery
from metrics.reach import Dimension
from metrics.spec import PERIOD, Metric, Model
from metrics.timeline import check_range


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Aggregates of one model. `by` are the dimensions of the question in its order; `dimensions` has every name of
    the question and its filter as this model reaches it; `time` is None where the question asks nothing of time."""

    model: Model
    time: Dimension | None
    leaves: tuple[Leaf, ...]
    by: tuple[Dimension, ...]
    dimensions: Mapping[str, Dimension]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """A result column to order by."""

    column: str
    is_descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A question whose names all mean something. `order` is complete: ties are broken by period and dimensions."""

    catalog: Catalog
    query: MetricQuery
    context: CompileContext
    metrics: tuple[Metric, ...]
    filter: Filter | None
    parts: tuple[Part, ...]
    order: tuple[Sort, ...]

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The result columns that are no metrics."""
        return ((PERIOD,) if self.query.grain else ()) + self.query.by

    @property
    def limit(self) -> int | None:
        """How many rows at most, None without a limit."""
        limits = [limit for limit in (self.query.limit, self.context.max_rows) if limit is not None]
        return min(limits) if limits else None


def build_plan(catalog: Catalog, query: MetricQuery, context: CompileContext) -> Plan:
    """Resolves a question.

    Raises InvalidError for what is unknown (with the nearest names) or contradicts itself, RefusedError for what one
    of the metrics cannot be split or filtered by.
    """
    if not query.metrics:
        raise InvalidError(f"ask for at least one metric. {suggestion('', catalog.metrics)}")
    metrics = tuple(catalog.metric(name) for name in query.metrics)
    check_range(query.start, query.end)
    if query.limit is not None and query.limit < 1:
        raise InvalidError(f"the limit is {query.limit}; it must be at least 1")
    if not 0 <= context.week_start <= 6:
        raise InvalidError(
            f"the week cannot start on day {context.week_start}; days count from 0, Monday, to 6, Sunday"
        )
    context.zone_info()
    filter_ = parse_filter(query.where) if query.where and query.where.strip() else None
    _check_columns(query)
    return Plan(
        catalog=catalog,
        query=query,
        context=context,
        metrics=metrics,
        filter=filter_,
        parts=_parts(catalog, query, filter_),
        order=_order(query),
    )


def require_dimension(catalog: Catalog, model: Model, name: str, metrics: tuple[str, ...]) -> Dimension:
    """The dimension of a name as `model` reaches it.

    Raises InvalidError when no model has it, RefusedError when only other models do or it can mean several things.
    """
    found = catalog.reaches[model.name].find(name)
    if found is not None:
        return found
    usable = [dimension.name for dimension in catalog.dimensions_of(metrics)]
    if not any(reach.has(name) for reach in catalog.reaches.values()):
        raise InvalidError(f"there is no dimension {name}. {suggestion(name, usable)}")
    concerned = next(metric for metric in metrics if any(leaf.model == model.name for leaf in catalog.leaves(metric)))
    raise RefusedError(
        f"{concerned} cannot be split or filtered by {name}: model {model.name} has no such dimension and no join that"
        f" leads to one. Add the dimension or a join to {model.name}, or leave {concerned} out."
        f" Dimensions of everything asked for: {', '.join(usable) or 'none'}."
    )


def _check_columns(query: MetricQuery) -> None:
    columns = ([PERIOD] if query.grain else []) + [*query.by, *query.metrics]
    for column in columns:
        if columns.count(column) > 1:
            raise InvalidError(f"{column} is asked for twice; the columns of a result need different names")


def _parts(catalog: Catalog, query: MetricQuery, filter_: Filter | None) -> tuple[Part, ...]:
    needs_time = query.grain is not None or query.start is not None or query.end is not None
    groups: dict[tuple[str, str | None], dict[Leaf, None]] = {}
    for metric in query.metrics:
        for leaf in catalog.leaves(metric):
            if needs_time and leaf.time is None:
                raise RefusedError(
                    f"{metric} has no time dimension, so it cannot be asked by period or for a range of dates;"
                    f" give model {leaf.model} or the metric a `time`, or ask without grain and dates"
                )
            groups.setdefault((leaf.model, leaf.time if needs_time else None), {})[leaf] = None
    names = dict.fromkeys(query.by)
    if filter_ is not None:
        names |= dict.fromkeys(condition.dimension for condition in conditions_of(filter_))
    parts = []
    for (model_name, time), leaves in groups.items():
        model = catalog.models[model_name]
        dimensions = {name: require_dimension(catalog, model, name, query.metrics) for name in names}
        parts.append(
            Part(
                model=model,
                time=catalog.reaches[model_name].require(f"{model_name}.{time}") if time else None,
                leaves=tuple(leaves),
                by=tuple(dimensions[name] for name in query.by),
                dimensions=dimensions,
            )
        )
    return tuple(parts)


def _order(query: MetricQuery) -> tuple[Sort, ...]:
    keys = ([PERIOD] if query.grain else []) + list(query.by)
    columns = [*keys, *query.metrics]
    order: dict[str, Sort] = {}
    for item in query.order:
        name = item.removeprefix("-")
        if name not in columns:
            raise InvalidError(f"the result has no column {name} to order by. {suggestion(name, columns)}")
        order.setdefault(name, Sort(column=name, is_descending=item.startswith("-")))
    for name in keys:
        order.setdefault(name, Sort(column=name, is_descending=False))
    return tuple(order.values())
