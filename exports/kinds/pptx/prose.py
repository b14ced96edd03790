"""Running text on slides."""

from exports.kinds.pptx.slide import Deck
from exports.markdown import Element, Title, parse_markdown


def draw_prose(deck: Deck, markdown: str) -> None:
    """A slide for each heading of a text, and what stands below it."""
    title, waiting = deck.part or deck.report.title, list[Element]()
    for element in parse_markdown(markdown):
        if isinstance(element, Title):
            deck.lines(title, waiting)
            title, waiting = "".join(span.text for span in element.spans), []
        else:
            waiting.append(element)
    deck.lines(title, waiting)
