"""The table view: the chart in words."""

from charts import Chart, ChartKind, Series, as_table
from tests.charts.samples import MONTHS, make_chart


def test_periods_and_values_are_written_in_full() -> None:
    headers, rows = as_table(make_chart(ChartKind.LINE, MONTHS[:2], (10_005_534.0, None)))
    assert headers == ("Period", "A")
    assert rows == (("Jun 2025", "$10,005,534"), ("Jul 2025", "—"))


def test_the_given_heading_is_used() -> None:
    series = (Series(name="Won", x=("West",), y=(3,)),)
    chart = Chart(kind=ChartKind.BAR, title="", description="", series=series, x_label="Region")
    assert as_table(chart) == (("Region", "Won"), (("West", "3"),))


def test_series_with_different_x_share_the_rows() -> None:
    series = (Series(name="A", x=(MONTHS[0],), y=(1,)), Series(name="B", x=(MONTHS[1],), y=(2,)))
    _, rows = as_table(Chart(kind=ChartKind.LINE, title="", description="", series=series))
    assert rows == (("Jun 2025", "1", "—"), ("Jul 2025", "—", "2"))


def test_periods_still_running_are_marked() -> None:
    _, rows = as_table(make_chart(ChartKind.COLUMN, MONTHS[:3], (1.0, 2.0, 3.0), incomplete_from=MONTHS[1]))
    assert [row[0] for row in rows] == ["Jun 2025", "Jul 2025 (so far)", "Aug 2025 (so far)"]


def test_a_bar_chart_keeps_the_order_of_its_categories() -> None:
    _, rows = as_table(make_chart(ChartKind.BAR, ("b", "a", "c"), (3.0, 2.0, 1.0)))
    assert [row[0] for row in rows] == ["b", "a", "c"]


def test_an_incomplete_start_that_is_no_category_marks_nothing() -> None:
    _, rows = as_table(make_chart(ChartKind.BAR, ("a", "b"), (1.0, 2.0), incomplete_from="z"))
    assert [row[0] for row in rows] == ["a", "b"]
