"""The days of a calendar that a tenant keeps in a table, as a query."""

from sqlglot import exp

from metrics.lowering import model_source
from metrics.spec import Model, OwnCalendar


def calendar_rows(model: Model, calendar: OwnCalendar, column: str) -> exp.Select:
    """A row for each row of the table: its day, and what the column says of it."""
    table = exp.to_identifier(model.name, quoted=True)
    day, period = (exp.column(exp.to_identifier(name, quoted=True), table) for name in (calendar.day, column))
    asked = ((day, "date"), (period, "text"))
    return exp.Select(
        expressions=[exp.Cast(this=tree, to=exp.DataType.build(type_)) for tree, type_ in asked],
        from_=exp.From(this=model_source(model, model.name)),
    )
