"""Words on a chart: short enough, and never over each other."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from charts.labels import scientific, shorten, spread, value_text, wrap


def test_a_long_label_ends_in_an_ellipsis_within_its_limit() -> None:
    assert shorten("A very long product name that goes on", 20) == "A very long product…"


def test_line_breaks_in_a_label_become_spaces() -> None:
    assert shorten("one\n two\tthree", 20) == "one two three"


def test_a_label_of_two_words_stands_on_two_lines() -> None:
    assert wrap("North America", 9) == ("North", "America")
    assert wrap("Internationalisation", 9) == ("Internat…", "")


@given(text=st.text(max_size=60), width=st.integers(2, 20))
def test_no_line_of_a_wrapped_label_is_longer_than_its_width(text: str, width: int) -> None:
    assert all(len(line) <= width for line in wrap(text, width))


def test_a_value_has_three_figures_and_leaves_its_noun_to_the_axis() -> None:
    assert value_text(51.84, "days") == "51.8"
    assert value_text(2_740_000, "USD") == "$2.74\u202fM"
    assert value_text(None, "USD") == "—"


def test_a_number_nobody_can_read_is_written_as_a_power_of_ten() -> None:
    assert value_text(1e300, "USD") == "1×10^300"
    assert scientific(-1_234_567_890_123_456_789) == "\u22121.235×10^18"


places = st.lists(st.floats(0, 100, allow_nan=False), max_size=8)


@given(places=places)
def test_labels_that_fit_are_apart_and_inside(places: list[float]) -> None:
    placed = spread(places, 10, 0, 100)
    ordered = sorted(placed)
    assert all(later - earlier >= 10 - 1e-6 for earlier, later in itertools.pairwise(ordered))
    assert all(-1e-6 <= place <= 100 + 1e-6 for place in placed)


@given(places=places)
def test_labels_keep_the_order_of_their_lines(places: list[float]) -> None:
    placed = spread(places, 10, 0, 100)
    pairs = sorted(zip(places, placed, strict=True))
    assert all(a[1] <= b[1] + 1e-6 for a, b in itertools.pairwise(pairs) if a[0] < b[0])


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread([80.0, 20.0, 50.0], 10, 0, 100) == [80.0, 20.0, 50.0]
