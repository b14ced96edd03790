"""Division that is right for people: never of whole numbers only, and null when the divisor is zero."""

from sqlglot import exp


def divide(dividend: exp.Expr, divisor: exp.Expr) -> exp.Expr:
    """One tree over another, as a double, so that no engine divides whole numbers; takes both over."""
    return exp.Div(
        this=exp.Cast(this=dividend, to=exp.DataType.build("double")),
        expression=exp.Nullif(this=divisor, expression=exp.Literal.number(0)),
    )
