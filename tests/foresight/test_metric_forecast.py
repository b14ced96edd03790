"""The forecast of a metric: of whole periods, of the reader's rows, with its record and members that add up."""

import datetime as dt
from dataclasses import replace

import pyarrow as pa
import pytest

from core.errors import InvalidError, RefusedError
from metrics import Grain
from notebooks import AskedPage, ChartOutput, ForecastCell, PageQuestion, run_cell
from services.definitions import apply_definitions
from services.foresight import ForecastQuestion, first_forecast, forecast_metric, parse_forecast
from services.foresight.cells import cell_of_forecast
from services.foresight.question import USUAL_HORIZON
from services.imports import load_tables
from services.notebook_asking import PrincipalAsk
from services.notebooks import scope_of
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from tenants.access import Principal, Role, operator

ORDERS = """
model: orders
table: orders
key: id
time: day
dimensions:
  region: {column: region}
  day: {type: time, column: day}
measures:
  value: {agg: sum, sql: amount}
  all: {agg: count}
  large: {agg: count, where: "amount > 200"}
metrics:
  revenue: {kind: simple, measure: value, label: Revenue, unit: EUR}
  large_share: {kind: ratio, numerator: large, denominator: all, label: Large, unit: ratio}
"""
POLICY = "{policy: north, roles: [analyst], rows: [{dimension: region, in: member.regions}]}"
MONTHS = 40


def orders(extra: int = 0) -> pa.Table:
    """An order of each region on the 3rd of each month from May 2023 to August 2026; `extra` is put on one of July."""
    days = [dt.date(2023 + (4 + n) // 12, (4 + n) % 12 + 1, 3) for n in range(MONTHS) for _ in range(2)]
    amounts = [(100 if n % 2 else 300) + 7 * ((n // 2) % 5) for n in range(2 * MONTHS)]
    amounts[-4] += extra
    return pa.table(
        {
            "id": list(range(2 * MONTHS)),
            "day": pa.array(days, pa.date32()),
            "amount": amounts,
            "region": ["South" if n % 2 else "North" for n in range(2 * MONTHS)],
        }
    )


@pytest.fixture
def asking(platform: Platform) -> tuple[Platform, Principal]:
    """A tenant with these orders on 20 August 2026."""
    tenant = create_tenant(platform, slug="acme", name="Acme", calendar_day=dt.date(2026, 8, 20))
    principal = operator(tenant)
    load_tables(platform, principal, {"orders": orders()})
    apply_definitions(platform, principal, {"orders.yaml": ORDERS})
    return platform, principal


def test_a_forecast_begins_after_the_last_whole_period(asking: tuple[Platform, Principal]) -> None:
    found = forecast_metric(*asking, ForecastQuestion(metric="revenue", horizon=3))
    assert max(found.past.whole) == dt.date(2026, 7, 1)
    assert found.past.whole[dt.date(2023, 6, 1)] == 400 + 14
    assert str(found.past.running) == "(datetime.date(2026, 8, 1), 456.0)"
    assert [point.time for point in found.forecast.points] == ["2026-08-01", "2026-09-01", "2026-10-01"]
    assert all(point.lo <= point.mean <= point.hi for point in found.forecast.points)
    assert found.forecast.record.origins >= 3
    assert found.chart.between == (2, 3)


def test_members_add_up_to_the_whole(asking: tuple[Platform, Principal]) -> None:
    found = forecast_metric(*asking, ForecastQuestion(metric="revenue", horizon=2, by="region"))
    assert found.is_reconciled
    assert [one.member for one in found.members] == ["North", "South"]
    parts = [one.forecast.points[1].mean for one in found.members if one.forecast is not None]
    assert sum(parts) == pytest.approx(found.forecast.points[1].mean)


def test_members_of_a_ratio_are_forecast_by_themselves(asking: tuple[Platform, Principal]) -> None:
    found = forecast_metric(*asking, ForecastQuestion(metric="large_share", horizon=2, by="region"))
    assert not found.is_reconciled
    assert {one.member: one.forecast.points[0].mean for one in found.members if one.forecast} == {
        "North": 1.0,
        "South": 0.0,
    }


def test_a_reader_has_the_forecast_of_their_own_rows(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    apply_policies(platform, principal, {"north.yaml": POLICY})
    ann = add_member(
        platform, principal, email="ann@acme.example", name="Ann", role=Role.ANALYST.value,
        attributes={"regions": ["South"]},
    )  # fmt: skip
    whole = forecast_metric(platform, principal, ForecastQuestion(metric="revenue"))
    own = forecast_metric(platform, ann, ForecastQuestion(metric="revenue"))
    assert whole.past.whole[dt.date(2023, 6, 1)] == 414
    assert own.past.whole[dt.date(2023, 6, 1)] == 107
    assert own.forecast.points[0].mean < whole.forecast.points[0].mean / 2


def test_a_cell_shows_what_the_page_shows_of_the_rows_a_dashboard_is_filtered_to(
    asking: tuple[Platform, Principal],
) -> None:
    platform, principal = asking
    page = forecast_metric(platform, principal, ForecastQuestion(metric="revenue", horizon=3, where="region = 'South'"))
    cell = cell_of_forecast(ForecastQuestion(metric="revenue", horizon=3), "ahead")
    scope = replace(scope_of(platform, principal), where="region = 'South'")
    output = run_cell(cell, PrincipalAsk(platform, principal), scope).output
    assert isinstance(output, ChartOutput)
    rows = output.result.table.to_pylist()
    known = [row for row in rows if row["value"] is not None]
    assert {row["period"]: row["value"] for row in known}.items() <= page.past.whole.items()
    assert known[-1]["period"] == dt.date(2026, 7, 1)
    ahead = [(row["expected"], row["low"], row["high"]) for row in rows[len(known) :]]
    assert ahead == [(point.mean, point.lo, point.hi) for point in page.forecast.points]
    assert output.chart.series == page.chart.series
    assert "The forecast is" in output.result.sentence
    usual = run_cell(ForecastCell(name="ahead", metric="revenue"), PrincipalAsk(platform, principal), scope).output
    assert isinstance(usual, ChartOutput)
    assert len(usual.result.table["expected"].drop_null()) == USUAL_HORIZON[Grain.MONTH]
    asking_first = PageQuestion(page=AskedPage.FORECAST, choices={"ahead": ("2",), "by": ()})
    first = PrincipalAsk(platform, principal).page(asking_first)
    assert len(first.result.table["expected"].drop_null()) == 2
    yearly = ForecastCell(name="yearly", metric="revenue", grain=Grain.YEAR)
    short = run_cell(yearly, PrincipalAsk(platform, principal), scope)
    assert short.problem is not None
    assert "at least 4 are needed" in short.problem.message


def test_new_rows_change_the_forecast_and_the_same_rows_do_not(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    question = ForecastQuestion(metric="revenue")
    before = forecast_metric(platform, principal, question)
    assert forecast_metric(platform, principal, question).forecast is before.forecast
    load_tables(platform, principal, {"orders": orders(extra=9000)})
    assert forecast_metric(platform, principal, question).past.whole[dt.date(2026, 7, 1)] > 9000


def test_what_cannot_be_forecast_is_refused_with_a_reason(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    with pytest.raises(RefusedError, match="has 2 values; at least 4 are needed"):
        forecast_metric(platform, principal, ForecastQuestion(metric="revenue", grain=Grain.YEAR))
    with pytest.raises(InvalidError, match="revenue"):
        forecast_metric(platform, principal, ForecastQuestion(metric="revenu"))
    assert first_forecast(platform, principal) in {"revenue", "large_share"}


def test_a_question_is_read_from_the_address_and_written_back() -> None:
    asked = {"metric": "revenue", "grain": "week", "ahead": "13", "by": "region"}
    assert parse_forecast(asked, "").to_params() == asked
    assert parse_forecast({}, "revenue") == ForecastQuestion(metric="revenue")
    with pytest.raises(InvalidError, match="no forecast by fortnight"):
        parse_forecast({"grain": "fortnight"}, "revenue")
    with pytest.raises(InvalidError, match="from 1 to 120"):
        parse_forecast({"ahead": "0"}, "revenue")
