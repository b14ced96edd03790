"""The report model and its formats."""

import datetime as dt
from dataclasses import replace

import pytest

from core.errors import InvalidError
from exports import Heading, Report, TableBlock, formats, render_report
from tests.exports.samples import COLUMNS, make_report


def test_a_pdf_is_among_the_formats() -> None:
    assert formats()["pdf"].MEDIA_TYPE == "application/pdf"
    assert formats()["pdf"].EXTENSION == "pdf"


def test_a_report_becomes_bytes_of_its_format() -> None:
    assert render_report(make_report(), "pdf").startswith(b"%PDF-")


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(InvalidError, match=r"no report format 'pdff'. Did you mean pdf"):
        render_report(make_report(), "pdff")


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Report(title="t", tenant_name="n", generated_at=dt.datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_colour_in_another_notation_is_refused() -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        replace(make_report(), accent="red")


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="5 columns but a row of 1"):
        TableBlock(title="t", columns=COLUMNS, rows=(("a",),))


def test_a_heading_has_three_levels() -> None:
    with pytest.raises(ValueError, match="level 1, 2 or 3"):
        Heading(text="t", level=4)
