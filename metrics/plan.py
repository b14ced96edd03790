"""A question with every name resolved: what is counted in which part, and what the parts share.

A part is one SELECT: all aggregates of one model, and, where the question has a grain or a range, of one time
dimension of it. Parts are aggregated apart and then merged, so that no join between facts can count a row twice.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.errors import InvalidError, RefusedError
from core.names import suggestion
from core.result import ColumnType
from metrics.calendar import check_calendar
from metrics.catalog import Catalog
from metrics.compiled import CompileContext
from metrics.filter import Filter, conditions_of
from metrics.filter_text import parse_filter
from metrics.frame import Frame, Reach
from metrics.leaf import Leaf
from metrics.output import Output, find_outputs
from metrics.query import Grain, MetricQuery
from metrics.reach import Dimension
from metrics.relative import find_range
from metrics.segments import SEGMENT, expand_segments
from metrics.shift import Span, has_own_length
from metrics.spans import find_spans, find_windows
from metrics.spec import OTHER, PERIOD, TOTAL, Metric, Model
from metrics.timeline import check_range, require_temporal


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Aggregates of one model. `by` are the dimensions of the question in its order; `dimensions` has every name of
    the question and its filters as this model reaches it; `time` is None where the question asks nothing of time.
    `windows` are the days whose rows count for each period (its first day, the first of them, the day after the last);
    None where they are just those of the period. `until` is the time at which a row of a snapshot ends to hold,
    `entity` what has one row after the other."""

    model: Model
    time: Dimension | None
    leaves: tuple[Leaf, ...]
    by: tuple[Dimension, ...]
    dimensions: Mapping[str, Dimension]
    frame: Frame
    windows: Sequence[tuple[dt.date, dt.date, dt.date]] | None
    until: Dimension | None
    entity: Dimension | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """A result column to order by."""

    column: str
    is_descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A question whose names all mean something. `order` is complete: ties are broken by period and dimensions.

    `spans` are its periods, empty where nothing needs them. `top` asks for the members that are not put together.
    """

    catalog: Catalog
    query: MetricQuery
    context: CompileContext
    metrics: tuple[Metric, ...]
    outputs: tuple[Output, ...]
    spans: Sequence[tuple[dt.date, Span]]
    filter: Filter | None
    having: Filter | None
    parts: tuple[Part, ...]
    order: tuple[Sort, ...]
    top: "Plan | None" = None

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The result columns that are no metrics."""
        return key_columns(self.query)

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
    if query.grain is not None:
        context.calendar.require_grain(query.grain)
    query, full_end = _dated(query, context)
    check_range(query.start, query.end)
    if query.limit is not None and query.limit < 1:
        raise InvalidError(f"The limit is {query.limit}; it must be at least 1.")
    check_calendar(context.week_start, context.fiscal_start_month)
    context.zone_info()
    filter_ = parse_filter(query.where) if query.where and query.where.strip() else None
    if filter_ is not None and SEGMENT in str(query.where):
        filter_ = expand_segments(filter_, catalog.segments)
    having = parse_filter(query.having) if query.having and query.having.strip() else None
    _check_columns(query)
    outputs = find_outputs(catalog, metrics, query.compare)
    spans = _Spans(query, full_end, context)
    parts = _parts(catalog, query, filter_, outputs, spans)
    _check_shared(parts)
    columns = (*key_columns(query), *(output.column.name for output in outputs))
    for condition in conditions_of(having) if having else ():
        if condition.dimension not in columns:
            name = condition.dimension
            raise InvalidError(f"The result has no column {name} to filter by. {suggestion(name, columns)}")
    return Plan(
        catalog=catalog,
        query=query,
        context=context,
        metrics=metrics,
        outputs=outputs,
        spans=spans.all() if query.is_filled else (),
        filter=filter_,
        having=having,
        parts=parts,
        order=_order(query, columns),
        top=_top(catalog, query, context),
    )


def _top(catalog: Catalog, query: MetricQuery, context: CompileContext) -> Plan | None:
    """The question for the members of the first dimension with the highest values of the first metric."""
    if query.top is None:
        return None
    first = query.metrics[0]
    asked = MetricQuery(
        metrics=(first,),
        by=query.by[:1],
        start=query.start,
        end=query.end,
        where=query.where,
        order=(f"-{first}",),
        limit=query.top,
    )
    return build_plan(catalog, asked, replace(context, max_rows=None))


def key_columns(query: MetricQuery) -> tuple[str, ...]:
    """The result columns of a question that are no metrics."""
    return (
        *((PERIOD,) if query.grain else ()),
        *query.by,
        *((OTHER,) if query.top else ()),
        *((TOTAL,) if query.has_totals else ()),
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
    targets = [target for metric in metrics if (target := catalog.metric(metric).target) is not None]
    concerned = next(
        metric for metric in (*metrics, *targets) if any(leaf.model == model.name for leaf in catalog.leaves(metric))
    )
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


class _Spans:
    """The periods of a question, found when the first one asks for them."""

    def __init__(self, query: MetricQuery, full_end: dt.date | None, context: CompileContext) -> None:
        self._of = query, full_end, context
        self._found: list[tuple[dt.date, Span]] | None = None

    def all(self) -> list[tuple[dt.date, Span]]:
        """Every period."""
        if self._found is None:
            self._found = find_spans(*self._of)
        return self._found

    def windows(self, frame: Frame) -> list[tuple[dt.date, dt.date, dt.date]]:
        """The days that count for each period."""
        return find_windows(frame, self.all(), self._of[2])


def _dated(query: MetricQuery, context: CompileContext) -> tuple[MetricQuery, dt.date | None]:
    """The question with dates for its range, and the last day that was asked for.

    A comparison is up to today on both sides, so that five days are compared with five days.
    """
    if query.range is not None:
        if query.start is not None or query.end is not None:
            raise InvalidError("Ask either for a range relative to today or for dates, not for both.")
        start, end = find_range(query.range, context.today, context.calendar)
        query = replace(query, start=start, end=end)
    if query.top is not None and (query.top < 1 or not query.by):
        raise InvalidError("`top` is a number of members from 1 and needs a dimension to split by.")
    if query.is_filled and query.grain is Grain.HOUR:
        raise RefusedError("Empty periods are filled by day or longer, not by hour; ask by day.")
    if query.has_totals and not query.by:
        raise InvalidError("Totals need a dimension to split by; without one, the value is the total.")
    full_end, today = query.end, context.today
    is_running = today is not None and (query.start is None or query.start <= today)
    if query.compare and is_running and today is not None and (query.end is None or query.end > today):
        query = replace(query, end=today)
    return query, full_end


def _check_columns(query: MetricQuery) -> None:
    columns = [*key_columns(query), *query.metrics]
    for column in columns:
        if columns.count(column) > 1:
            raise InvalidError(f"Column {column} is asked for twice; the columns of a result need different names.")


def _parts(
    catalog: Catalog, query: MetricQuery, filter_: Filter | None, outputs: tuple[Output, ...], spans: _Spans
) -> tuple[Part, ...]:
    is_timed = query.grain is not None or query.start is not None or query.end is not None
    groups: dict[tuple[str, str | None, Frame], dict[Leaf, None]] = {}
    for output in outputs:
        for leaf in dict.fromkeys(leaf for formula in output.formulas for leaf in formula.leaves()):
            needs_time = is_timed or not leaf.frame.is_plain or leaf.conversion is not None
            if needs_time and leaf.time is None:
                raise RefusedError(
                    f"Metric {output.column.name} has no time dimension, so it cannot be asked by period or for a"
                    f" range of dates; give model {leaf.model} or the metric a `time`, or ask without grain and dates."
                )
            groups.setdefault((leaf.model, leaf.time if needs_time else None, leaf.frame), {})[leaf] = None
    names = [*query.by, *_names([filter_] if filter_ is not None else [])]
    return tuple(
        _part(catalog, query, key, tuple(leaves), dict.fromkeys(names), spans) for key, leaves in groups.items()
    )


def _part(
    catalog: Catalog,
    query: MetricQuery,
    key: tuple[str, str | None, Frame],
    leaves: tuple[Leaf, ...],
    names: Mapping[str, None],
    spans: _Spans,
) -> Part:
    model, (_, time, frame) = catalog.models[key[0]], key
    reach = catalog.reaches[model.name]
    filters = [filter_ for leaf in leaves for filter_ in leaf.where]
    dimensions = {name: require_dimension(catalog, model, name, query.metrics) for name in names}
    dimensions |= {name: require_usable(reach.require(name)) for name in dict.fromkeys(_names(filters))}
    is_windowed = not frame.is_plain or has_own_length(query.grain)
    if is_windowed and query.grain is Grain.HOUR:
        raise RefusedError("Windows and comparisons are taken by day or longer, not by hour; ask by day.")
    if frame.reach is Reach.PERIOD and frame.shifts and query.start is None:
        raise RefusedError("What is compared needs a first day; ask with a start or a range such as `last 4 quarters`.")
    if query.has_totals:
        _require_different([dimensions[name] for name in query.by])
    until, entity = (
        require_usable(reach.require(f"{model.name}.{name}")) if name else None for name in (frame.until, frame.entity)
    )
    found = reach.require(f"{model.name}.{time}") if time else None
    if found is not None and until is not None and require_temporal(found) is not require_temporal(until):
        raise RefusedError(
            f"{found.name} of model {model.name} is {require_temporal(found)} and {until.name} is"
            f" {require_temporal(until)}; a snapshot needs both to be of one type."
        )
    return Part(
        model=model,
        time=found,
        leaves=leaves,
        by=tuple(dimensions[name] for name in query.by),
        dimensions=dimensions,
        frame=frame,
        windows=spans.windows(frame) if is_windowed else None,
        until=until,
        entity=entity,
    )


def _require_different(dimensions: Sequence[Dimension]) -> None:
    """Raises RefusedError where two dimensions are one expression: an engine cannot tell subtotals of the two apart."""
    trees = [dimension.tree() for dimension in dimensions]
    for place, tree in enumerate(trees):
        if tree in trees[:place]:
            first = dimensions[trees.index(tree)].name
            raise RefusedError(
                f"{first} and {dimensions[place].name} are the same, so totals cannot be taken over one of them alone;"
                " leave one out."
            )


def _names(filters: Iterable[Filter]) -> list[str]:
    return [condition.dimension for filter_ in filters for condition in conditions_of(filter_)]


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


def _order(query: MetricQuery, columns: Sequence[str]) -> tuple[Sort, ...]:
    order: dict[str, Sort] = {}
    for item in query.order:
        name = item.removeprefix("-")
        if name not in columns:
            raise InvalidError(f"The result has no column {name} to order by. {suggestion(name, columns)}")
        order.setdefault(name, Sort(column=name, is_descending=item.startswith("-")))
    for name in key_columns(query):
        order.setdefault(name, Sort(column=name, is_descending=False))
    return tuple(order.values())
