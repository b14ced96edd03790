"""The question of the page Lifecycle, as a URL has it."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from metrics.behaviour import Period
from services.behaviour import choices
from services.behaviour.choices import Params


class View(StrEnum):
    """What is asked of entities: how they stand from period to period, how often they come, or what they are worth."""

    LIFECYCLE = "lifecycle"
    RFM = "rfm"
    STICKINESS = "stickiness"


# Habits are looked for in days, standing in months, worth over a year.
_PERIODS = {View.LIFECYCLE: Period.MONTH, View.RFM: Period.MONTH, View.STICKINESS: Period.DAY}
_RANGES = {View.LIFECYCLE: "", View.RFM: "last 12 months", View.STICKINESS: "last 30 days"}
ALL_TIME = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleQuestion:
    """Whose `event` is looked at, written as in `choices.parse_step`. Without `period` or `range` it is the view's.

    The range is of the periods shown, and of the events of stickiness and RFM; `all` is every one.
    """

    view: View = View.LIFECYCLE
    model: str = ""
    entity: str = ""
    event: str = ""
    period: Period | None = None
    range: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    where: str = ""

    @property
    def unit(self) -> Period:
        """The period that is counted by."""
        return self.period or _PERIODS[self.view]

    @property
    def words(self) -> str:
        """The range in words; empty for none."""
        asked = self.range or ("" if self.first or self.last else _RANGES[self.view])
        return "" if asked == ALL_TIME else asked

    def to_params(self) -> dict[str, list[str]]:
        """The choices for a URL; what is at its default is left out."""
        found = {
            "view": [str(self.view)] if self.view is not View.LIFECYCLE else [], "model": [self.model],
            "entity": [self.entity], "event": [self.event], "period": [str(self.period or "")],
            "range": [self.range], "from": [choices.day_text(self.first)], "to": [choices.day_text(self.last)],
            "where": [self.where],
        }  # fmt: skip
        return choices.filled(found)


def parse_lifecycle(params: Params) -> LifecycleQuestion:
    """The question of a URL. Raises InvalidError for what no choice is."""
    return LifecycleQuestion(
        view=choices.choice(params, "view", View, View.LIFECYCLE),
        model=choices.last(params, "model"),
        entity=choices.last(params, "entity"),
        event=choices.last(params, "event"),
        period=choices.choice(params, "period", Period, Period.MONTH) if choices.last(params, "period") else None,
        range=choices.last(params, "range"),
        first=choices.day(params, "from"),
        last=choices.day(params, "to"),
        where=choices.last(params, "where"),
    )
