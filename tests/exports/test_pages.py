"""The pages of a PDF: on their side for wide tables, on either paper, with a cover and contents where asked for."""

import io
import re
from dataclasses import replace
from typing import cast

import pypdf
import pytest

from core.result import Column, ColumnType
from exports import ChartBlock, Heading, PageSize, Report, TableBlock, Text, render_report
from tests.exports.samples import BAR, LINE, make_report

A4, A4_TURNED, LETTER = (595, 842), (842, 595), (612, 792)


def wide(title: str, columns: int = 9, rows: int = 3) -> TableBlock:
    numbers = tuple(
        Column(name=f"c{place}", label=f"Measure {place}", type=ColumnType.NUMBER, unit="USD", is_metric=True)
        for place in range(columns)
    )
    region = Column(name="region", label="Region", type=ColumnType.TEXT)
    values = tuple((f"Region {row}", *(1_234_567.0 * (row + 1) for _ in numbers)) for row in range(rows))
    return TableBlock(title=title, columns=(region, *numbers), rows=values)


def pages(report: Report) -> list[pypdf.PageObject]:
    return list(pypdf.PdfReader(io.BytesIO(render_report(report, "pdf"))).pages)


def sizes(report: Report) -> list[tuple[int, int]]:
    return [(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in pages(report)]


def test_a_table_too_wide_for_the_page_stands_on_a_page_turned_on_its_side() -> None:
    report = make_report(Text(markdown="Before."), wide("Wide"), ChartBlock(chart=LINE))
    assert sizes(report) == [A4, A4_TURNED, A4]
    assert "Columns 1 to" not in pages(report)[1].extract_text()


def test_a_heading_goes_with_its_wide_table_and_no_page_is_left_empty() -> None:
    report = make_report(Text(markdown="Before."), Heading(text="Numbers"), wide("First"), wide("Second"))
    assert sizes(report) == [A4, A4_TURNED, A4_TURNED]
    texts = [page.extract_text() for page in pages(report)]
    assert "Numbers" not in texts[0]
    assert "Numbers" in texts[1]


def test_a_table_that_fits_stays_upright() -> None:
    assert set(sizes(make_report(wide("Narrow", columns=4)))) == {A4}


def test_letter_paper_is_as_wide_as_letters_are() -> None:
    report = replace(make_report(ChartBlock(chart=BAR)), page_size=PageSize.LETTER)
    assert sizes(report) == [LETTER]


@pytest.mark.parametrize("paper", list(PageSize))
def test_contents_name_and_link_the_page_that_each_part_is_on(paper: PageSize) -> None:
    blocks = (Heading(text="Trend"), ChartBlock(chart=LINE), Heading(text="Everything"), wide("Wide", rows=40))
    report = replace(make_report(*blocks), has_cover=True, page_size=paper)
    reader = pypdf.PdfReader(io.BytesIO(render_report(report, "pdf")))
    texts = [page.extract_text() for page in reader.pages]
    assert "Weekly sales review" in texts[0]
    annotations = cast(pypdf.generic.ArrayObject, reader.pages[1]["/Annots"])
    places = [one.get_object()["/Dest"][0].idnum for one in annotations]
    found = [cast(pypdf.generic.IndirectObject, page.indirect_reference) for page in reader.pages]
    numbers = {page.idnum: number for number, page in enumerate(found, start=1)}
    # Both the title and the number of an entry are a link.
    leads_to = [numbers[place] for place in places][::2]
    titles = ["Trend", LINE.title, "Everything", "Wide"]
    assert [title in texts[number - 1] for title, number in zip(titles, leads_to, strict=True)] == [True] * 4
    printed = [int(one) for one in re.findall(r"(?<![\w.,])\d+(?![\w,.])", texts[1].split("Page ")[0])]
    assert sorted(printed) == sorted(leads_to)
    assert render_report(report, "pdf") == render_report(report, "pdf")


def test_without_a_cover_a_report_begins_at_once() -> None:
    (page,) = pages(make_report(Text(markdown="At once.")))
    assert "At once." in page.extract_text()
