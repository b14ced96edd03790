"""Conditions on what a reader would get; an undefined figure meets none."""

import pytest

from core.errors import InvalidError
from services.deliveries.condition import Content, check_condition, unmet_reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sold rises 10%", ""),
        ("sold rises 20%", "sold rises by no more than 20%."),
        ("sold falls 1%", "sold falls by no more than 1%."),
        ("lost falls 5%", ""),
        ("none falls 5%", "none has nothing to be compared with."),
        ("none over 0", "none has no value."),
        ("sold under 120", ""),
    ],
)
def test_a_condition_is_judged_on_values_and_on_changes(text: str, reason: str) -> None:
    changes = {"sold": 0.15, "lost": -0.0501, "none": None}
    content = Content(row_counts={}, figures={"sold": 115, "lost": 2, "none": None}, changes=changes, values_hash="")
    assert unmet_reason(text, content) == reason


@pytest.mark.parametrize("text", ["sold rises 10", "sold over 10%", "sold is over 10", "rises 5%"])
def test_a_condition_that_cannot_be_read_says_how_one_is_written(text: str) -> None:
    with pytest.raises(InvalidError, match="is not a condition: write has rows"):
        check_condition(text, {"sold"})
