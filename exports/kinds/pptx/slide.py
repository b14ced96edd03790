"""Slides and what stands on them: a title, boxes of text, in the report's colours."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from charts.theme import print_colours
from exports.blocks import Report
from exports.markdown import Bullets, Element, Span

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide
    from pptx.text.text import TextFrame
    from pptx.text.text import _Paragraph as Line

LEFT, TOP, WIDTH, HEIGHT = Inches(0.6), Inches(1.35), Inches(12.13), Inches(5.4)
FONT = "Inter"
_BLANK = 6
_MOST_ON_A_SLIDE = 12
_LONGEST = 2_000
# What XML cannot hold, and what would break a line.
_UNFIT = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def colour(name: str) -> RGBColor:
    """A colour of the light theme by its token's name."""
    return RGBColor.from_string(print_colours()[name].lstrip("#")[:6].upper())


def clean(text: str, longest: int = _LONGEST) -> str:
    """A text as a slide can hold it: no control characters or halves of signs, and not endless."""
    kept = _UNFIT.sub("", text[: longest + 1])
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"


class Deck:
    """The slides of a report, in order. `part` is the heading that stands above the next slides."""

    def __init__(self, file: "Presentation", report: Report) -> None:
        self.report = report
        self.part = ""
        self._file = file
        self._accent = RGBColor.from_string(report.accent.lstrip("#").upper())

    def opening(self) -> None:
        """The first slide: what it is, whose, of when."""
        slide = self._blank()
        bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, LEFT, Inches(2.2), Inches(0.9), Inches(0.08))
        bar.fill.solid()
        bar.fill.fore_color.rgb = self._accent
        bar.line.fill.background()
        report = self.report
        whom = f"Prepared for {report.prepared_for}" if report.prepared_for else ""
        made = f"{report.generated_at:%d %b %Y, %H:%M %Z}"
        lines = (
            (report.tenant_name, 16, "text2"), (report.title, 40, "text"), (report.subtitle, 20, "text2"),
            (report.period, 16, "text"), (whom, 14, "text2"), (f"{report.watermark} · Written {made}", 12, "text3"),
        )  # fmt: skip
        frame = self.box(slide, LEFT, Inches(2.4), WIDTH, Inches(3.6))
        write_lines(frame, [(text, size, ink, size == 40) for text, size, ink in lines if text])

    def slide(self, title: str, subtitle: str = "") -> "Slide":
        """A slide with its title; the heading of its part above."""
        slide = self._blank()
        frame = self.box(slide, LEFT, Inches(0.4), WIDTH, Inches(0.95))
        lines = [(self.part, 12, "text3", False)] if self.part and self.part != title else []
        lines.append((title, 24, "text", True))
        lines += [(subtitle, 13, "text2", False)] if subtitle else []
        write_lines(frame, lines)
        return slide

    def lines(self, title: str, elements: Sequence[Element]) -> None:
        """Slides of running text, as many as it takes."""
        rows: list[tuple[tuple[Span, ...], bool]] = []
        for element in elements:
            if isinstance(element, Bullets):
                rows += [(spans, True) for spans in element.items]
            else:
                rows.append((element.spans, False))
        for start in range(0, len(rows), _MOST_ON_A_SLIDE):
            frame = self.box(self.slide(title), LEFT, TOP, WIDTH, HEIGHT)
            for place, (spans, is_item) in enumerate(rows[start : start + _MOST_ON_A_SLIDE]):
                paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
                paragraph.space_after = Pt(8)
                for span in (Span(text="•  "), *spans) if is_item else spans:
                    run = paragraph.add_run()
                    run.text = clean(span.text)
                    run.font.size, run.font.name, run.font.color.rgb = Pt(16), FONT, colour("text")
                    run.font.bold, run.font.italic = span.is_bold, span.is_italic

    def box(self, slide: "Slide", left: Emu, top: Emu, width: Emu, height: Emu) -> "TextFrame":
        """An empty box of text."""
        frame = slide.shapes.add_textbox(left, top, width, height).text_frame
        frame.word_wrap = True
        frame.vertical_anchor = MSO_ANCHOR.TOP
        return frame

    def _blank(self) -> "Slide":
        return self._file.slides.add_slide(self._file.slide_layouts[_BLANK])


def write_lines(frame: "TextFrame", lines: Sequence[tuple[str, int, str, bool]]) -> None:
    """Lines of text, each with its size, the token of its colour, and whether it is bold."""
    for place, (text, size, ink, is_bold) in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        # The first paragraph of a shape is centred of itself.
        paragraph.alignment = PP_ALIGN.LEFT
        write_run(paragraph, text, size=size, ink=ink, is_bold=is_bold)


def write_run(
    paragraph: "Line", text: str, *, size: float, ink: str, is_bold: bool = False, is_number: bool = False
) -> None:
    """One stretch of text in a paragraph; numbers stand to the right."""
    run = paragraph.add_run()
    run.text = clean(text)
    run.font.size, run.font.name, run.font.bold, run.font.color.rgb = Pt(size), FONT, is_bold, colour(ink)
    if is_number:
        paragraph.alignment = PP_ALIGN.RIGHT
