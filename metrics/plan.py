"""A question with every name resolved: what is counted in which part, and what the parts share.

A part is one SELECT: all aggregates of one model, and, where the question has a grain or a range, of one time
dimension of it. Parts are aggregated apart and then merged, so that no join between facts can count a row twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import InvalidError, RefusedError
from core.names import suggestion
from core.result import ColumnType
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
        raise InvalidError(f"Ask for at least one metric. {suggestion('', catalog.metrics)}")
    metrics = tuple(catalog.metric(name) for name in query.metrics)
    check_range(query.start, query.end)
    if query.limit is not None and query.limit < 1:
        raise InvalidError(f"The limit is {query.limit}; it must be at least 1.")
    if not 0 <= context.week_start <= 6:
        raise InvalidError(
            f"The week cannot start on day {context.week_start}; days count from 0, Monday, to 6, Sunday."
        )
    context.zone_info()
    filter_ = parse_filter(query.where) if query.where and query.where.strip() else None
    _check_columns(query)
    parts = _parts(catalog, query, filter_)
    _check_shared(parts)
    return Plan(
        catalog=catalog,
        query=query,
        context=context,
        metrics=metrics,
        filter=filter_,
        parts=parts,
        order=_order(query),
    )


def require_dimension(catalog: Catalog, model: Model, name: str, metrics: tuple[str, ...]) -> Dimension:
    """The dimension of a name as `model` reaches it.

    Raises InvalidError when no model has it, RefusedError when only other models do, when it can mean several things
    or when it is broken.
    """
    found = catalog.reaches[model.name].find(name)
    if found is not None:
        return require_usable(found)
    usable = [dimension.name for dimension in catalog.dimensions_of(metrics)]
    if not any(reach.has(name) for reach in catalog.reaches.values()):
        raise InvalidError(f"There is no dimension {name}. {suggestion(name, usable)}")
    concerned = next(metric for metric in metrics if any(leaf.model == model.name for leaf in catalog.leaves(metric)))
    raise RefusedError(
        f"Metric {concerned} cannot be split or filtered by {name}: model {model.name} has no such dimension and no"
        f" join that leads to one. Add the dimension or a join to {model.name}, or leave {concerned} out."
        f" Dimensions of everything asked for: {', '.join(usable) or 'none'}."
    )


def require_usable(dimension: Dimension) -> Dimension:
    """The dimension. Raises RefusedError with the reason when it is broken."""
    if dimension.problem is not None:
        raise RefusedError(f"Dimension {dimension.name} cannot be used at present: {dimension.problem.reason}")
    return dimension


def _check_columns(query: MetricQuery) -> None:
    columns = ([PERIOD] if query.grain else []) + [*query.by, *query.metrics]
    for column in columns:
        if columns.count(column) > 1:
            raise InvalidError(f"Column {column} is asked for twice; the columns of a result need different names.")


def _parts(catalog: Catalog, query: MetricQuery, filter_: Filter | None) -> tuple[Part, ...]:
    needs_time = query.grain is not None or query.start is not None or query.end is not None
    groups: dict[tuple[str, str | None], dict[Leaf, None]] = {}
    for metric in query.metrics:
        for leaf in catalog.leaves(metric):
            if needs_time and leaf.time is None:
                raise RefusedError(
                    f"Metric {metric} has no time dimension, so it cannot be asked by period or for a range of dates;"
                    f" give model {leaf.model} or the metric a `time`, or ask without grain and dates."
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


def _check_shared(parts: tuple[Part, ...]) -> None:
    """Raises RefusedError where parts would be merged on values that only look alike, such as the text 1 and 1."""
    first, *others = parts
    for part in others:
        for ours, theirs in zip(first.by, part.by, strict=True):
            if None not in {ours.definition.type, theirs.definition.type} and _family(ours) != _family(theirs):
                raise RefusedError(
                    f"Dimension {ours.name} is {_written(ours)} in model {first.model.name} and {_written(theirs)} in"
                    f" model {part.model.name}, so their members cannot be matched; give it one type in both, or ask"
                    " apart."
                )


def _family(dimension: Dimension) -> str:
    """Types whose equal values are the same member."""
    return "number" if dimension.type is ColumnType.INTEGER else _written(dimension)


def _written(dimension: Dimension) -> str:
    return dimension.definition.temporal or dimension.type


def _order(query: MetricQuery) -> tuple[Sort, ...]:
    keys = ([PERIOD] if query.grain else []) + list(query.by)
    columns = [*keys, *query.metrics]
    order: dict[str, Sort] = {}
    for item in query.order:
        name = item.removeprefix("-")
        if name not in columns:
            raise InvalidError(f"The result has no column {name} to order by. {suggestion(name, columns)}")
        order.setdefault(name, Sort(column=name, is_descending=item.startswith("-")))
    for name in keys:
        order.setdefault(name, Sort(column=name, is_descending=False))
    return tuple(order.values())
