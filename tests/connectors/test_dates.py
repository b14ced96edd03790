"""Dates and times in text. Expected values are worked out by hand."""

import datetime as dt

import pytest

from connectors import StagedColumn
from core.result import ColumnType
from tests.connectors.conftest import Stage
from tests.connectors.reading import only, values

MAY_3, MAY_14 = dt.date(2017, 5, 3), dt.date(2017, 5, 14)


def column_of(stage: Stage, cells: list[str], name: str = "v") -> tuple[StagedColumn, list[object]]:
    """A staged column of these cells."""
    table = only(stage("a.csv", f"{name};b\n" + "".join(f"{cell};x\n" for cell in cells)))
    return table.columns[0], values(table, table.columns[0].name)


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        (["2017-05-03", "2017-05-14"], "year-month-day"),
        (["2017/5/3", "2017/05/14"], "year/month/day"),
        (["5/3/2017", "5/14/2017"], "month/day/year"),
        (["3/5/2017", "14/5/2017"], "day/month/year"),
        (["05-03-2017", "05-14-2017"], "month-day-year"),
        (["03.05.2017", "14.5.2017"], "day.month.year"),
        (["3 May 2017", "14 May 2017"], "day month year"),
        (["03-MAY-2017", "14-may-2017"], "day-month-year"),
        (["May 3, 2017", "May 14, 2017"], "month day, year"),
    ],
)
def test_dates_are_recognised(stage: Stage, cells: list[str], form: str) -> None:
    column, found = column_of(stage, cells)
    assert (column.storage, found, column.notes) == ("DATE", [MAY_3, MAY_14], (f"Dates as {form}.",))
    assert column.warnings == ()


def test_long_month_names_are_recognised(stage: Stage) -> None:
    assert column_of(stage, ["3 January 2017", "14 September 2017"])[1] == [dt.date(2017, 1, 3), dt.date(2017, 9, 14)]


def test_one_day_above_twelve_settles_the_order(stage: Stage) -> None:
    column, found = column_of(stage, ["1/2/2017", "3/4/2017", "25/12/2017"])
    assert found == [dt.date(2017, 2, 1), dt.date(2017, 4, 3), dt.date(2017, 12, 25)]
    assert column.warnings == ()


def test_an_undecided_order_is_month_first_with_a_warning(stage: Stage) -> None:
    column, found = column_of(stage, ["1/2/2017", "3/4/2017"])
    assert found == [dt.date(2017, 1, 2), dt.date(2017, 3, 4)]
    assert "day and month may be swapped; read with the month first" in column.warnings[0]


def test_another_column_decides_an_undecided_order(stage: Stage) -> None:
    table = only(stage("a.csv", "opened,closed\n1/2/2017,25/12/2017\n3/4/2017,26/12/2017\n"))
    assert values(table, "opened") == [dt.date(2017, 2, 1), dt.date(2017, 4, 3)]
    assert "read with the day first, as in another column" in table.column("opened").warnings[0]


def test_days_above_twelve_on_both_sides_stay_text(stage: Stage) -> None:
    column, _ = column_of(stage, ["1/25/2017", "2/26/2017", "25/1/2017"])
    assert column.type is ColumnType.TEXT
    assert "1 of 3 values cannot be read" in column.warnings[0]


def test_mixed_forms_that_all_parse_are_dates_with_a_note(stage: Stage) -> None:
    column, found = column_of(stage, ["5/3/2017", "2017-05-14", "5/14/2017"])
    assert (column.storage, found) == ("DATE", [MAY_3, MAY_14, MAY_14])
    assert column.notes == ("Dates in several forms: 1 as year-month-day, 2 as month/day/year.",)


def test_a_value_in_no_form_keeps_the_column_as_text_and_is_named(stage: Stage) -> None:
    column, _ = column_of(stage, ["2017-05-03", "soon", "2017-05-14", "2017-02-30"])
    assert column.type is ColumnType.TEXT
    assert column.warnings == (
        "Kept as text, because 2 of 4 values cannot be read as dates as year-month-day; the first is 'soon' in row 3.",
    )


def test_impossible_dates_are_not_bent(stage: Stage) -> None:
    assert column_of(stage, ["2017-02-28", "2017-02-29"])[0].type is ColumnType.TEXT


def test_words_for_nothing_and_zero_dates_are_null(stage: Stage) -> None:
    column, found = column_of(stage, ["2017-05-03", "0000-00-00", "N/A", "2017-05-14"])
    assert (found, column.nulls) == ([MAY_3, None, None, MAY_14], 2)


def test_times_without_zone_are_timestamps(stage: Stage) -> None:
    column, found = column_of(stage, ["2017-05-03 10:30", "2017-05-03T23:59:59.123456", "2017-05-14"])
    assert column.storage == "TIMESTAMP"
    assert found == [
        dt.datetime(2017, 5, 3, 10, 30),  # noqa: DTZ001
        dt.datetime(2017, 5, 3, 23, 59, 59, 123456),  # noqa: DTZ001
        dt.datetime(2017, 5, 14),  # noqa: DTZ001
    ]


def test_times_with_zone_are_moments(stage: Stage) -> None:
    cells = ["2017-05-03T10:30:00Z", "2017-05-03T10:30:00+02:00", "2017-05-03 10:30 -0530", "2017-05-03 10:30:00 UTC"]
    column, found = column_of(stage, cells)
    assert column.storage == "TIMESTAMPTZ"
    hours = [(10, 30), (8, 30), (16, 0), (10, 30)]
    assert found == [dt.datetime(2017, 5, 3, hour, minute, tzinfo=dt.UTC) for hour, minute in hours]


def test_times_with_and_without_zone_stay_text(stage: Stage) -> None:
    column, _ = column_of(stage, ["2017-05-03T10:30:00Z", "2017-05-03T10:30:00"])
    assert column.type is ColumnType.TEXT
    assert "only 1 of 2 times have a time zone" in column.warnings[0]


def test_american_times_of_day_are_read(stage: Stage) -> None:
    found = column_of(stage, ["5/3/2017 1:05 PM", "5/14/2017 12:00 AM", "5/14/2017 11:59:59 pm"])[1]
    expected = [(3, 13, 5, 0), (14, 0, 0, 0), (14, 23, 59, 59)]
    assert found == [dt.datetime(2017, 5, *parts) for parts in expected]  # noqa: DTZ001


def test_timestamps_at_midnight_throughout_are_dates(stage: Stage) -> None:
    column, found = column_of(stage, ["2017-05-03 00:00:00.000", "2017-05-14 00:00:00.000"])
    assert (column.storage, found) == ("DATE", [MAY_3, MAY_14])
    assert "Every time of day is midnight" in column.notes[1]


def test_years_of_two_digits_are_read_with_a_warning(stage: Stage) -> None:
    column, found = column_of(stage, ["5/14/17", "5/14/68", "5/14/69"])
    assert found == [MAY_14, dt.date(2068, 5, 14), dt.date(1969, 5, 14)]
    assert "1969 to 2068" in column.warnings[0]


def test_dates_before_1970_are_read(stage: Stage) -> None:
    assert column_of(stage, ["1937-09-19", "1899-12-31"])[1] == [dt.date(1937, 9, 19), dt.date(1899, 12, 31)]


def test_eight_digits_are_dates_only_under_a_dates_name(stage: Stage) -> None:
    assert column_of(stage, ["20170503", "20170514"], "close_date")[1] == [MAY_3, MAY_14]


def test_eight_digits_are_numbers_under_another_name(stage: Stage) -> None:
    assert column_of(stage, ["20170503", "20170514"], "order_id")[1] == [20170503, 20170514]


def test_eight_digits_that_are_no_dates_are_numbers_under_any_name(stage: Stage) -> None:
    assert column_of(stage, ["20170503", "20171399"], "date_key")[1] == [20170503, 20171399]
