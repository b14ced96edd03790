"""Key figures as cards, eight on a slide."""

from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.slide import Slide
from pptx.util import Inches

from exports.blocks import KpiRow, KpiTile
from exports.kinds.pptx.slide import LEFT, TOP, Deck, colour, write_lines

_IN_A_ROW, _ROWS = 4, 2
_WIDTH, _HEIGHT, _GAP = Inches(2.9), Inches(2.45), Inches(0.177)


def draw_figures(deck: Deck, block: KpiRow) -> None:
    """The cards of a row."""
    at_once = _IN_A_ROW * _ROWS
    for start in range(0, len(block.tiles), at_once):
        slide = deck.slide("Key figures", deck.report.period)
        for place, tile in enumerate(block.tiles[start : start + at_once]):
            _card(slide, tile, *divmod(place, _IN_A_ROW))


def _card(slide: Slide, tile: KpiTile, row: int, column: int) -> None:
    left, top = LEFT + column * (_WIDTH + _GAP), TOP + row * (_HEIGHT + _GAP)
    card = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, left, top, _WIDTH, _HEIGHT)
    card.fill.solid()
    card.fill.fore_color.rgb = colour("surface")
    card.line.color.rgb = colour("line")
    card.shadow.inherit = False
    frame = card.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    tone = "text2" if tile.is_better is None else ("good" if tile.is_better else "bad")
    change = " ".join(part for part in (tile.change, tile.comparison) if part)
    lines = [(tile.label, 13, "text2", False), (str(tile.value), 28, "text", True)]
    lines += [(change, 12, tone, False)] if change else []
    lines += [(tile.note, 11, "text3", False)] if tile.note else []
    write_lines(frame, lines)
