"""What is written in a retention cell."""

from dataclasses import dataclass

from metrics.behaviour.spec import Mode, Period
from notebooks.cell import Cell
from notebooks.fields import Fields

MOST_PERIODS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionCell(Cell):
    """Who starts and who comes back in the model `events`; everything else is as on the page Retention."""

    start: str = ""
    returns: str = ""
    events: str = ""
    entity: str = ""
    title: str = ""
    period: Period = Period.MONTH
    periods: int = 13
    mode: Mode = Mode.BOUNDED
    range: str = ""
    where: str | None = None


def read(name: str, fields: Fields) -> RetentionCell:
    """A retention cell from its keys."""
    return RetentionCell(
        name=name,
        start=fields.line("start"),
        returns=fields.line("returns"),
        events=fields.line("events"),
        entity=fields.line("entity"),
        title=fields.line("title"),
        period=fields.choice("period", Period, Period.MONTH),
        periods=fields.integer("periods", 13, minimum=1, maximum=MOST_PERIODS),
        mode=fields.choice("mode", Mode, Mode.BOUNDED),
        range=fields.line("range"),
        where=fields.optional("where"),
    )


EXAMPLE = RetentionCell(name="comeback", start="Signed up", returns="any", title="Who comes back", period=Period.WEEK)
