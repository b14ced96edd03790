"""The passes that put the rows of an answer in order and cut them."""

from sqlglot import exp

from metrics.plan import Plan


def sort_rows(tree: exp.Select, plan: Plan) -> exp.Select:
    """Orders by result columns, nulls last in both directions."""
    ordered = [
        exp.Ordered(
            this=exp.Column(this=exp.Identifier(this=sort.column, quoted=True)),
            desc=sort.is_descending or None,
            nulls_first=False,
        )
        for sort in plan.order
    ]
    if ordered:
        tree.set("order", exp.Order(expressions=ordered))
    return tree


def limit_rows(tree: exp.Select, plan: Plan) -> exp.Select:
    """Cuts the rows at the smaller of the question's and the caller's limit."""
    if plan.limit is not None:
        tree.set("limit", exp.Limit(expression=exp.Literal.number(plan.limit)))
    return tree
