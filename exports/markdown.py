"""The little Markdown that texts in a report may use; everything else is shown as it was typed.

Paragraphs are separated by empty lines. A line that starts with one to three `#` and a space is a heading, one that
starts with `-` or `*` and a space is a bullet. `**bold**`, `*italic*` and `_italic_` work within a line of text. There
is no HTML, no link and no picture: such markup stays literal. A backslash before a sign keeps it literal.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADING = re.compile(r"(#{1,3})\s+(.*?)\s*#*\s*")
_BULLET = re.compile(r"[-*\u2022]\s+(.*)")
_INLINE = re.compile(
    r"\\(?P<escaped>[\\*_#-])"
    r"|\*\*(?P<bold>(?=\S)[^*]+?(?<=\S))\*\*"
    r"|\*(?P<star>(?=\S)[^*]+?(?<=\S))\*"
    r"|(?<!\w)_(?P<line>(?=\S)[^_]+?(?<=\S))_(?!\w)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of text in one style."""

    text: str
    is_bold: bool = False
    is_italic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A heading of level 1 to 3."""

    level: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A list of unordered items."""

    items: tuple[tuple[Span, ...], ...]


Element = Paragraph | Title | Bullets


def parse_markdown(text: str) -> tuple[Element, ...]:
    """The elements of a text, in order. Never fails: what is not understood is text."""
    return tuple(_elements(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")))


def _elements(lines: list[str]) -> Iterator[Element]:
    prose: list[str] = []
    items: list[list[str]] = []
    for line in [*(line.strip() for line in lines), ""]:
        heading, bullet = _HEADING.fullmatch(line), _BULLET.fullmatch(line)
        if items and bullet is None and line and heading is None:
            # A line right below a bullet goes on with it.
            items[-1].append(line)
            continue
        if prose and (heading or bullet or not line):
            yield Paragraph(spans=parse_spans(" ".join(prose)))
            prose = []
        if items and bullet is None:
            yield Bullets(items=tuple(parse_spans(" ".join(item)) for item in items))
            items = []
        if heading:
            yield Title(level=len(heading[1]), spans=parse_spans(heading[2]))
        elif bullet:
            items.append([bullet[1]])
        elif line:
            prose.append(line)


def parse_spans(text: str) -> tuple[Span, ...]:
    """One line of text in its styles.

    >>> [(span.text, span.is_bold) for span in parse_spans("down **4.1 pts**")]
    [('down ', False), ('4.1 pts', True)]
    """
    spans: list[Span] = []
    plain = ""
    end = 0
    for match in _INLINE.finditer(text):
        plain += text[end : match.start()]
        end = match.end()
        if match["escaped"]:
            plain += match["escaped"]
            continue
        if plain:
            spans.append(Span(text=plain))
            plain = ""
        italic = match["star"] or match["line"]
        spans.append(Span(text=match["bold"] or italic or "", is_bold=bool(match["bold"]), is_italic=bool(italic)))
    plain += text[end:]
    if plain:
        spans.append(Span(text=plain))
    return tuple(spans)
