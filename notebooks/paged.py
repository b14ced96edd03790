"""The question of a page, as cells ask it: the choices that the page keeps in its address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from charts import Chart
from core.result import Result
from notebooks.kinds.chart.output import ChartOutput


class AskedPage(StrEnum):
    """The page whose question it is, by its path."""

    ATTRIBUTION = "attribution"
    EXPERIMENTS = "experiments"
    FORECAST = "forecast"
    FUNNELS = "funnels"
    LIFECYCLE = "lifecycle"
    PATHS = "paths"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuestion:
    """What is asked: the choices by their names in the address, and the title of the chart."""

    page: AskedPage
    title: str = ""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswer:
    """What it comes to."""

    chart: Chart
    result: Result

    def output(self) -> ChartOutput:
        """As a chart cell comes to it; its values do not add up."""
        return ChartOutput(chart=self.chart, result=self.result)
