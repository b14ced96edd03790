"""The sparkline of a tile: well-formed, in the page's variables, honest about gaps and running periods."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from charts import sparkline_svg


def paths(svg: str) -> list[dict[str, str]]:
    return [dict(path.attrib) for path in ET.fromstring(svg)]  # noqa: S314 - our own output


def lines(svg: str) -> list[dict[str, str]]:
    return [path for path in paths(svg) if path.get("fill") == "none"]


def test_it_stretches_without_distorting_strokes() -> None:
    svg = sparkline_svg([1, 2, 3])
    root = ET.fromstring(svg)  # noqa: S314 - our own output
    assert (root.get("preserveAspectRatio"), root.get("viewBox")) == ("none", "0 0 240 38")
    assert root.get("aria-hidden") == "true"
    assert all(path.get("vector-effect") == "non-scaling-stroke" for path in paths(svg) if "stroke" in path)


def test_the_values_run_from_low_to_high_in_accent() -> None:
    (line,) = lines(sparkline_svg([1, 2, 3], width=108, height=38))
    assert line["d"] == "M4.0 34.0L54.0 19.0L104.0 4.0"
    assert line["stroke"] == "var(--pl-accent)"


def test_the_previous_period_is_dashed_grey_on_the_same_scale() -> None:
    previous, value = lines(sparkline_svg([10, 20], [0, 5, 10], width=108))
    assert previous["stroke"] == "var(--pl-text-3)"
    assert previous["stroke-dasharray"]
    assert previous["d"].startswith("M4.0 34.0")
    assert value["d"].split("L")[-1] == "54.0 4.0"


def test_only_the_segment_into_a_running_period_is_dotted() -> None:
    whole, running = lines(sparkline_svg([1, 2, 3, 0], incomplete_last=True, width=308))
    assert "stroke-dasharray" not in whole
    assert running["stroke-dasharray"] == "2 3"
    assert whole["d"].count("L") == 2
    assert running["d"].count("L") == 1


def test_a_gap_stays_a_gap_and_a_lonely_value_is_a_dot() -> None:
    svg = sparkline_svg([1, 2, None, 4, None, 5, 6])
    assert lines(svg)[0]["d"].count("M") == 2
    assert sum("h0" in path["d"] for path in paths(svg)) == 2


def test_there_is_nothing_for_no_values() -> None:
    assert sparkline_svg([]) == sparkline_svg([None, float("nan")], [1, 2]) == ""


def test_the_largest_numbers_there_are_still_have_places() -> None:
    assert "nan" not in sparkline_svg([1.7e308, -1.7e308])


def test_one_value_is_a_dot_in_the_middle_of_the_height() -> None:
    assert "M236.0 19.0h0" in sparkline_svg([5])


numbers = st.lists(st.one_of(st.none(), st.floats()), max_size=20)


@given(values=numbers, previous=numbers, is_running=st.booleans())
def test_any_values_give_well_formed_markup_or_nothing(
    values: list[float | None], previous: list[float | None], *, is_running: bool
) -> None:
    svg = sparkline_svg(values, previous, is_running)
    assert svg == "" or (paths(svg) and "nan" not in svg and "inf" not in svg)
