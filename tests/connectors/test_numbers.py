"""Numbers in text. Expected values are worked out by hand."""

from decimal import Decimal

import pytest

from connectors import StagedColumn, stage_files
from core.result import ColumnType
from tests.connectors.conftest import Stage, Write
from tests.connectors.reading import only, values


def column_of(stage: Stage, cells: list[str]) -> tuple[StagedColumn, list[object]]:
    """A staged column of these cells, which are quoted where needed."""
    lines = "\n".join('"' + cell.replace('"', '""') + '",x' for cell in cells)
    table = only(stage("a.csv", f'"v","b"\n{lines}\n'))
    return table.column("v"), values(table, "v")


def test_whole_numbers_become_integers(stage: Stage) -> None:
    column, found = column_of(stage, ["1", "-20", "", "9223372036854775807"])
    assert (column.storage, column.nulls, found) == ("BIGINT", 1, [1, -20, None, 9223372036854775807])


def test_codes_with_leading_zeros_stay_text(stage: Stage) -> None:
    column, found = column_of(stage, ["90210", "01234", "10001"])
    assert (column.type, found) == (ColumnType.TEXT, ["90210", "01234", "10001"])
    assert column.notes == ("Kept as text, because of values that begin with a zero, as codes do (1).",)


def test_numbers_beyond_64_bits_are_exact_decimals_with_a_warning(stage: Stage) -> None:
    column, found = column_of(stage, ["1", "9223372036854775808"])
    assert (column.type, column.storage) == (ColumnType.INTEGER, "DECIMAL(38,0)")
    assert found == [Decimal(1), Decimal(9223372036854775808)]
    assert "too long for 64 bits" in column.warnings[0]


def test_numbers_beyond_38_digits_stay_text_with_a_warning(stage: Stage) -> None:
    column, found = column_of(stage, ["1", "9" * 40])
    assert (column.type, found) == (ColumnType.TEXT, ["1", "9" * 40])
    assert "40 digits" in column.warnings[0]


def test_amounts_are_exact_decimals(stage: Stage) -> None:
    column, found = column_of(stage, ["0.10", "1100.04", "-3", ".5"])
    assert column.storage == "DECIMAL(18,2)"
    assert found == [Decimal("0.10"), Decimal("1100.04"), Decimal("-3.00"), Decimal("0.50")]


def test_long_fractions_are_floating_point(stage: Stage) -> None:
    column, found = column_of(stage, ["0.1234567890123", "2.5"])
    assert (column.storage, found) == ("DOUBLE", [0.1234567890123, 2.5])


def test_more_digits_than_a_float_holds_are_kept(stage: Stage) -> None:
    column, found = column_of(stage, ["12345678901234567890.12", "1.5"])
    assert (column.storage, found[0]) == ("DECIMAL(38,2)", Decimal("12345678901234567890.12"))


def test_whole_numbers_written_with_point_zero_are_integers(stage: Stage) -> None:
    column, found = column_of(stage, ["47.0", "", "262.0"])
    assert (column.storage, found) == ("BIGINT", [47, None, 262])
    assert "ends in .0" in column.notes[0]


def test_exponents_are_floating_point(stage: Stage) -> None:
    assert column_of(stage, ["1.5E+3", "2e-1", "7"])[1] == [1500.0, 0.2, 7.0]


def test_codes_that_look_like_exponents_stay_text(stage: Stage) -> None:
    assert column_of(stage, ["12E5", "3E7"])[0].type is ColumnType.TEXT


def test_thousands_separators_and_currency_signs_are_read(stage: Stage) -> None:
    column, found = column_of(stage, ["$1,234.50", "$ 99", "-$5.25", "($1,000,000.00)", "$0.00"])
    assert found == [Decimal(text) for text in ("1234.50", "99.00", "-5.25", "-1000000.00", "0.00")]
    assert column.notes == ("The currency sign was left out.",)


def test_currency_codes_are_read(stage: Stage) -> None:
    assert column_of(stage, ["USD 1,200.50", "USD 3"])[1] == [Decimal("1200.50"), Decimal("3.00")]


def test_amounts_in_several_currencies_are_never_mixed(stage: Stage) -> None:
    column, found = column_of(stage, ["$5", "€7", "$9"])
    assert (column.type, found) == (ColumnType.TEXT, ["$5", "€7", "$9"])
    assert "several currencies" in column.warnings[0]


def test_a_decimal_comma_is_read_with_a_warning(stage: Stage) -> None:
    column, found = column_of(stage, ["1.234,50", "12,5", "-7", "1 000 000,25"])
    assert found == [Decimal("1234.50"), Decimal("12.50"), Decimal("-7.00"), Decimal("1000000.25")]
    assert "decimal comma" in column.warnings[0]


def test_commas_in_groups_of_three_are_thousands_with_a_warning(stage: Stage) -> None:
    column, found = column_of(stage, ["1,234", "5,678"])
    assert (column.storage, found) == ("BIGINT", [1234, 5678])
    assert "read as thousands" in column.warnings[0]


def test_another_column_with_decimal_commas_decides_about_points(stage: Stage) -> None:
    table = only(stage("a.csv", "preis;menge\n1.234,50;1.234\n7,25;5.678\n"))
    assert values(table, "menge") == [1234, 5678]
    assert "another column of the file has decimal commas" in table.column("menge").warnings[0]


def test_points_alone_are_decimal_points(stage: Stage) -> None:
    assert column_of(stage, ["1.234", "5.678"])[1] == [Decimal("1.234"), Decimal("5.678")]


def test_percentages_become_shares_with_a_warning(stage: Stage) -> None:
    column, found = column_of(stage, ["12%", "7.5 %", "-100%"])
    assert found == [Decimal("0.120"), Decimal("0.075"), Decimal("-1.000")]
    assert column.warnings == ("Percentages were read as shares: 12% is stored as 0.12.",)


def test_percentages_among_plain_numbers_are_not_guessed_at(stage: Stage) -> None:
    assert column_of(stage, ["12%", "0.12"])[0].type is ColumnType.TEXT


def test_telephone_numbers_stay_text(stage: Stage) -> None:
    assert column_of(stage, ["+4930123456", "+4989765432"])[1] == ["+4930123456", "+4989765432"]


def test_words_for_nothing_are_null_among_numbers_with_a_warning(stage: Stage) -> None:
    column, found = column_of(stage, ["1", "N/A", "NULL", "-", "2", "na", "#N/A"])
    assert (column.storage, found) == ("BIGINT", [1, None, None, None, 2, None, None])
    assert "Values such as 'N/A', 'NULL' or '-': 5." in column.warnings[0]


def test_words_for_nothing_are_words_among_text(stage: Stage) -> None:
    column, found = column_of(stage, ["North", "NA", "-", "null"])
    assert (column.nulls, found) == (0, ["North", "NA", "-", "null"])


def test_one_bad_value_keeps_numbers_as_text_and_names_its_row(stage: Stage) -> None:
    column, found = column_of(stage, ["1"] * 40 + ["12 apples"] + ["3"] * 40)
    assert (column.type, len(found)) == (ColumnType.TEXT, 81)
    assert column.warnings == (
        "Kept as text, because 1 of 81 values cannot be read as numbers; the first is '12 apples' in row 42.",
    )


@pytest.mark.parametrize("late", ["1234.5", "N/A", "1,234", "12 apples"])
def test_a_late_value_counts_as_much_as_an_early_one(write: Write, late: str, tmp_path: object) -> None:
    lines = [f'{number},"{number}"' for number in range(120_000)]
    lines[90_001] = f'90001,"{late}"'
    path = write("a.csv", "id,v\n" + "\n".join(lines) + "\n")
    table = only(stage_files([path], path.parent.parent / "staging"))
    expected = {"1234.5": Decimal("1234.5"), "N/A": None, "1,234": 1234, "12 apples": "12 apples"}
    found = values(table, "v")
    assert (found[90_001], str(found[90_002]).removesuffix(".0")) == (expected[late], "90002")
