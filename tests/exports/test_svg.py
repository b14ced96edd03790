"""Charts as SVG: well formed, the same each time, with their words; no title breaks out."""

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from charts import Chart
from exports import ChartBlock, render_report
from tests.exports.samples import BAR, BLOCKS, LINE, make_report

SVG = "{http://www.w3.org/2000/svg}"


def pictures(*charts: Chart) -> dict[str, ET.Element]:
    """The pictures of a report's charts by the names of their files."""
    report = make_report(*(ChartBlock(chart=chart) for chart in charts), BLOCKS[-1])
    content = render_report(report, "svg")
    assert content == render_report(report, "svg")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: ET.fromstring(archive.read(name)) for name in archive.namelist()}  # noqa: S314 - our own


def words(picture: ET.Element) -> list[str]:
    return ["".join(one.itertext()).strip() for one in picture.iter(f"{SVG}text")]


def test_each_chart_is_a_picture_with_title_values_and_where_they_come_from() -> None:
    found = pictures(LINE, BAR, replace(BAR, subtitle="By product line"))
    assert list(found) == ["revenue-won.svg", "revenue-by-product.svg", "revenue-by-product-3.svg"]
    line, bar, third = found.values()
    assert words(line)[:2] == ["Revenue won", "By month"]
    assert "GTX Pro" in words(bar)
    assert "By product line" in words(third)
    said = line.findtext(f"{SVG}desc") or ""
    assert [one for one in (LINE.description, "Version 412", "All rows of EMEA") if one not in said] == ["Version 412"]
    assert "Data as of 21 Nov 2026, 10:31 UTC" in said
    assert line.findtext(f"{SVG}title") == "Revenue won"


def test_every_mark_of_the_chart_lies_within_the_picture() -> None:
    (picture,) = pictures(BAR).values()
    width, height = (float(picture.attrib[name]) for name in ("width", "height"))
    bars = [one for one in picture.iter(f"{SVG}rect") if "height" in one.attrib]
    assert len(bars) >= len(BAR.series[0].x)
    assert all(0 <= float(one.attrib["width"]) <= width and 0 <= float(one.attrib["height"]) <= height for one in bars)


@pytest.mark.parametrize(
    "title", ["</title><script>alert(1)</script>", "a & b < c", "مرحبا 漢字 👋", "nul\x00 bell\x07"]
)
def test_no_title_breaks_the_picture(title: str) -> None:
    (picture,) = pictures(replace(LINE, title=title, description=title)).values()
    assert list(picture.iter(f"{SVG}script")) == []
    assert picture.findtext(f"{SVG}title") == "".join(one for one in title if one >= " ")


def test_a_report_without_charts_is_an_empty_archive() -> None:
    assert pictures() == {}
