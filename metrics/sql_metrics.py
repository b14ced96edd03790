"""`metric('win_rate')` in a SELECT of a member: the aggregate of the metric, over the rows of that SELECT.

The SELECT must read the table of the metric's model and nothing beside it, so that no join counts a row twice.
"""

from sqlglot import exp

from core.errors import RefusedError
from metrics.binding import Binder
from metrics.catalog import Catalog
from metrics.compiled import CompileContext
from metrics.conditions import Lowering
from metrics.leaf import Leaf
from metrics.lowering import aggregate_tree, lower_formula
from metrics.plan import require_usable
from metrics.reach import Dimension
from metrics.recipe import Level
from metrics.spec import Model

FUNCTION = "metric"


def has_metrics(tree: exp.Query) -> bool:
    """Whether a SELECT uses a metric."""
    return any(call.name.casefold() == FUNCTION for call in tree.find_all(exp.Anonymous))


def expand_metrics(tree: exp.Query, catalog: Catalog, context: CompileContext, binder: Binder) -> None:
    """Put the aggregates of metrics in the place of their names.

    Raises InvalidError for an unknown metric, RefusedError for one that is not an aggregate of the rows of one table.
    """
    for call in list(tree.find_all(exp.Anonymous)):
        if call.name.casefold() == FUNCTION:
            call.replace(exp.Paren(this=_expanded(call, catalog, context, binder)))


def _expanded(call: exp.Anonymous, catalog: Catalog, context: CompileContext, binder: Binder) -> exp.Expr:
    metric = _metric_name(call)
    catalog.metric(metric)
    model = _require_model(metric, catalog)
    alias = _require_table(call, metric, model)
    reach = catalog.reaches[model.name]

    def find(name: str) -> Dimension:
        dimension = require_usable(reach.require(name))
        if dimension.path:
            raise RefusedError(
                f"metric('{metric}') filters by {name}, which is of another table; ask for it by itself."
            )
        return Dimension(
            name=dimension.name, label=dimension.label, qualified_name=dimension.qualified_name, model=alias, path=(),
            definition=dimension.definition,
        )  # fmt: skip

    def aggregate(leaf: Leaf, _level: Level) -> exp.Expr:
        measure = model.measures[leaf.measure]
        conditions = [] if measure.where is None else [measure.where.on(alias)]
        for filter_ in leaf.where:
            conditions += Lowering(find, binder, context).lower_all(filter_)
        return aggregate_tree(measure, alias, conditions)

    return lower_formula(catalog.formulas[metric], aggregate, Level.GROUP, list)


def _metric_name(call: exp.Anonymous) -> str:
    (name,) = call.expressions if len(call.expressions) == 1 else (None,)
    if not isinstance(name, exp.Literal) or not name.is_string:
        raise RefusedError("metric() takes the name of one metric in quotes, as in metric('win_rate').")
    return name.name


def _require_model(metric: str, catalog: Catalog) -> Model:
    models = catalog.models_of([metric])
    leaves = catalog.leaves(metric)
    if len(models) != 1 or models[0].table is None:
        raise RefusedError(
            f"metric('{metric}') is counted from {', '.join(model.label for model in models)}; in SQL a metric must be"
            " counted from one table. Ask for it as a metric instead."
        )
    is_plain = all(leaf.frame.is_plain and leaf.conversion is None for leaf in leaves)
    if not is_plain or catalog.is_relative(metric):
        raise RefusedError(
            f"metric('{metric}') depends on other rows or other periods than those of the SELECT; ask for it as a"
            " metric instead."
        )
    return models[0]


def _require_table(call: exp.Anonymous, metric: str, model: Model) -> str:
    """The name that the table of the model has in the SELECT around a call."""
    select = call.find_ancestor(exp.AggFunc, exp.Window, exp.Where, exp.Group, exp.Join, exp.Select)
    if not isinstance(select, exp.Select):
        raise RefusedError(f"metric('{metric}') is an aggregate: it stands among the columns, in HAVING or ORDER BY.")
    from_ = select.args.get("from_")
    table = from_.this if from_ is not None else None
    is_alone = isinstance(table, exp.Table) and not select.args.get("joins") and not table.args.get("joins")
    if not is_alone or table is None or table.name.casefold() != (model.table or "").casefold():
        raise RefusedError(
            f"metric('{metric}') counts rows of the table {model.table}, and must stand in a query that"
            f" reads {model.table} and nothing beside it: a join could count a row twice. Give it a"
            " subquery of its own."
        )
    return str(table.alias_or_name)
