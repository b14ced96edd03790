"""Charts: gaps filled where that is true, the running period marked, the rest added up only where that is right."""

import datetime as dt
from dataclasses import replace

import pytest

from charts import Chart, ChartKind, Event, Role
from metrics import Grain
from metrics.period import PeriodKind
from notebooks import ChartCell, ChartOutput, NotebookError, Scope, parse_notebook, run_cell
from tests.notebooks.deals import BOOKINGS, SCOPE, Deal, DealsAsk

TREND = ChartCell(name="trend", chart=ChartKind.LINE, metrics=("bookings",), grain=Grain.MONTH, last=12)
BREAKDOWN = ChartCell(
    name="by_region", chart=ChartKind.BAR, metrics=("bookings",), by=("region",), period=PeriodKind.QUARTER
)
# Twenty regions that won 1 to 20 in October; every second one lost a deal as well.
MANY: list[Deal] = [(f"R{number:02}", "Ana", "2026-10-05", number, True) for number in range(1, 21)]
MANY += [(f"R{number:02}", "Ana", "2026-10-06", 5, False) for number in range(2, 21, 2)]


def draw(cell: ChartCell, ask: DealsAsk | None = None, scope: Scope = SCOPE) -> Chart:
    run = run_cell(cell, ask or DealsAsk(), scope)
    assert isinstance(run.output, ChartOutput), run.problem
    return run.output.chart


def problem(cell: ChartCell, scope: Scope = SCOPE) -> str:
    run = run_cell(cell, DealsAsk(), scope)
    assert run.problem is not None
    return run.problem.message


def test_months_without_deals_are_zero_between_months_with_some_and_unknown_before() -> None:
    chart = draw(TREND)
    assert chart.series[0].x[0] == dt.date(2025, 12, 1)
    assert chart.series[0].y == (None, None, 10, 0, 0, 0, 0, 230, 570, 70, 300, 80)


def test_months_before_the_first_deal_are_zero_where_the_data_are_known_to_cover_them() -> None:
    known = replace(BOOKINGS, data_from=dt.date(2026, 1, 15), data_to=dt.date(2026, 11, 20))
    assert draw(TREND, DealsAsk(bookings=known)).series[0].y[:3] == (None, 0, 10)


def test_months_without_deals_have_no_ratio() -> None:
    values = draw(replace(TREND, metrics=("win_rate",))).series[0].y
    assert values[2:7] == (1, None, None, None, None)


def test_running_month_is_marked_with_how_far_it_has_come() -> None:
    chart = draw(TREND)
    assert (chart.incomplete_from, chart.incomplete_note) == (dt.date(2026, 11, 1), "Nov: 20 of 30 days")


def test_last_day_of_a_month_is_not_marked() -> None:
    chart = draw(TREND, scope=Scope(today=dt.date(2026, 9, 30)))
    assert (chart.incomplete_from, chart.incomplete_note) == (None, "")


def test_today_is_marked_in_a_chart_by_day() -> None:
    chart = draw(replace(TREND, grain=Grain.DAY, last=7))
    assert chart.series[0].y == (None, 30, None, None, None, None, None)
    assert (chart.incomplete_from, chart.incomplete_note) == (dt.date(2026, 11, 20), "20 Nov: so far")


def test_description_has_the_figures() -> None:
    assert draw(TREND).description == (
        "Bookings by month, Dec 2025 to Nov 2026: lowest $0 in Mar 2026, highest $570 in Aug 2026, "
        "last $80 in Nov 2026 (20 of 30 days)."
    )


def test_chart_of_nothing_says_so() -> None:
    chart = draw(TREND, DealsAsk([]))
    assert chart.is_empty
    assert chart.description == "Bookings by month, Dec 2025 to Nov 2026: no data."


def test_line_for_each_member_the_largest_first() -> None:
    chart = draw(replace(TREND, by=("region",), last=4))
    lines = {one.name: one.y for one in chart.series}
    assert list(lines) == ["EMEA", "AMER", "APAC"]
    assert lines == {"EMEA": (520, 0, 100, 50), "AMER": (50, 70, 200, 0), "APAC": (0, 0, 0, 30)}
    assert chart.description == (
        "Bookings by month, Aug 2026 to Nov 2026; in Nov 2026 (20 of 30 days): EMEA $50, AMER $0, APAC $30."
    )


def test_ninth_line_and_those_after_it_are_added_up_as_other() -> None:
    chart = draw(replace(TREND, by=("region",), last=2), DealsAsk(MANY))
    assert [one.name for one in chart.series] == ["R20", "R19", "R18", "R17", "R16", "R15", "R14", "Other"]
    assert (chart.series[-1].y[0], chart.series[-1].role) == (sum(range(1, 14)), Role.CONTEXT)
    assert chart.subtitle == "7 of 20 shown, the rest as Other"


def test_ratios_beyond_the_eighth_line_are_left_out_and_said_to_be() -> None:
    chart = draw(replace(TREND, metrics=("win_rate",), by=("region",), last=2), DealsAsk(MANY))
    assert (len(chart.series), chart.subtitle) == (8, "8 of 20 shown")


def test_fiscal_quarters_that_do_not_begin_with_the_calendars_are_asked_one_by_one() -> None:
    ask = DealsAsk()
    chart = draw(replace(TREND, grain=Grain.QUARTER, last=4), ask, replace(SCOPE, fiscal_start_month=2))
    assert chart.series[0].x == (dt.date(2026, 2, 1), dt.date(2026, 5, 1), dt.date(2026, 8, 1), dt.date(2026, 11, 1))
    assert chart.series[0].y == (10, 230, 940, 80)
    assert chart.incomplete_note == "Q4: 20 of 92 days"
    assert len(ask.queries) == 4


def test_too_many_periods_to_ask_one_by_one_are_refused() -> None:
    cell = replace(TREND, grain=Grain.QUARTER, last=61)
    assert "show at most 60" in problem(cell, replace(SCOPE, fiscal_start_month=2))


def test_metrics_of_different_units_do_not_share_an_axis() -> None:
    message = problem(replace(TREND, metrics=("bookings", "win_rate")))
    assert message.startswith("Bookings (USD), Win rate (ratio) cannot share one axis")


def test_metrics_of_one_unit_are_lines_of_one_chart() -> None:
    chart = draw(replace(TREND, metrics=("won_deals", "closed_deals"), last=2))
    assert {one.name: one.y for one in chart.series} == {"Won deals": (2, 2), "Closed deals": (3, 3)}
    assert chart.title == "Won deals and Closed deals by month"


def test_bars_stand_in_falling_order() -> None:
    chart = draw(BREAKDOWN)
    assert (chart.series[0].x, chart.series[0].y) == (("AMER", "EMEA", "APAC"), (200, 150, 30))
    assert (chart.title, chart.subtitle) == ("Bookings by region", "Q4 2026 to date")
    assert chart.description == ("Bookings by region, Q4 2026 to date: highest AMER $200, lowest APAC $30, 3 in all.")


def test_rest_of_an_additive_metric_is_added_up_as_other() -> None:
    chart = draw(replace(BREAKDOWN, limit=5), DealsAsk(MANY))
    assert chart.series[0].x == ("R20", "R19", "R18", "R17", "Other")
    assert chart.series[0].y == (20, 19, 18, 17, sum(range(1, 17)))
    assert chart.subtitle == "Q4 2026 to date; 4 of 20 shown, the rest as Other"


def test_ratios_are_never_added_up() -> None:
    chart = draw(replace(BREAKDOWN, metrics=("win_rate",), limit=5), DealsAsk(MANY))
    assert chart.series[0].x == ("R01", "R03", "R05", "R07", "R09")
    assert chart.subtitle == "Q4 2026 to date; 5 of 20 shown"


def test_one_bar_too_many_is_not_hidden_behind_other() -> None:
    assert len(draw(replace(BREAKDOWN, limit=20), DealsAsk(MANY)).series[0].x) == 20


def test_member_called_other_is_not_mixed_up_with_the_rest() -> None:
    deals: list[Deal] = [("Other", "Ana", "2026-10-05", 100, True), *MANY]
    chart = draw(replace(BREAKDOWN, limit=3), DealsAsk(deals))
    assert chart.series[0].x == ("Other", "R20", "Other (19)")


def test_members_that_are_null_or_blank_have_names_of_their_own() -> None:
    deals: list[Deal] = [
        (None, "Ana", "2026-10-05", 4, True),
        ("", "Ana", "2026-10-05", 3, True),
        ("Not set", "Ana", "2026-10-05", 2, True),
    ]
    chart = draw(BREAKDOWN, DealsAsk(deals))
    assert (chart.series[0].x, chart.series[0].y) == (("Not set", "Blank", "Not set (2)"), (4, 3, 2))


@pytest.mark.parametrize(("name", "whole"), [("bookings", 210), ("closed_deals", 30)])
def test_bars_and_other_add_up_to_the_whole(name: str, whole: int) -> None:
    for limit in range(2, 22):
        bars = draw(replace(BREAKDOWN, metrics=(name,), limit=limit), DealsAsk(MANY)).series[0].y
        assert sum(value or 0 for value in bars) == whole


def test_a_target_and_events_stand_on_a_chart_and_in_its_words() -> None:
    cell = replace(TREND, last=3, target=250, events=("2026-10-12 Price rise", "2020-01-01 Long ago"))
    chart = draw(cell)
    assert [(one.name, one.y, one.is_dashed) for one in chart.series] == [
        ("Bookings", (70, 300, 80), False),
        ("Target", (250, 250, 250), True),
    ]
    assert chart.events[0] == Event(day=dt.date(2026, 10, 12), label="Price rise")
    assert chart.description.endswith(" Target $250. Events: 12 Oct 2026 Price rise.")


def test_a_target_or_an_event_that_cannot_be_drawn_is_said() -> None:
    cells = """notebook: n
title: N
cells:
  - {name: a, kind: chart, chart: line, metrics: [m], grain: month, target: much, events: [2026-02-30 No day, words]}
  - {name: b, kind: chart, chart: bar, metrics: [m], by: [d], target: 2.5, events: [2026-02-03 Day]}
"""
    with pytest.raises(NotebookError) as caught:
        parse_notebook(cells)
    told = "\n".join(str(problem) for problem in caught.value.problems)
    for said in (
        "not 'much'",
        "'2026-02-30 No day' is no event",
        "'words' is no event",
        "target belongs",
        "events belong",
    ):
        assert said in told


def test_the_parts_of_a_total_are_piled_up_and_what_does_not_add_up_is_refused() -> None:
    chart = draw(replace(TREND, chart=ChartKind.STACKED, by=("region",), last=4))
    assert [sum(values) for values in zip(*(one.y for one in chart.series), strict=True)] == [570, 70, 300, 80]
    for kind in (ChartKind.STACKED, ChartKind.SHARE):
        refused = problem(replace(TREND, chart=kind, metrics=("win_rate",), by=("region",)))
        assert refused.startswith("Win rate cannot be piled up")


def test_a_share_of_a_negative_amount_is_refused() -> None:
    deals: list[Deal] = [("EMEA", "Ana", "2026-10-05", -5, True), ("AMER", "Ana", "2026-10-05", 9, True)]
    run = run_cell(replace(TREND, chart=ChartKind.SHARE, by=("region",), last=2), DealsAsk(deals), SCOPE)
    assert run.problem is not None
    assert "no parts of a whole" in run.problem.message


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        ("by: [region]", "bar"),
        ("grain: month", "line"),
        ("{grain: month, last: 6}", "column"),
        ("{grain: year, by: [region]}", "line"),
    ],
)
def test_a_chart_without_a_kind_takes_the_one_that_suits(keys: str, kind: str) -> None:
    inside = keys.strip("{}")
    text = f"notebook: n\ntitle: N\ncells: [{{name: c, kind: chart, metrics: [bookings], {inside}}}]"
    cell = parse_notebook(text, "n.yaml").cells[0]
    assert isinstance(cell, ChartCell)
    assert cell.chart == kind


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        ("chart: stacked, grain: month", "has parts"),
        ("chart: share, by: [region]", "has parts"),
        ("chart: share, grain: month, by: [region], target: 5", "has no place"),
    ],
)
def test_a_pile_without_parts_and_a_target_among_shares_are_problems(keys: str, what: str) -> None:
    with pytest.raises(NotebookError, match=what):
        parse_notebook(f"notebook: n\ntitle: N\ncells: [{{name: c, kind: chart, metrics: [bookings], {keys}}}]", "n")
