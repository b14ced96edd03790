"""A question answered from rollups: the same plan, its parts counted over their tables in the place of the models'."""

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from metrics.aggregation import Aggregation
from metrics.guard import column_scalar
from metrics.lowering import name
from metrics.plan import Part, Plan
from metrics.reach import Dimension
from metrics.rollup.need import need_of
from metrics.rollup.spec import DAY, StoredRollup, dimension_column, measure_column
from metrics.spec import Measure, Model, Temporal

# Rollups are kept in memory, beside the store.
_CATALOG, _SCHEMA = "memory", "main"


def serve_plan(plan: Plan, stored: Sequence[StoredRollup]) -> tuple[Plan, tuple[str, ...]] | None:
    """The plan over rollups with the tables it reads; None where one of its parts is covered by none of them."""
    tables: dict[str, None] = {}

    def served(one: Plan) -> Plan | None:
        parts = []
        for part in one.parts:
            need = need_of(one, part)
            found = next((kept for kept in stored if need is not None and kept.rollup.covers(need)), None)
            if found is None:
                return None
            tables[found.table] = None
            parts.append(_rolled(part, found))
        if one.top is None:
            return replace(one, parts=tuple(parts))
        top = served(one.top)
        return None if top is None else replace(one, parts=tuple(parts), top=top)

    found = served(plan)
    return None if found is None else (found, tuple(tables))


def stored_table(table: str) -> exp.Table:
    """The table of a rollup, by its full name."""
    return exp.Table(this=name(table), db=name(_SCHEMA), catalog=name(_CATALOG))


def rolled_measure(measure: Measure) -> Measure:
    """A measure over the aggregates of a rollup: counts and sums are added up, the least of the least is the least."""
    is_counted = measure.aggregation is Aggregation.COUNT
    return replace(
        measure,
        aggregation=Aggregation.SUM if is_counted else measure.aggregation,
        scalar=column_scalar(measure_column(measure.name)),
        where=None,
        is_recount=is_counted,
    )


def _rolled(part: Part, stored: StoredRollup) -> Part:
    return replace(
        part,
        model=_rolled_model(part.model, stored),
        # What is counted as one is counted over the very days that are asked for.
        time=_rolled_time(part.time) if part.time is not None and stored.rollup.is_daily else None,
        by=tuple(_rolled_dimension(dimension) for dimension in part.by),
        dimensions={asked: _rolled_dimension(dimension) for asked, dimension in part.dimensions.items()},
    )


def _rolled_model(model: Model, stored: StoredRollup) -> Model:
    rows = exp.Select(expressions=[exp.Star()], from_=exp.From(this=stored_table(stored.table)))
    measures = {measure: rolled_measure(model.measures[measure]) for measure in stored.rollup.measures}
    return replace(model, table=None, sql=None, query=rows, joins={}, dimensions={}, measures=measures)


def _rolled_dimension(dimension: Dimension) -> Dimension:
    definition = replace(dimension.definition, scalar=column_scalar(dimension_column(dimension)))
    return replace(dimension, path=(), definition=definition)


def _rolled_time(time: Dimension) -> Dimension:
    definition = replace(time.definition, scalar=column_scalar(DAY), temporal=Temporal.DATE)
    return replace(time, definition=definition)
