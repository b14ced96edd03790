"""Reports as files: a list of blocks in, the bytes of a file out. A format is a module in `exports.kinds`."""

from exports.blocks import (
    Block,
    ChartBlock,
    Definition,
    Footnotes,
    Heading,
    KpiRow,
    KpiTile,
    PageBreak,
    PageSize,
    Problem,
    Report,
    TableBlock,
    Text,
)
from exports.renderers import formats, render_report, takes_password

__all__ = [
    "Block",
    "ChartBlock",
    "Definition",
    "Footnotes",
    "Heading",
    "KpiRow",
    "KpiTile",
    "PageBreak",
    "PageSize",
    "Problem",
    "Report",
    "TableBlock",
    "Text",
    "formats",
    "render_report",
    "takes_password",
]
