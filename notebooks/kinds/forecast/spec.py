"""What is written in a forecast cell."""

from dataclasses import dataclass

from metrics import Grain
from notebooks.cell import Cell
from notebooks.fields import Fields

GRAINS = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
MOST_AHEAD = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastCell(Cell):
    """`metric` by `grain` from where its data end, `ahead` periods far; 0 is as far as is usual for the grain."""

    metric: str
    grain: Grain = Grain.MONTH
    ahead: int = 0
    title: str = ""
    where: str | None = None


def read(name: str, fields: Fields) -> ForecastCell:
    """A forecast cell from its keys."""
    return ForecastCell(
        name=name,
        metric=fields.name("metric"),
        grain=fields.choice("grain", GRAINS, Grain.MONTH),
        ahead=fields.integer("ahead", 0, minimum=0, maximum=MOST_AHEAD),
        title=fields.line("title"),
        where=fields.optional("where"),
    )


EXAMPLE = ForecastCell(name="ahead", metric="won_revenue", grain=Grain.MONTH, ahead=6, title="Revenue to come")
