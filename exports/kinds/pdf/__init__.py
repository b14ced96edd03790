"""Vector PDF by ReportLab, without a browser: embedded fonts, bookmarks, and the same bytes for the same report."""

from exports.blocks import Report

KIND = "pdf"
MEDIA_TYPE = "application/pdf"
EXTENSION = "pdf"
TAKES_PASSWORD = True


def render(report: Report) -> bytes:
    """The report as a PDF file."""
    # ReportLab is imported only when a file is written.
    from exports.kinds.pdf.document import build_document

    return build_document(report)
