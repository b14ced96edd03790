"""Text as ReportLab paragraphs: everything escaped, only our own bold and italic become markup."""

import html
from collections.abc import Iterator, Sequence

from reportlab.platypus import Flowable, Paragraph

from charts.fonts import printable
from charts.wide_font import reads_leftwards
from core.numbers import NARROW_SPACE
from exports.kinds.pdf.style import style_for
from exports.markdown import Bullets, Span, Title, parse_markdown
from exports.markdown import Paragraph as Prose

# A paragraph is wrapped again on every page it runs over; longer ones are set in pieces.
PIECE = 3000
NO_BREAK_SPACE = "\u00a0"


def literal(text: str) -> str:
    """Text as it goes into a paragraph. A number stays with its unit on one line."""
    return html.escape(printable(text).replace(NARROW_SPACE, NO_BREAK_SPACE), quote=False)


def plain(text: str, name: str, limit: int = 400) -> Paragraph:
    """A paragraph of literal text in the style `name`, cut off after `limit` characters."""
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return Paragraph(literal(shown), style_for(name, shown))


def labelled(label: str, text: str, name: str, limit: int = 1200) -> Paragraph:
    """A paragraph of literal text behind a bold label."""
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return Paragraph(f"<b>{literal(label)}</b>{NO_BREAK_SPACE} {literal(shown)}", style_for(name, shown))


def prose(markdown: str) -> list[Flowable]:
    """The flowables of a text block."""
    flowables: list[Flowable] = []
    for element in parse_markdown(markdown):
        match element:
            case Title():
                flowables.append(_set(element.spans, f"heading{element.level}"))
            case Bullets():
                flowables += [_set(item, "bullet", bullet="•") for item in element.items]
            case Prose():
                flowables += [_set(piece, "body") for piece in _pieces(element.spans)]
    return flowables


def _set(spans: Sequence[Span], name: str, *, bullet: str | None = None) -> Paragraph:
    words = "".join(span.text for span in spans)
    if reads_leftwards(words):
        # The order of a line is made of the line as a whole: no part of it has a font of its own.
        return Paragraph(literal(f"{bullet} {words}" if bullet else words), style_for(name, words))
    return Paragraph(_markup(spans), style_for(name, words), bulletText=bullet)


def _markup(spans: Sequence[Span]) -> str:
    parts = []
    for span in spans:
        text = literal(span.text)
        text = f"<i>{text}</i>" if span.is_italic else text
        parts.append(f"<b>{text}</b>" if span.is_bold else text)
    return "".join(parts)


def _pieces(spans: Sequence[Span]) -> Iterator[list[Span]]:
    """The spans in runs of at most about `PIECE` characters, cut at spaces where there are any."""
    piece: list[Span] = []
    room = PIECE
    for span in spans:
        rest = span.text
        while len(rest) > room:
            cut = rest.rfind(" ", 0, room) + 1 or room
            yield [*piece, Span(text=rest[:cut], is_bold=span.is_bold, is_italic=span.is_italic)]
            piece, rest, room = [], rest[cut:], PIECE
        piece.append(Span(text=rest, is_bold=span.is_bold, is_italic=span.is_italic))
        room -= len(rest)
    if piece:
        yield piece
