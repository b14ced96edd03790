"""A tile's change as a row of "What moved and why"."""

from app.ui.badge import Change
from app.ui.insight import Contribution, InsightRow
from app.ui.tone import Direction
from core.numbers import change, compact
from metrics import Better
from notebooks import TileOutput

_SHOWN = 3


def insight_of(output: TileOutput) -> InsightRow | None:
    """The row for a tile whose change is told by its members; None where it is not."""
    found = output.difference
    if found is None or output.change is None or not found.contributions:
        return None
    shown = found.contributions[:_SHOWN]
    rest = sum((one.change for one in found.contributions[_SHOWN:]), start=found.change * 0)
    parts = [(one.member, one.change) for one in shown]
    if len(found.contributions) > _SHOWN:
        parts.append(("Other", rest))
    direction = {True: Direction.BETTER, False: Direction.WORSE, None: Direction.NEUTRAL}
    sign = {Better.UP: 1, Better.DOWN: -1, Better.NEUTRAL: 0}[output.better]
    return InsightRow(
        title=output.label,
        sentence=output.sentence,
        change=Change(text=change(output.change, output.unit), direction=direction[output.is_better]),
        before=str(compact(output.previous_value, output.unit)),
        after=str(compact(output.value, output.unit)),
        contributions=tuple(
            Contribution(
                label=member,
                text=change(amount, output.unit),
                value=float(amount),
                direction=direction[None if not sign or not amount else (amount > 0) == (sign > 0)],
            )
            for member, amount in parts
        ),
    )
