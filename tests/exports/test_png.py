"""Charts as PNG: the same each time, as large as said, with their words, and the bars where the numbers are."""

import io
import zipfile
from dataclasses import replace

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from charts import Chart
from exports import ChartBlock, render_report
from exports.pictures import draw_picture
from tests.exports.samples import BAR, BLOCKS, LINE, make_report


def pictures(*charts: Chart) -> dict[str, PngImageFile]:
    """The pictures of a report's charts by the names of their files."""
    report = make_report(*(ChartBlock(chart=chart) for chart in charts), BLOCKS[-1])
    content = render_report(report, "png")
    assert content == render_report(report, "png")
    found: dict[str, PngImageFile] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            image = Image.open(io.BytesIO(archive.read(name)))
            assert isinstance(image, PngImageFile)
            found[name] = image
    return found


def test_each_chart_is_a_picture_that_says_where_its_numbers_come_from() -> None:
    found = pictures(LINE, BAR)
    assert list(found) == ["revenue-won.png", "revenue-by-product.png"]
    for image, chart in zip(found.values(), (LINE, BAR), strict=True):
        drawing = draw_picture(chart)
        assert image.size == (1280, round(drawing.height * 2))
        assert image.text["Title"] == chart.title
        assert image.text["Description"].startswith(chart.description)
        assert "All rows of EMEA." in image.text["Description"]


def test_bars_are_as_long_as_their_numbers() -> None:
    (image,) = pictures(replace(BAR, series=(replace(BAR.series[0], x=("A", "B"), y=(400.0, 100.0)),))).values()
    pixels = image.convert("RGB")
    counts = sorted(pixels.getcolors(1 << 20) or [], key=lambda found: found[0])
    ground, bars = counts[-1][1], counts[-2][1]
    assert ground == (255, 255, 255)
    lengths = [sum(pixels.getpixel((x, y)) == bars for x in range(image.width)) for y in range(image.height)]
    whole = [length for length in dict.fromkeys(lengths) if lengths.count(length) > 10 and length > 20]
    assert len(whole) == 2
    assert max(whole) / min(whole) == pytest.approx(4, rel=0.03)


@pytest.mark.parametrize("title", ["مرحبا 漢字 👋", "nul\x00 bell\x07", "\ud800"])
def test_no_title_breaks_the_picture(title: str) -> None:
    (image,) = pictures(replace(LINE, title=title, description=title)).values()
    assert image.getextrema() != ((255, 255),) * 3


def test_a_report_without_charts_is_an_empty_archive() -> None:
    assert pictures() == {}
