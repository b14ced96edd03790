"""What a reader needs to check the numbers stands in every format: definitions, filters, the data and whose rows."""

import io
import zipfile

import pyarrow.parquet as pq
import pytest

from exports import formats, render_report
from exports.mail import render_mail
from tests.exports.samples import BLOCKS, make_report, read_pdf

FACTS = ("won deals over closed deals", "Deals closed since 1 Oct 2026", "All rows of EMEA")


def words_of(name: str) -> str:
    """The text of a report in a format."""
    report = make_report(*BLOCKS)
    if name == "pdf":
        return " ".join(" ".join(page.extract_text().split()) for page in read_pdf(report).pages)
    content = render_report(report, name)
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = [archive.read(entry) for entry in archive.namelist()]
    if name == "parquet":
        return " ".join(str(pq.read_table(io.BytesIO(one)).to_pylist()) for one in found)
    return " ".join(one.decode("utf-8", "replace") for one in found)


@pytest.mark.parametrize("name", sorted(formats()))
def test_every_format_tells_definition_filters_and_whose_rows(name: str) -> None:
    words = words_of(name)
    assert [fact for fact in FACTS if fact not in words] == []


def test_the_mail_tells_them_too() -> None:
    body = render_mail(make_report(*BLOCKS), address="https://example.com")
    assert [fact for fact in FACTS if fact not in body.html or fact not in body.text] == []


def test_a_part_that_is_called_about_keeps_its_file() -> None:
    from dataclasses import replace

    from exports import TableBlock
    from tests.exports.samples import COLUMNS, ROWS

    report = replace(make_report(), blocks=(TableBlock(title="About", columns=COLUMNS, rows=ROWS), BLOCKS[-1]))
    with zipfile.ZipFile(io.BytesIO(render_report(report, "csv"))) as archive:
        assert archive.namelist() == ["about.csv", "about-report.csv"]
