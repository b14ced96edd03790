"""Text of table cells broken into lines that fit, quickly: a table has thousands of them."""

from charts.fonts import REGULAR, text_width

MOST_CHARACTERS = 600
ELLIPSIS = "…"


def break_lines(text: str, width: float, size: float, most: int, font: str = REGULAR) -> list[str]:
    """At most `most` lines of at most `width` points; what is left out is marked by an ellipsis."""
    if len(text) * size < width or text_width(text, size, font) <= width:
        return [text]
    shown = text[:MOST_CHARACTERS]
    lines: list[str] = []
    line = ""
    for word in _words(shown, width, size, font):
        candidate = f"{line} {word}" if line else word
        if not line or text_width(candidate, size, font) <= width:
            line = candidate
            continue
        lines.append(line)
        line = word
        if len(lines) > most:
            break
    lines.append(line)
    if len(lines) <= most and len(text) <= MOST_CHARACTERS:
        return lines
    lines = lines[:most]
    lines[-1] = fit(lines[-1] + ELLIPSIS, width, size, font)
    return lines


def fit(text: str, width: float, size: float, font: str = REGULAR) -> str:
    """One line that fits, its end replaced by an ellipsis where it must be."""
    if text_width(text, size, font) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle].rstrip() + ELLIPSIS, size, font) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS


def _words(text: str, width: float, size: float, font: str) -> list[str]:
    """The words; one that is wider than a line is cut into pieces that fit."""
    words: list[str] = []
    for word in text.split(" "):
        rest = word
        while rest and text_width(rest, size, font) > width:
            count = max(1, int(len(rest) * width / text_width(rest, size, font)))
            while count > 1 and text_width(rest[:count], size, font) > width:
                count -= 1
            words.append(rest[:count])
            rest = rest[count:]
        if rest:
            words.append(rest)
    return words
