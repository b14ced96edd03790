"""PowerPoint by python-pptx: native charts and tables that can be edited, a slide for each block."""

from exports.blocks import Report

KIND = "pptx"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
EXTENSION = "pptx"


def render(report: Report) -> bytes:
    """The report as a presentation; the same report gives the same bytes."""
    # python-pptx is imported only when a file is written.
    from exports.kinds.pptx.presentation import build_presentation

    return build_presentation(report)
