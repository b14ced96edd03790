"""Which kinds of chart are offered for an answer, by its columns, and that each of them can be drawn."""

import datetime as dt

import pyarrow as pa
import pytest

from charts import ChartKind, render_drawing, render_plotly
from core.result import Column, ColumnType, Result, Watermark
from metrics import Grain
from services.explore.drawing import draw_result
from services.explore.kinds import suggest_kinds
from services.explore.question import Question

UNITS = {"revenue": "USD", "cost": "USD", "rate": "ratio"}


def answer(**columns: list[object]) -> Result:
    """A result whose columns are dimensions but for those of `UNITS`."""
    table = pa.table(columns)
    known = tuple(
        Column(name=name, label=name.capitalize(), type=ColumnType.NUMBER, unit=UNITS[name], is_metric=True)
        if name in UNITS
        else Column(name=name, label=name.capitalize(), type=ColumnType.DATE if name == "period" else ColumnType.TEXT)
        for name in columns
    )
    return Result(columns=known, table=table, watermark=Watermark(version=1, loaded_at=None), sql="SELECT 1")


COUNTRIES = answer(country=["Germany", "FR", "Moon", "USA"], revenue=[4.0, 3.0, 2.0, None])
MANY = answer(rep=[f"r{number}" for number in range(20)], revenue=[float(number) for number in range(20)])
PAIRS = answer(region=["N", "N", "S"], product=["a", "b", "a"], revenue=[1.0, 2.0, 3.0])
TWO_UNITS = answer(rep=["x", "y"], revenue=[1.0, 2.0], rate=[0.5, 0.25])
ONE_UNIT = answer(rep=["x", "y"], revenue=[1.0, 2.0], cost=[0.5, 0.25])
DAYS = answer(period=[dt.date(2026, 1, 1) + dt.timedelta(day) for day in range(90)], revenue=[1.0] * 90)

BAR, COLUMN, LINE, AREA = ChartKind.BAR, ChartKind.COLUMN, ChartKind.LINE, ChartKind.AREA
MAP, TREEMAP, CALENDAR = ChartKind.MAP, ChartKind.TREEMAP, ChartKind.CALENDAR


@pytest.mark.parametrize(
    ("question", "result", "is_additive", "kinds"),
    [
        (Question(metrics=("revenue",), by=("country",)), COUNTRIES, True, (MAP, BAR, COLUMN, TREEMAP)),
        (Question(metrics=("revenue",), by=("rep",)), MANY, False, (BAR, COLUMN, ChartKind.HISTOGRAM)),
        (Question(metrics=("revenue",), by=("region", "product")), PAIRS, True, (BAR, COLUMN, ChartKind.SANKEY)),
        (Question(metrics=("revenue",), by=("region", "product")), PAIRS, False, (BAR, COLUMN)),
        (Question(metrics=("revenue", "rate"), by=("rep",)), TWO_UNITS, False, (ChartKind.SCATTER, BAR, COLUMN)),
        (Question(metrics=("revenue", "cost"), by=("rep",)), ONE_UNIT, True, (BAR, COLUMN, ChartKind.SCATTER)),
        (Question(metrics=("revenue",), grain=Grain.DAY), DAYS, True, (LINE, COLUMN, AREA, CALENDAR)),
        (Question(metrics=("revenue",), by=("country",), compare=("prior_year",)), COUNTRIES, True, (BAR, COLUMN)),
    ],
)  # fmt: skip
def test_the_kinds_offered_follow_from_the_columns_and_can_be_drawn(
    question: Question, result: Result, kinds: tuple[ChartKind, ...], *, is_additive: bool
) -> None:
    assert suggest_kinds(question, result, is_additive=is_additive) == kinds
    for kind in kinds:
        chart = draw_result(question, result, kind)
        assert chart.kind is kind
        assert render_plotly(chart).data
        assert render_drawing(chart, 300, 160).marks


def test_two_names_of_one_country_are_not_offered_a_map() -> None:
    twice = answer(country=["UK", "Britain", "France"], revenue=[1.0, 2.0, 3.0])
    kinds = suggest_kinds(Question(metrics=("revenue",), by=("country",)), twice)
    assert kinds == (BAR, COLUMN)


def test_flows_lie_between_the_members_of_the_two_dimensions() -> None:
    chart = draw_result(Question(metrics=("revenue",), by=("region", "product")), PAIRS, ChartKind.SANKEY)
    flows = {(one.name, x): y for one in chart.series for x, y in zip(one.x, one.y, strict=True)}
    assert flows == {("N", "a"): 1, ("N", "b"): 2, ("S", "a"): 3}


def test_a_histogram_counts_every_member() -> None:
    chart = draw_result(Question(metrics=("revenue",), by=("rep",)), MANY, ChartKind.HISTOGRAM)
    assert sum(count or 0 for count in chart.series[0].y) == 20
