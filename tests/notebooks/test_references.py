"""References become values: in a filter as literals, in SQL bound, in prose as text."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import pytest

from core.errors import RefusedError
from notebooks.references import Reference, Value, fill_filter


def filled(text: str, **values: Sequence[Value]) -> str:
    known = {name.replace("__", "."): found for name, found in values.items()}
    return fill_filter(text, lambda reference: known[str(reference)])


def test_a_value_with_a_quote_stays_one_literal() -> None:
    assert filled("owner = {{ who }}", who=("O'Brien' OR 'a' = 'a",)) == "owner = 'O''Brien'' OR ''a'' = ''a'"


@pytest.mark.parametrize(
    ("value", "literal"),
    [(3, "3"), (Decimal("1.50"), "1.50"), (1e-7, "0.0000001"), (dt.date(2026, 1, 31), "'2026-01-31'"), (True, "TRUE")],
)
def test_each_type_is_written_as_the_filter_language_has_it(value: Value, literal: str) -> None:
    assert filled("x >= {{ a }}", a=(value,)) == f"x >= {literal}"


def test_a_condition_without_a_value_restricts_nothing_and_the_others_stay() -> None:
    text = "region = {{ region }} AND amount BETWEEN 1 AND {{ top }} AND (a = 1 AND b = {{ region }})"
    assert filled(text, region=(None,), top=(9,)) == "amount BETWEEN 1 AND 9"
    assert filled(text, region=("EMEA",), top=(None,)) == "region = 'EMEA' AND (a = 1 AND b = 'EMEA')"


def test_an_and_in_quotes_does_not_part_a_filter() -> None:
    assert filled("name = 'a and b' AND x = {{ y }}", y=(None,)) == "name = 'a and b'"


def test_an_or_is_left_out_as_a_whole_because_half_of_it_would_restrict_more() -> None:
    assert filled("x = {{ y }} OR z = 1", y=(None,)) == ""


def test_several_values_need_a_list() -> None:
    assert filled("owner IN ({{ top.owner }})", top__owner=("Ana", "Bo")) == "owner IN ('Ana', 'Bo')"
    with pytest.raises(RefusedError, match=r"has 2 values; write IN \(\{\{ top.owner \}\}\)"):
        filled("owner = {{ top.owner }}", top__owner=("Ana", "Bo"))
    with pytest.raises(RefusedError, match="has no rows"):
        filled("owner IN ({{ top.owner }})", top__owner=())


def test_a_reference_names_a_cell_or_a_column_of_one() -> None:
    assert (str(Reference(cell="a")), str(Reference(cell="a", column="b"))) == ("a", "a.b")
