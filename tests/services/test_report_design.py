"""A report as its notebook designs it: the blocks that are wanted, in their order, on the pages that are wanted."""

import io

import pypdf
import pytest
from PIL import Image

from exports import PageBreak, PageSize, Text
from notebooks import DesignReport
from notebooks.report_design import PageLook, Place, ReportBlock, ReportDesign
from services.definitions import apply_definitions
from services.imports import load_tables
from services.notebook_editing import edit_notebook
from services.notebooks import save_notebooks
from services.organisation import create_tenant
from services.platform import Platform
from services.reports import build_report, export_report, preview_report
from tenants.access import Principal, operator
from tests.services.deliveries.conftest import AMOUNTS, ORDERS, orders

REVIEW = """
notebook: review
title: Review
cells:
  - {name: first, kind: text, text: Alpha}
  - {name: value, kind: metric, metric: value, period: year}
  - {name: secret, kind: sql, sql: "SELECT region FROM orders WHERE region = 'EMEA'"}
  - {name: last, kind: text, text: Omega}
report:
  - {cell: last}
  - {cell: value, place: page}
  - {cell: secret, place: hidden}
  - {cell: first}
report_pages: [landscape, letter]
"""


@pytest.fixture
def asking(platform: Platform) -> Principal:
    """The operator of a tenant with a notebook whose report is designed."""
    made = operator(create_tenant(platform, slug="acme", name="Acme"))
    load_tables(platform, made, {"orders": orders(AMOUNTS)})
    apply_definitions(platform, made, {"orders.yaml": ORDERS})
    save_notebooks(platform, made, {"review": REVIEW})
    return made


def test_a_report_has_the_blocks_of_its_design_on_its_pages(platform: Platform, asking: Principal) -> None:
    report = build_report(platform, asking, "review", prepared_for="").report
    kinds = [type(block).__name__ for block in report.blocks]
    assert kinds == ["Text", "PageBreak", "KpiRow", "Text", "Footnotes"]
    assert [block.markdown for block in report.blocks if isinstance(block, Text)] == ["Omega", "Alpha"]
    # What is left out has no filter to tell.
    assert "EMEA" not in str(report.blocks[-1])
    pages = pypdf.PdfReader(io.BytesIO(export_report(platform, asking, "review", "pdf").content)).pages
    assert [(round(page.mediabox.width), round(page.mediabox.height)) for page in pages] == [(792, 612)] * 2
    assert ["Omega" in page.extract_text() for page in pages] == [True, False]
    asked = export_report(platform, asking, "review", "pdf", paper=PageSize.A4, has_cover=True).content
    assert [round(page.mediabox.width) for page in pypdf.PdfReader(io.BytesIO(asked)).pages] == [842] * 4


def test_the_preview_is_of_the_newest_version_and_reports_of_the_published_one(
    platform: Platform, asking: Principal
) -> None:
    design = ReportDesign(blocks=(ReportBlock(cell="last"),), pages=frozenset({PageLook.COVER}))
    edit_notebook(platform, asking, "review", DesignReport(design=design))
    pages = [Image.open(io.BytesIO(page)) for page in preview_report(platform, asking, "review")]
    assert [image.size for image in pages] == [(893, 1263)] * 3
    assert len(build_report(platform, asking, "review", prepared_for="").report.blocks) == 5


def test_the_first_block_begins_no_second_page(platform: Platform, asking: Principal) -> None:
    save_notebooks(platform, asking, {"review": REVIEW.replace("{cell: last}", f"{{cell: last, place: {Place.PAGE}}}")})
    report = build_report(platform, asking, "review", prepared_for="").report
    assert not isinstance(report.blocks[0], PageBreak)
