"""Every change of every deal as rows, with what a deal is and whose: what a forecast of bookings learns from."""

from collections.abc import Sequence

from sqlglot import exp

from core.errors import RefusedError
from metrics.bridge import ENTITY
from metrics.catalog import Catalog
from metrics.compiled import CompileContext, CompiledQuery, Lineage
from metrics.guard import DIALECT
from metrics.lowering import name, named, sources
from metrics.plan import require_usable
from metrics.spec import Model
from metrics.timeline import local_day

DAY, AMOUNT, CLOSE, STAGE, OWNER, TRAIT = "day", "amount", "close", "stage", "owner", "trait"


def compile_changes(
    catalog: Catalog, model: Model, traits: Sequence[str], context: CompileContext | None = None
) -> CompiledQuery:
    """The rows of a history of deals, by deal and in the order of the changes.

    Columns are `entity`, `day` in the tenant's zone, `amount`, `close`, `stage`, `owner` (null where the pipeline names
    none) and `trait_0`, `trait_1`... for the dimensions of `traits`. Raises RefusedError.
    """
    context = context or CompileContext()
    pipeline, time = model.pipeline, model.time
    if pipeline is None or time is None:
        raise RefusedError(f"Model {model.name} has no `pipeline` and no `time`, so there is no forecast of its deals.")
    reach = catalog.reaches[model.name]
    moment = require_usable(reach.require(f"{model.name}.{time}"))
    owner = require_usable(reach.require(pipeline.owner)) if pipeline.owner else None
    dimensions = [require_usable(reach.require(trait)) for trait in traits]

    def column(of: str) -> exp.Column:
        return exp.Column(this=name(of), table=name(model.name))

    tree = exp.Select(
        expressions=[
            named(column(pipeline.entity), ENTITY),
            named(local_day(moment, context.zone), DAY),
            named(column(pipeline.amount), AMOUNT),
            named(exp.cast(column(pipeline.close), exp.DataType.Type.DATE), CLOSE),
            named(column(pipeline.stage), STAGE),
            named(exp.Null() if owner is None else owner.tree(), OWNER),
            *(named(one.tree(), f"{TRAIT}_{place}") for place, one in enumerate(dimensions)),
        ],
        where=exp.Where(this=exp.Not(this=exp.Is(this=moment.operand(), expression=exp.Null()))),
        order=exp.Order(expressions=[column(pipeline.entity), moment.tree(), *(column(key) for key in model.key)]),
        **sources(model, [*dimensions, *([owner] if owner else [])], catalog),
    )
    return CompiledQuery(
        sql=tree.sql(dialect=DIALECT, copy=False),
        parameters=(),
        columns=(),
        sentence=f"Every change of {model.label}.",
        lineage=(Lineage(metric="pipeline", model=model.name, table=model.table, sql=model.sql),),
        tree=tree,
    )
