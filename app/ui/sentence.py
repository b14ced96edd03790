"""Sentences with a few words set apart, so that nobody writes markup to make a word bold."""

from dataclasses import dataclass

from app.ui.tone import Tone


@dataclass(frozen=True, slots=True)
class Span:
    """A few words of a sentence: bold unless said otherwise, tinted when they are good or bad news."""

    text: str
    tone: Tone | None = None
    is_strong: bool = True


Sentence = str | tuple[str | Span, ...]


def spans(sentence: Sentence) -> tuple[Span, ...]:
    """The parts of a sentence in order.

    >>> [(span.text, span.is_strong) for span in spans(("Down ", Span("3.0 pts"), "."))]
    [('Down ', False), ('3.0 pts', True), ('.', False)]
    """
    parts = (sentence,) if isinstance(sentence, str) else sentence
    return tuple(part if isinstance(part, Span) else Span(part, is_strong=False) for part in parts if part)


def plain(sentence: Sentence) -> str:
    """The words alone, for a label or a text alternative."""
    return "".join(span.text for span in spans(sentence))
