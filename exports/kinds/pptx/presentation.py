"""The slides of a report, block by block."""

import io

from pptx import Presentation
from pptx.util import Inches

from exports.blocks import (
    Block,
    ChartBlock,
    Footnotes,
    Heading,
    KpiRow,
    PageBreak,
    Problem,
    Report,
    TableBlock,
    Text,
)
from exports.kinds.pptx.chart import draw_chart
from exports.kinds.pptx.figures import draw_figures
from exports.kinds.pptx.packing import pack_evenly
from exports.kinds.pptx.prose import draw_prose
from exports.kinds.pptx.slide import Deck, clean
from exports.kinds.pptx.table import draw_table
from exports.markdown import Bullets, Paragraph, Span


def build_presentation(report: Report) -> bytes:
    """The presentation, 16:9: a title, a slide for each block or more, and the notes."""
    file = Presentation()
    file.slide_width, file.slide_height = Inches(13.333), Inches(7.5)
    properties = file.core_properties
    # These hold 255 signs at most.
    properties.title, properties.subject = clean(report.title, 255), clean(report.period, 255)
    properties.author = properties.last_modified_by = clean(report.tenant_name, 255)
    properties.created = properties.modified = report.generated_at.replace(tzinfo=None)
    deck = Deck(file, report)
    deck.opening()
    for block in report.blocks:
        _draw(deck, block)
    target = io.BytesIO()
    file.save(target)
    return pack_evenly(target.getvalue(), report.generated_at)


def _draw(deck: Deck, block: Block) -> None:
    match block:
        case Heading():
            deck.part = block.text
        case Text():
            draw_prose(deck, block.markdown)
        case KpiRow():
            draw_figures(deck, block)
        case ChartBlock():
            draw_chart(deck, block.chart)
        case TableBlock():
            draw_table(deck, block.shown())
        case Problem():
            reference = f" (reference {block.reference})" if block.reference else ""
            deck.lines(f"{block.title} could not be shown", [Paragraph(spans=_span(block.reason + reference))])
        case Footnotes():
            _notes(deck, block)
        case PageBreak():
            """Each block has a slide of its own."""


def _notes(deck: Deck, notes: Footnotes) -> None:
    said = [f"{one.label}: {one.text}" for one in notes.definitions]
    said += [text for text in (notes.filters, notes.policy, notes.watermark) if text]
    if said:
        deck.lines("Notes", [Bullets(items=tuple(_span(text) for text in said))])


def _span(text: str) -> tuple[Span, ...]:
    return (Span(text=text),)
